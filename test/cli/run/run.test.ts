import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.ts'
import { callOnTerminal, jsonLines, notesProject, readJson, statusJson } from '../notes-project.ts'
import { call, temporaryFolder, write } from '../project.ts'

const outLines = (dir: string): number =>
  readFileSync(join(dir, 'out.jsonl'), 'utf8').trim().split('\n').length

/** A file of a record that the job cannot read, besides good ones. */
const addBadRecord = (dir: string): void =>
  appendFileSync(join(dir, 'notes.jsonl'), '{"id":"bad","text":5}\n')

test('a run that leaves records for a person ends with 6 and names the command that fixes them', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, {
    job: "check: ({ row }) => (row.id === 3 ? 'nobody likes number 3' : true), retry: { max: 1 },",
  })
  const { exit, stdout } = await call(folder.path, 'run', 'notes', '--yes')
  expect(exit).toBe(6)
  expect(stdout).toContain('11 of 12 records are in out.jsonl. 1 needs attention:')
  expect(stdout).toMatch(/offpeak retry \w+ --error 'nobody likes number 3'/)
  const errors = await call(folder.path, 'errors', 'notes')
  expect(errors.stdout).toContain('1 invalid: the answer does not fit the schema or the check')
  expect(errors.stdout).toContain('Examples  3')
  expect((await call(folder.path, 'errors', 'notes', '--keys')).stdout).toBe('3\n')
})

test('a record that cannot be read is counted and needs a person', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  addBadRecord(folder.path)
  expect((await call(folder.path, 'plan', 'notes')).stdout).toContain('1 unusable')
  expect((await call(folder.path, 'run', 'notes', '--yes')).exit).toBe(6)
  expect((await call(folder.path, 'run', 'notes', '--yes')).exit).toBe(6)
})

test('retry shows what it costs, asks, and sends only what was chosen', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, {
    job: "check: ({ row }) => (row.id < 2 ? 'too early' : true), retry: { max: 1 },",
  })
  await call(folder.path, 'run', 'notes', '--yes')
  const refused = await call(folder.path, 'retry', 'notes')
  expect(refused.exit).toBe(2)
  expect(refused.stderr).toContain('2 requests of run')
  expect(refused.stderr).toContain('E_CONSENT')
  const declined = await callOnTerminal(folder.path, { answers: ['n'] }, 'retry', 'notes', '--only', '1')
  expect(declined.questions[0]).toMatch(/Send 1 request again for about \$[\d.]+ \(at most \$[\d.]+\)\?/)
  expect(declined.exit).toBe(2)
  const sent = await call(folder.path, 'retry', 'notes', '--only', '1', '--yes')
  expect(sent.exit).toBe(6)
  const shown = await call(folder.path, 'show', 'notes', '1')
  expect(shown.stdout).toContain('sent 2 times')
  expect(shown.stdout).toMatch(/Try 1 +batch 0, line 2 · invalid: .*too early.* · \$0\.0+\d+/)
  expect((await call(folder.path, 'show', 'notes', '0')).stdout).not.toContain('sent 2 times')
  expect((await call(folder.path, 'retry', 'notes', '--status', 'expired', '--yes')).stderr).toContain(
    'Nothing of run',
  )
})

test('a run stops at its cap with 5, and resume with a higher one ends it', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 40, job: 'maxTokens: undefined,' })
  const { cost } = readJson(statusJson.shape.plan, await call(folder.path, 'plan', 'notes', '--json'))
  const cap = String(((cost?.likelyMicroUsd ?? 0) + 1) / 1e6)
  const stopped = await call(folder.path, 'run', 'notes', '--max-cost', cap)
  expect(stopped.stderr).toContain('is paused: budget:')
  expect(stopped.stderr).toContain('E_BUDGET, exit 5')
  expect(stopped.exit).toBe(5)
  expect(stopped.stderr).toMatch(/offpeak resume \w+ --max-cost '\$\d+\.\d\d'/)
  expect((await call(folder.path, 'run', 'notes', '--yes')).exit).toBe(5)
  const [, fix = ''] = /offpeak (resume .*)$/m.exec(stopped.stderr) ?? []
  const resumed = await call(folder.path, ...fix.replaceAll("'", '').split(' '))
  expect(resumed.exit).toBe(0)
  expect(outLines(folder.path)).toBe(40)
})

