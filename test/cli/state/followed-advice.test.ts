import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { going } from '../../fleet/processes.ts'
import { createDatabase } from '../../support/postgres.ts'
import { serve } from '../child.ts'
import { holdLock } from '../held-lock.ts'
import { configOf, projectWithState } from '../kept-state.ts'
import { type Called, call, providerProject, temporaryFolder, write } from '../project.ts'

/** What a screen says, on one line. */
function words({ stdout, stderr }: Called): string {
  return `${stdout}${stderr}`.replaceAll(/\s+/g, ' ')
}

function lines(dir: string): readonly string[] {
  return readFileSync(join(dir, 'out.jsonl'), 'utf8').trimEnd().split('\n')
}

const hour = 3_600_000

/** Lets a batch end whenever one is made, as days pass at the provider. */
function passing(emulator: Emulator): Disposable {
  const timer = setInterval(() => emulator.advanceClock(24 * hour), 100)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

describe('costs nothing again, as the error says', () => {
  /** A run of ten notes that had to stop reading them, and does not read on: they are not the ones that it began with. */
  async function stopped(dir: string, emulator: Emulator): Promise<void> {
    await providerProject(dir, emulator)
    const config = configOf({ maxRequests: 1 })
      .replace('"timings":{', '"timings":{"filesAhead":1,')
      .replace(
        'defineConfig({',
        "defineConfig({ quota: { 'compatible/gpt-4o-mini': { enqueuedTokens: 120 } },",
      )
    await write(dir, { 'offpeak.config.ts': config })
    const source = join(dir, 'notes.jsonl')
    await call(dir, 'run', 'notes', '--max-cost', '$1', '--wait', '2s')
    renameSync(source, join(dir, 'kept.jsonl'))
    writeFileSync(source, readFileSync(join(dir, 'kept.jsonl'), 'utf8').replace('Note 9 ', 'Note nine '))
    using _ = passing(emulator)
    const met = words(await call(dir, 'resume', 'notes'))
    expect(met).toContain('has changed since the run began to read it; nothing of the new content is used')
    expect(met).toContain('Put it back as it was, with its time of change, and `offpeak resume` goes on')
    expect(met).toContain('or end the run by `offpeak cancel` and start a new one')
  }

  test(
    'a source that has changed under a run is put back as it was, with its time',
    { timeout: 120_000 },
    async () => {
      using folder = temporaryFolder()
      const dir = folder.path
      await using emulator = await startEmulator({ speed: 1 })
      await stopped(dir, emulator)
      // A move keeps its time.
      renameSync(join(dir, 'kept.jsonl'), join(dir, 'notes.jsonl'))
      using _ = passing(emulator)
      const ended = await call(dir, 'resume', 'notes')
      expect(ended.exit, words(ended)).toBe(0)
      expect(lines(dir)).toHaveLength(10)
      expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
    },
  )

  test('a run whose source has changed is ended, and another one begun', { timeout: 120_000 }, async () => {
    using folder = temporaryFolder()
    const dir = folder.path
    await using emulator = await startEmulator({ speed: 1 })
    await stopped(dir, emulator)
    expect((await call(dir, 'cancel', 'notes', '--yes')).exit).toBe(0)
    using _ = passing(emulator)
    const ended = await call(dir, 'run', 'notes', '--max-cost', '$1')
    expect(ended.exit, words(ended)).toBe(0)
    expect(lines(dir)).toHaveLength(10)
    expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
  })
})

test('costs nothing again: a session that holds a lock on PostgreSQL is named, and ended, as the words say', async () => {
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 1 })
  await using database = await createDatabase()
  await providerProject(dir, emulator)
  await write(dir, { 'offpeak.config.ts': configOf({ state: database.url }) })
  await call(dir, 'run', 'notes', '--max-cost', '$1', '--detach')
  emulator.advanceClock(24 * hour)
  const holder = new Client({ connectionString: database.url, application_name: 'a report' })
  holder.on('error', () => undefined)
  await holder.connect()
  await holder.query('begin')
  await holder.query('lock table offpeak.runs, offpeak.attempts in exclusive mode')
  await using resumed = going(dir, ['resume', 'notes'])
  await resumed.says('(a report; idle in transaction')
  const [, session] = /which session (\d+) \(a report/.exec(resumed.stderr()) ?? []
  const other = new Client({ connectionString: database.url })
  await other.connect()
  await other.query('select pg_terminate_backend($1)', [session])
  await other.end()
  expect((await resumed.ended).exit, resumed.stderr()).toBe(0)
  expect(lines(dir)).toHaveLength(10)
  expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
}, 60_000)

