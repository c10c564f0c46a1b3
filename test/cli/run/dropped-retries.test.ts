import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { retryAgreed } from '../../../src/compose/client/agreed.ts'
import { openProject } from '../../../src/compose/open-project.ts'
import type { Project } from '../../../src/compose/project.ts'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import * as offpeak from '../../../src/index.ts'
import { createDatabase } from '../../support/postgres.ts'
import { offpeakProcess, readJson } from '../notes-project.ts'
import { call, providerProject, temporaryFolder, write } from '../project.ts'

const statusJson = z.object({
  run: z.string(),
  state: z.string(),
  counts: z.record(z.string(), z.number()),
  retrying: z.number(),
  needsAttention: z.number(),
  money: z.object({ spentMicroUsd: z.number(), reservedMicroUsd: z.number() }),
})

interface Notes extends AsyncDisposable {
  readonly dir: string
  /** Where its state is, as the config says it. */
  readonly state: string
  readonly emulator: Emulator
}

/** Ten notes whose answers are never good enough, at a provider that ends nothing by itself, sent so often in all. */
async function strictNotes(kind: 'SQLite' | 'PostgreSQL', tries: number): Promise<Notes> {
  const folder = temporaryFolder()
  const emulator = await startEmulator({ speed: 1, announces: false })
  const database = kind === 'PostgreSQL' ? await createDatabase() : null
  await providerProject(folder.path, emulator)
  const state = database === null ? '' : `state: ${JSON.stringify(database.url)}, `
  await configure({ dir: folder.path, state }, 'batch: { maxRequests: 5 }, timings: { pollEveryMs: 50 }')
  await write(folder.path, {
    'jobs/notes.job.ts': `import { defineJob, jsonl, openaiCompatible } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: openaiCompatible({ baseUrl: '${emulator.openaiBaseUrl}', apiKeyEnv: 'OFFPEAK_TEST_KEY_any_key' })('gpt-4o-mini'),
  maxTokens: 100,
  prompt: ({ row }) => row.text,
  output: z.object({ summary: z.string() }),
  check: () => 'too plain',
  retry: { max: ${tries} },
  to: { jsonl: 'out.jsonl', line: ({ output }) => output },
})
`,
  })
  return {
    dir: folder.path,
    state,
    emulator,
    async [Symbol.asyncDispose]() {
      await emulator.close()
      await database?.[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

async function configure({ dir, state }: Pick<Notes, 'dir' | 'state'>, settings: string): Promise<void> {
  await write(dir, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'\nexport default defineConfig({ ${state}${settings} })\n`,
  })
}

const statusOf = async ({ dir }: Notes): Promise<z.infer<typeof statusJson>> =>
  readJson(statusJson, await call(dir, 'status', 'notes', '--json'))

const open = ({ dir }: Notes): Promise<Project> =>
  openProject({ cwd: dir, configFile: null, envFile: null, modules: { offpeak, zod: { z } } })

/** Sends all ten once, and takes in what is answered. */
async function askedOnce(notes: Notes): Promise<string> {
  await call(notes.dir, 'run', 'notes', '--max-cost', '$1', '--detach')
  notes.emulator.advanceClock(86_400_000)
  await call(notes.dir, 'resume')
  expect(await statusOf(notes)).toMatchObject({ state: 'done', counts: { invalid: 10 } })
  expect(notes.emulator.bill()).toMatchObject({ batches: 2, requests: 10 })
  return (await statusOf(notes)).run
}

/** Marks what ended so to be sent again, and drives nothing. */
async function mark(notes: Notes, keys: readonly string[] | null = null): Promise<void> {
  await using project = await open(notes)
  const run = await project.store.run((await statusOf(notes)).run)
  if (run === null) throw new Error('the run is gone')
  const choice = { outcomes: ['invalid'] as const, reason: null, keys }
  await retryAgreed(project, run, choice, { maxMicroUsd: 1_000_000, dryRun: false })
}

/** All ten have an answer that the rules send again, in a run that is paused. */
async function pausedBetweenTries(notes: Notes): Promise<void> {
  await call(notes.dir, 'run', 'notes', '--max-cost', '$1', '--detach')
  await call(notes.dir, 'pause', 'notes')
  notes.emulator.advanceClock(86_400_000)
  do {
    await call(notes.dir, 'worker', '--once')
    await sleep(20)
  } while (((await statusOf(notes)).counts['invalid'] ?? 0) < 10)
}

/** Whatever comes after, nothing more was sent or paid than the ten requests. */
async function checkDropped(notes: Notes): Promise<void> {
  notes.emulator.advanceClock(86_400_000)
  await call(notes.dir, 'worker', '--once')
  const { money, ...status } = await statusOf(notes)
  expect(status).toMatchObject({ state: 'done', counts: { invalid: 10 }, retrying: 0, needsAttention: 10 })
  expect(notes.emulator.state().batches).toHaveLength(2)
  const bill = notes.emulator.bill()
  expect(bill).toMatchObject({ batches: 2, requests: 10, duplicate_requests: 0 })
  expect(money.reservedMicroUsd).toBe(0)
  expect(Math.abs(money.spentMicroUsd - bill.cost_micro_usd)).toBeLessThanOrEqual(2)
}

describe.each(['SQLite', 'PostgreSQL'] as const)('with its state in %s', (kind) => {
  test('cancel --unsent drops what was chosen to be sent again and is in no file', async () => {
    await using notes = await strictNotes(kind, 1)
    await askedOnce(notes)
    await mark(notes)
    expect(await statusOf(notes)).toMatchObject({ state: 'running', retrying: 10, needsAttention: 0 })
    const { exit, stderr } = await call(notes.dir, 'cancel', 'notes', '--unsent', '--yes')
    expect(exit).toBe(0)
    expect(stderr).toMatch(/Not sent +10 records to be sent again, which cost nothing/)
    expect(stderr).toContain('10 records to be sent again dropped, unpaid.')
    await checkDropped(notes)
    await mark(notes, ['3'])
    expect(await statusOf(notes), 'only what is chosen anew').toMatchObject({ retrying: 1 })
  })

  // 60 tokens let one of four files go, and what is behind them is in no file.
  test('cancel --unsent drops retries in files and in none, and what is at the provider is answered', async () => {
    await using notes = await strictNotes(kind, 1)
    const run = await askedOnce(notes)
    await configure(
      notes,
      "batch: { maxRequests: 2 }, quota: { 'compatible/gpt-4o-mini': { enqueuedTokens: 60 } }, timings: { pollEveryMs: 50, filesAhead: 4 }",
    )
    const retried = await call(notes.dir, 'retry', run, '--max-cost', '$1', '--as-sent', '--detach')
    expect(retried.stderr).toMatch(
      /Detached\. 1 batch runs on .*; 3 are not sent and cost nothing; 6 records wait to be sent again/,
    )
    const { stderr } = await call(notes.dir, 'cancel', run, '--unsent', '--yes')
    expect(stderr).toMatch(/Not sent +3 batches with 3 requests and 6 records to be sent again/)
    expect(stderr).toContain('3 records in 3 batches and 6 records to be sent again dropped, unpaid.')
    notes.emulator.advanceClock(86_400_000)
    await call(notes.dir, 'resume')
    expect(await statusOf(notes)).toMatchObject({ state: 'done', counts: { invalid: 10 }, retrying: 0 })
    expect(notes.emulator.bill()).toMatchObject({ batches: 3, requests: 11 })
  })

  test('cancel --unsent drops what the rules would send again, also while a worker drives the run', async () => {
    for (const isDriven of [false, true]) {
      await using notes = await strictNotes(kind, 3)
      await pausedBetweenTries(notes)
      expect(await statusOf(notes)).toMatchObject({ state: 'paused', retrying: 10, needsAttention: 0 })
      await using project = await open(notes)
      const stop = new AbortController()
      const worker = isDriven ? project.drive({ runIds: null, signal: stop.signal }) : null
      const { stderr } = await call(notes.dir, 'cancel', 'notes', '--unsent', '--yes')
      expect(stderr).toContain('10 records to be sent again dropped, unpaid.')
      stop.abort()
      await worker
      await checkDropped(notes)
    }
  })

  test('cancel --unsent waits for no process that was killed while it made the file of retries', async () => {
    await using notes = await strictNotes(kind, 3)
    await call(notes.dir, 'run', 'notes', '--max-cost', '$1', '--detach')
    notes.emulator.advanceClock(86_400_000)
    const killed = await offpeakProcess(notes.dir, ['resume'], {
      env: { OFFPEAK_CRASH: 'retry.commit.before' },
    })
    expect(killed.signal).toBe('SIGKILL')
    const { exit, stderr } = await call(notes.dir, 'cancel', 'notes', '--unsent', '--yes')
    expect(stderr).toContain('10 records to be sent again dropped, unpaid.')
    expect(exit).toBe(0)
    await checkDropped(notes)
  })

  test('a run that is cancelled forgets what was chosen to be sent again', async () => {
    await using notes = await strictNotes(kind, 1)
    await askedOnce(notes)
    await mark(notes)
    const { stderr } = await call(notes.dir, 'cancel', 'notes', '--yes')
    expect(stderr).toContain('10 records that were to be sent again are not')
    expect(await statusOf(notes)).toMatchObject({ state: 'cancelled', counts: { invalid: 10 } })
    await mark(notes, ['3'])
    await call(notes.dir, 'resume', 'notes', '--detach')
    notes.emulator.advanceClock(86_400_000)
    await call(notes.dir, 'resume', 'notes')
    expect(notes.emulator.bill()).toMatchObject({ batches: 3, requests: 11 })
  })

  test('retry and resume with --detach leave when what was chosen is at the provider', async () => {
    await using notes = await strictNotes(kind, 1)
    await askedOnce(notes)
    const retried = await call(notes.dir, 'retry', 'notes', '--max-cost', '$1', '--as-sent', '--detach')
    expect(retried).toMatchObject({ exit: 0, stderr: expect.stringMatching(/Detached\. 2 batches run on/) })
    expect(notes.emulator.state().batches).toHaveLength(4)
    notes.emulator.advanceClock(86_400_000)
    await call(notes.dir, 'resume')
    await mark(notes, ['3'])
    const resumed = await call(notes.dir, 'resume', 'notes', '--detach')
    expect(resumed).toMatchObject({ exit: 0, stderr: expect.stringMatching(/Detached\. 1 batch runs on/) })
    expect(notes.emulator.state().batches).toHaveLength(5)
  })
})