test('a provider that refuses the account pauses the run with 4; no record fails, and resume continues', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({
    dataDir: join(folder.path, 'emulator'),
    speed: 2_000,
    port: 0,
  })
  await notesProject(folder.path, {
    emulator: 'none',
    model: `openaiCompatible({ baseUrl: '${emulator.openaiBaseUrl}', apiKeyEnv: 'OFFPEAK_RUN_TEST_KEY' })('gpt-4o-mini')`,
  })
  await write(folder.path, { '.env': 'OFFPEAK_RUN_TEST_KEY=any\n' })
  const body = {
    error: {
      message: 'You exceeded your current quota, please check your plan',
      code: 'insufficient_quota',
      type: 'insufficient_quota',
    },
  }
  await fetch(`${emulator.url}/_emulator/faults`, {
    method: 'POST',
    body: JSON.stringify({
      operation: 'batches.create',
      when: 'before',
      action: { type: 'status', status: 429, body },
    }),
  })
  const refused = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(refused.stderr).toContain('E_PROVIDER_REFUSED, exit 4')
  expect(refused.exit).toBe(4)
  expect(refused.stderr).toContain('no record has failed for it')
  const resumed = await call(folder.path, 'resume')
  expect(resumed.exit).toBe(0)
  expect(outLines(folder.path)).toBe(12)
})

test('a key that the provider does not take pauses the run with 3', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ dataDir: join(folder.path, 'emulator'), port: 0 })
  await notesProject(folder.path, {
    emulator: 'none',
    model: `openaiCompatible({ baseUrl: '${emulator.openaiBaseUrl}' })('gpt-4o-mini')`,
  })
  const refused = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(refused.stderr).toContain('E_CREDENTIALS, exit 3')
  expect(refused.exit).toBe(3)
})

test('--wait that runs out ends with 7, and the same command takes the run up again', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { speed: 30 })
  const left = await call(folder.path, 'run', 'notes', '--yes', '--wait', '1s')
  expect(left.exit).toBe(7)
  expect(left.stderr).toContain('The 1 s of --wait are over.')
  const again = await call(folder.path, 'run', 'notes', '--yes')
  expect(again.stderr).toMatch(/Run \w+ of notes is running; attaching to it/)
  expect(again.exit).toBe(0)
  expect(jsonLines(await call(folder.path, 'status', '--json'))[0]?.['runs']).toHaveLength(1)
})

test('--detach leaves when all is sent, worker --once and resume carry it on', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { speed: 30 })
  const left = await call(folder.path, 'run', 'notes', '--yes', '--detach')
  expect(left.exit).toBe(0)
  expect(left.stderr).toContain('Detached. 1 batch runs on')
  expect((await call(folder.path, 'worker', '--once')).exit).toBe(0)
  expect((await call(folder.path, 'resume')).exit).toBe(0)
  expect(outLines(folder.path)).toBe(12)
  const nothing = await call(folder.path, 'resume')
  expect(nothing).toMatchObject({ exit: 0, stderr: expect.stringContaining('there is nothing to resume') })
})

test('cancel says what is billed, drops what was not sent and keeps what is paid for', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { speed: 20 })
  await call(folder.path, 'run', 'notes', '--yes', '--detach')
  const declined = await callOnTerminal(folder.path, { answers: [null] }, 'cancel')
  expect(declined).toMatchObject({ exit: 2, stderr: expect.stringContaining('Nothing was cancelled.') })
  const cancelled = await call(folder.path, 'cancel')
  expect(cancelled.exit).toBe(0)
  expect(cancelled.stderr).toContain('1 batch is at the provider')
  expect(cancelled.stdout).toContain('Cancelled after')
  expect((await call(folder.path, 'cancel')).exit).toBe(2)
})

test('Ctrl-C detaches from a run with 130, and a second one leaves immediately', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { speed: 30 })
  const first = await callOnTerminal(
    folder.path,
    { answers: ['y'], interruptAt: ['1 running'] },
    'run',
    'notes',
  )
  expect(first.exit).toBe(130)
  expect(first.left).toBe(null)
  expect(first.stderr).toContain('Detached, nothing cancelled. 1 batch runs on (at most $')
  expect(first.stderr).toMatch(/offpeak cancel \w+/)
  const second = await callOnTerminal(folder.path, { interruptAt: ['1 running', 'Detaching'] }, 'resume')
  expect(second.left).toBe(130)
  expect((await call(folder.path, 'resume')).exit).toBe(0)
})

test('merge writes the stored answers again and pays nothing', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await call(folder.path, 'run', 'notes', '--yes')
  const before = jsonLines(await call(folder.path, 'costs', '--json'))[0]
  const again = await call(folder.path, 'merge', 'notes')
  expect(again).toMatchObject({ exit: 0, stdout: expect.stringContaining('12 merged') })
  expect(jsonLines(await call(folder.path, 'costs', '--json'))[0]).toEqual(before)
})