describe('costs nothing again, as the words say', () => {
  /** A run in real time whose answers are on disk, and could not be written; then they are not on disk any more. */
  async function lost(dir: string, emulator: Emulator): Promise<() => void> {
    await providerProject(dir, emulator)
    await write(dir, { 'offpeak.config.ts': configOf({ maxRequests: 10 }) })
    const job = join(dir, 'jobs', 'notes.job.ts')
    writeFileSync(job, readFileSync(job, 'utf8').replace("{ jsonl: 'out.jsonl'", "{ jsonl: 'out/out.jsonl'"))
    mkdirSync(join(dir, 'out'))
    // It is asked, and then nothing can be written: another one holds the file.
    await using held = await holdLock(join(dir, 'out', 'out.jsonl.offpeak.lock'))
    const met = words(await call(dir, 'run', 'notes', '--realtime', '--max-cost', '$1'))
    expect(met).toContain('Another process is writing')
    await held[Symbol.asyncDispose]()
    const files = join(dir, '.offpeak', 'files')
    const [answers = '', ...more] = readdirSync(files).filter((name) => name.endsWith('.output.jsonl'))
    expect(more).toEqual([])
    renameSync(join(files, answers), join(dir, 'kept'))
    const stopped = words(await call(dir, 'resume', 'notes'))
    expect(stopped).toContain('put it back: these answers are nowhere else')
    expect(stopped).toMatch(/--accept takes what is there; what is missing counts as possibly paid/)
    expect(emulator.bill()).toMatchObject({ requests: 10 })
    return () => renameSync(join(dir, 'kept'), join(files, answers))
  }

  test(
    'answers of real time that are lost before they were written are put back',
    { timeout: 120_000 },
    async () => {
      using folder = temporaryFolder()
      await using emulator = await startEmulator({ speed: 2_000 })
      const putBack = await lost(folder.path, emulator)
      putBack()
      const ended = await call(folder.path, 'resume', 'notes')
      expect(ended.exit, words(ended)).toBe(0)
      expect(lines(join(folder.path, 'out'))).toHaveLength(10)
      expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
    },
  )

  test.for([
    ['taken as lost', ['resume', 'notes', '--accept'], 6],
    ['given up with their run', ['cancel', 'notes', '--yes'], 6],
  ] as const)(
    'answers of real time that are lost before they were written are %s',
    { timeout: 120_000 },
    async ([, argv, exit]) => {
      using folder = temporaryFolder()
      const dir = folder.path
      await using emulator = await startEmulator({ speed: 2_000 })
      await lost(dir, emulator)
      const ended = await call(dir, ...argv)
      expect(ended.exit, words(ended)).toBe(exit)
      expect(words(ended)).toContain('of it possibly paid')
      const status = words(await call(dir, 'status', 'notes'))
      expect(status).toContain('10 lost')
      // A run of its own leaves them out, until a person pays for them again.
      const again = words(await call(dir, 'run', 'notes', '--max-cost', '$1'))
      expect(again).toContain('Nothing was sent.')
      expect(again).toContain('--pay-again')
      expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
    },
  )
})

test('costs nothing again: a secret of the server that is damaged is deleted, as the error says, and one that is lost is made anew', async () => {
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 1 })
  await projectWithState(dir, emulator, 'sqlite')
  await call(dir, 'run', 'notes', '--max-cost', '$1', '--detach')
  const secret = join(dir, '.offpeak', 'server.secret')
  for (const damage of [null, 'no secret', null]) {
    if (damage === null) rmSync(secret, { force: true })
    else {
      writeFileSync(secret, damage)
      const met = words(await call(dir, 'serve', '--port', '0', '--json'))
      expect(met).toContain('the file is no secret of a server')
      expect(met).toContain('delete it; who came by its link signs in again then')
      rmSync(secret)
    }
    await using serving = await serve(dir, ['serve', '--port', '0', '--json', '--no-worker'])
    expect(existsSync(secret)).toBe(true)
    await serving.end('SIGTERM')
  }
  emulator.advanceClock(24 * hour)
  const ended = await call(dir, 'resume', 'notes')
  expect(ended.exit, words(ended)).toBe(0)
  expect(lines(dir)).toHaveLength(10)
  expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
}, 60_000)

test('costs nothing again: a files directory that is lost for good, in front of a job that follows and writes', async () => {
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 1 })
  await projectWithState(dir, emulator, 'sqlite')
  const job = readFileSync(join(dir, 'jobs', 'notes.job.ts'), 'utf8')
  await write(dir, {
    'jobs/titles.job.ts': job
      .replace("name: 'notes'", "name: 'titles', after: 'notes', budget: { perRun: '$1' }")
      .replace(/from: .*\n/, "from: jsonl.rows({ file: 'out.jsonl', key: 'key' }),\n")
      .replace('row.text,', 'JSON.stringify(row),')
      .replace(/to: .*\n/, "to: { jsonl: 'titles.jsonl' },\n"),
  })
  await call(dir, 'run', 'notes', '--max-cost', '$2', '--detach')
  const files = join(dir, '.offpeak', 'files')
  rmSync(files, { recursive: true })
  const met = words(await call(dir, 'resume', 'notes'))
  expect(met).toContain('E_FILES')
  expect(met).toContain('if it is lost for good, run `offpeak clean --adopt-files`')
  expect((await call(dir, 'clean', '--adopt-files')).exit).toBe(0)
  emulator.advanceClock(24 * hour)
  const ended = await call(dir, 'resume', 'notes')
  expect(ended.exit, words(ended)).toBe(6)
  expect(emulator.bill(), words(ended)).toMatchObject({ requests: 10, duplicate_requests: 0 })
  expect(words(await call(dir, 'errors', 'notes'))).toContain('was kept in a file that is lost')
  const again = await call(dir, 'run', 'notes', '--max-cost', '$2')
  expect(emulator.bill(), words(again)).toMatchObject({ requests: 10, duplicate_requests: 0 })
}, 120_000)
