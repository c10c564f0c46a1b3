import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { stateKinds } from '../kept-state.ts'
import { readJson } from '../notes-project.ts'
import { createDatabase } from '../../support/postgres.ts'
import { openProject } from '../../../src/compose/open-project.ts'
import * as offpeak from '../../../src/index.ts'
import { call, providerProject, temporaryFolder, write } from '../project.ts'

const bill = z.object({ cost_micro_usd: z.number(), requests: z.number(), duplicate_requests: z.number() })
const status = z.object({
  run: z.string(),
  state: z.string(),
  pauseReason: z.string().nullable(),
  counts: z.record(z.string(), z.number()),
})
const job = 'jobs/notes.job.ts'

interface Notes extends AsyncDisposable {
  readonly dir: string
  readonly emulator: Emulator
  /** Writes the job's budget anew; null: it has none. */
  readonly perDay: (amount: string | null) => Promise<void>
  readonly configured: (amount: string) => Promise<void>
  readonly billed: () => Promise<z.infer<typeof bill>>
}

/** Ten notes that can cost about $0.0004 at most, with a budget for the day. */
async function notes(kind: (typeof stateKinds)[number] = 'sqlite'): Promise<Notes> {
  const folder = temporaryFolder()
  const database = kind === 'postgres' ? await createDatabase() : null
  const emulator = await startEmulator({ speed: 2_000, announces: false })
  await providerProject(folder.path, emulator)
  const configure = (settings: Readonly<Record<string, unknown>>): Promise<void> =>
    write(folder.path, {
      'offpeak.config.ts': `export default ${JSON.stringify({
        timings: { pollEveryMs: 50 },
        ...(database === null ? {} : { state: database.url }),
        ...settings,
      })}\n`,
    })
  await configure({})
  const text = readFileSync(join(folder.path, job), 'utf8')
  const perDay = (amount: string | null): Promise<void> =>
    write(folder.path, {
      [job]:
        amount === null
          ? text
          : text.replace('to: {', `budget: { perRun: '$1', perDay: '${amount}' },\n  to: {`),
    })
  return {
    dir: folder.path,
    emulator,
    perDay,
    configured: (perDayUsd) => configure({ budget: { perDay: perDayUsd } }),
    billed: async () =>
      bill.parse(await (await fetch(new URL('/_emulator/bill', emulator.openaiBaseUrl))).json()),
    async [Symbol.asyncDispose]() {
      await emulator.close()
      await database?.[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

const seen = async (dir: string): Promise<z.infer<typeof status>> =>
  readJson(status, await call(dir, 'status', 'notes', '--json'))

/** A run that the day's budget has stopped, after one that has spent nearly all of it. */
async function stopped(project: Notes): Promise<string> {
  await project.perDay('$0.0004')
  expect((await call(project.dir, 'run', 'notes', '--yes')).exit).toBe(0)
  const again = await call(project.dir, 'run', 'notes', '--redo', '--yes')
  expect(again.stderr).toContain('of $0.000400 that the job may cost a day (UTC) was left')
  expect(again.stderr).toContain('raise that budget')
  expect((await project.billed()).requests).toBe(10)
  return (await seen(project.dir)).run
}

test.each([
  ['resume', (run: string) => ['resume', run]],
  ['resume with an amount', (run: string) => ['resume', run, '--max-cost', '$0.02']],
  ['run', () => ['run', 'notes', '--redo', '--yes']],
])(
  'a budget of a day that is raised in the job counts for the run that it has stopped: %s',
  async (_, argv) => {
    await using project = await notes()
    const run = await stopped(project)
    await project.perDay('$1')

    expect((await call(project.dir, ...argv(run))).exit).toBe(0)

    expect(await seen(project.dir)).toMatchObject({ run, state: 'done', counts: { merged: 10 } })
    expect((await project.billed()).requests).toBe(20)
  },
)

test('a retry of what was cancelled is held against the budget of the day as it is now', async () => {
  await using project = await notes()
  const run = await stopped(project)
  expect((await call(project.dir, 'cancel', run, '--yes')).exit).toBe(0)
  await project.perDay('$1')

  const retry = await call(project.dir, 'retry', run, '--status', 'cancelled', '--max-cost', '$0.02')

  expect(retry.exit).toBe(0)
  expect((await project.billed()).requests).toBe(20)
})

test('a budget of a day that is lowered stops a run that began under a higher one', async () => {
  await using project = await notes()
  await stopped(project)
  await project.perDay('$0.0001')

  const resumed = await call(project.dir, 'resume', 'notes', '--max-cost', '$5')

  expect(resumed.exit).toBe(5)
  expect(resumed.stderr).toContain('of $0.000100 that the job may cost a day')
  expect((await project.billed()).requests).toBe(10)
})

test('where the job says nothing any more, the budget of the configuration counts, and what the day has cost before', async () => {
  await using project = await notes()
  await stopped(project)
  await project.perDay(null)
  await project.configured('$0.0003')

  const short = await call(project.dir, 'resume', 'notes')
  expect(short.exit).toBe(5)
  expect(short.stderr).toContain('of $0.000300 that the job may cost a day')
  await project.configured('$0.5')
  expect((await call(project.dir, 'resume', 'notes')).exit).toBe(0)

  expect((await project.billed()).requests).toBe(20)
})

test('a budget that is set during a day counts what was spent before it', async () => {
  await using project = await notes()
  await project.perDay(null)
  expect((await call(project.dir, 'run', 'notes', '--max-cost', '$1')).exit).toBe(0)
  await project.perDay('$0.0003')

  const again = await call(project.dir, 'run', 'notes', '--redo', '--max-cost', '$1')

  expect(again.exit).toBe(5)
  expect((await project.billed()).requests).toBe(10)
})

test('what a try has cost since is in the figures of a run that is taken up again', async () => {
  await using project = await notes()
  await stopped(project)
  const before = await seen(project.dir)
  expect((await call(project.dir, 'try', 'notes', '-n', '1', '--max-cost', '$1')).exit).toBe(0)

  expect((await call(project.dir, 'run', 'notes', '--redo', '--yes')).exit).toBe(5)

  const after = await seen(project.dir)
  expect(after.run).toBe(before.run)
  expect(after.pauseReason).not.toBe(before.pauseReason)
})

test.each(stateKinds)(
  'a process that keeps a project open, as a worker and REST do, reads the budget anew: %s',
  async (kind) => {
    await using project = await notes(kind)
    const run = await stopped(project)
    await using opened = await openProject({
      cwd: project.dir,
      configFile: null,
      envFile: null,
      modules: { offpeak, zod: { z } },
    })
    const carried = async (): Promise<string> => {
      await opened.resume(run, null)
      await opened.drive({ runIds: [run], signal: AbortSignal.timeout(60_000) })
      return (await opened.status(run)).state
    }
    expect(await carried()).toBe('paused')
    const { promise: seenAnew, resolve } = Promise.withResolvers<void>()
    using _ = opened.watchJobs(() => resolve())
    await project.perDay('$1')
    await seenAnew

    expect(await carried()).toBe('done')

    expect((await project.billed()).requests).toBe(20)
  },
)
