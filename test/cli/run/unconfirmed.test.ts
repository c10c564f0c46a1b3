import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../../src/emulator/index.ts'
import { projectWithState } from '../kept-state.ts'
import { offpeakProcess, readJson } from '../notes-project.ts'
import { type Called, call, providerProject, temporaryFolder, write } from '../project.ts'

function words({ stdout, stderr }: Called): string {
  return `${stdout}${stderr}`.replaceAll(/\s+/g, ' ')
}

const statusJson = z.object({
  batches: z.array(
    z.object({
      state: z.string(),
      wait: z
        .object({ for: z.string(), message: z.string(), since: z.number(), nextAt: z.number().nullable() })
        .nullable(),
    }),
  ),
})

test.for(['intent.write.after:1', 'create.intent.commit.before:2', 'create.intent.commit.after:1'])(
  'a process that dies at %s leaves no word of an older state behind, and nothing is paid twice',
  async (at) => {
    using folder = temporaryFolder()
    const dir = folder.path
    await using emulator = await startEmulator({ speed: 2_000 })
    await projectWithState(dir, emulator, 'sqlite')
    const killed = await offpeakProcess(dir, ['run', 'notes', '--max-cost', '$1'], {
      env: { OFFPEAK_CRASH: at },
    })
    expect(killed.signal, killed.stderr).toBe('SIGKILL')
    expect(words(await call(dir, 'status'))).not.toContain('does not know of')
    const resumed = await call(dir, 'resume', 'notes')
    expect(resumed.exit, resumed.stderr).toBe(0)
    const report = await call(dir, 'report', 'notes')
    for (const screen of [resumed, report]) {
      expect(words(screen)).not.toContain('does not know of')
      expect(words(screen)).not.toContain('the state did not know')
      expect(words(screen)).not.toContain('a state that is gone')
    }
    expect(readFileSync(join(dir, 'out.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(10)
    expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
  },
)

test('a batch whose create nobody answered shows what it waits for, since when, and when it looks next', async () => {
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(dir, emulator)
  await write(dir, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ timings: { pollEveryMs: 50, settleMs: [600_000], listingLagMs: 100 } })\n",
  })
  emulator.addFault({ operation: 'batches.create', when: 'before', times: 1, action: { type: 'drop' } })
  const left = await call(dir, 'run', 'notes', '--max-cost', '$1', '--wait', '6s')
  expect(words(left)).toMatch(/wait=unconfirmed .* next=20\d\d-/)
  const { batches } = readJson(statusJson, await call(dir, 'status', 'notes', '--json'))
  const [doubt] = batches
  expect(doubt).toMatchObject({ state: 'in_doubt', wait: { for: 'unconfirmed' } })
  expect(doubt?.wait?.nextAt).toBeGreaterThan(Date.now() + 60_000)
  expect(doubt?.wait?.message).not.toBe('')
  expect(words(await call(dir, 'status', 'notes'))).toMatch(
    /waiting until the provider's list tells whether a batch was made: .*next try in \d+ m/,
  )
})
