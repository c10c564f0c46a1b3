import { readFileSync } from 'node:fs'
import { openProject } from '../../../src/compose/open-project.ts'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import * as offpeak from '../../../src/index.ts'
import { resumeAgreed, retryAgreed, startAgreed } from '../../../src/compose/client/agreed.ts'
import { everything } from '../../../src/compose/selection.ts'
import type { Project } from '../../../src/compose/project.ts'
import { readJson } from '../notes-project.ts'
import { call, providerProject, temporaryFolder, write } from '../project.ts'

const status = z.object({
  run: z.string(),
  state: z.string(),
  counts: z.record(z.string(), z.number()),
  money: z.object({ capMicroUsd: z.number().nullable() }),
})

interface Notes extends AsyncDisposable {
  readonly dir: string
  readonly emulator: Emulator
}

async function notes(): Promise<Notes> {
  const folder = temporaryFolder()
  const emulator = await startEmulator({ speed: 2_000, announces: false })
  await providerProject(folder.path, emulator)
  const path = 'jobs/notes.job.ts'
  const text = readFileSync(join(folder.path, path), 'utf8')
  await write(folder.path, {
    [path]: text.replace('to: {', "check: () => 'no', retry: { max: 1 },\n  to: {"),
  })
  return {
    dir: folder.path,
    emulator,
    async [Symbol.asyncDispose]() {
      await emulator.close()
      folder[Symbol.dispose]()
    },
  }
}

const seen = async (dir: string): Promise<z.infer<typeof status>> =>
  readJson(status, await call(dir, 'status', 'notes', '--json'))

/** As the server does it, which answers REST by these. */
async function inServer(dir: string, act: (project: Project) => Promise<unknown>): Promise<void> {
  await using project = await openProject({
    cwd: dir,
    configFile: null,
    envFile: null,
    modules: { offpeak, zod: { z } },
  })
  await act(project)
}

test('an amount for a run that is over is a mistake that is told, and not ignored', async () => {
  await using project = await notes()
  const { dir, emulator } = project
  await call(dir, 'run', 'notes', '--max-cost', '$1')
  const { run } = await seen(dir)
  const resumed = await call(dir, 'resume', run, '--max-cost', '$2')
  expect(resumed.exit).toBe(2)
  expect(resumed.stderr).toContain(`Run ${run} is done`)
  expect(resumed.stderr).toContain(`offpeak retry ${run} --max-cost '$2.00'`)
  await inServer(dir, async (server) => {
    const found = await server.find(run)
    await expect(resumeAgreed(server, found, 2_000_000)).rejects.toMatchObject({ code: 'E_USAGE' })
  })
  expect((await call(dir, 'resume', run)).exit, 'without an amount it looks for lost answers').toBe(6)
  expect(await seen(dir)).toMatchObject({ money: { capMicroUsd: 1_000_000 } })
  expect(emulator.bill()).toMatchObject({ requests: 10 })
})

test('a retry that does not fit into its amount is refused, and the run stays over', async () => {
  await using project = await notes()
  const { dir, emulator } = project
  await call(dir, 'run', 'notes', '--max-cost', '$1')
  const before = await seen(dir)
  for (const amount of ['$0.00012', '$0.0001']) {
    const refused = await call(dir, 'retry', before.run, '--max-cost', amount)
    expect(refused.exit).toBe(5)
    expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain('Nothing was changed')
    expect(refused.stderr).toContain("--max-cost '$0.01'")
  }
  await inServer(dir, async (server) => {
    const run = await server.find(before.run)
    const choice = { outcomes: null, reason: null, keys: null }
    const wish = { maxMicroUsd: 120, dryRun: false }
    await expect(retryAgreed(server, run, choice, wish)).rejects.toMatchObject({ code: 'E_BUDGET' })
  })
  expect(await seen(dir)).toEqual(before)
  expect(emulator.bill()).toMatchObject({ requests: 10 })
  await call(dir, 'retry', before.run, '--max-cost', '$0.01')
  expect(emulator.bill(), 'what is said to do works').toMatchObject({ requests: 20 })
})

test('what a run may cost is lowered by a word about that run only, and that is said', async () => {
  await using project = await notes()
  const { dir, emulator } = project
  await call(dir, 'run', 'notes', '--max-cost', '$1', '--detach')
  const { run } = await seen(dir)
  await call(dir, 'pause', run)
  const taken = await call(dir, 'run', 'notes', '--max-cost', '$0.5')
  expect(taken.exit).toBe(5)
  expect(taken.stderr.replaceAll(/\s+/g, ' ')).toContain('may cost $1.00 in total; $0.50 is less')
  expect(taken.stderr).toContain(`offpeak resume ${run} --max-cost '$0.50'`)
  await inServer(dir, async (server) => {
    const wish = { job: 'notes', selection: everything, seen: null, payer: null, sees: () => true }
    await expect(startAgreed(server, { ...wish, maxMicroUsd: 500_000 })).rejects.toMatchObject({
      code: 'E_BUDGET',
    })
    expect(await startAgreed(server, { ...wish, maxMicroUsd: 1_000_000 })).toMatchObject({ attached: true })
  })
  expect(await seen(dir)).toMatchObject({ state: 'paused', money: { capMicroUsd: 1_000_000 } })

  const lowered = await call(dir, 'resume', run, '--max-cost', '$0.50')
  expect(lowered.stderr).toContain(`Run ${run} may cost $0.50 in total from now on; it was $1.00.`)
  expect(await seen(dir)).toMatchObject({ state: 'done', money: { capMicroUsd: 500_000 } })
  expect(emulator.bill()).toMatchObject({ requests: 10 })
})
