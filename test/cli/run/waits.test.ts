import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../../src/emulator/index.ts'
import { runCli } from '../child.ts'
import { readJson } from '../notes-project.ts'
import { createDatabase } from '../../support/postgres.ts'
import { call, type Called, carryUntil, providerProject, temporaryFolder, write } from '../project.ts'

const waiting = z.object({
  state: z.string(),
  batches: z.array(
    z.object({
      wait: z
        .object({ for: z.string(), label: z.string(), tries: z.number(), message: z.string() })
        .nullable(),
    }),
  ),
})
const seen = z.object({
  atProvider: z.object({
    batches: z.array(z.object({ n: z.number(), state: z.string().nullable() })),
    message: z.string().nullable(),
  }),
})

/** Nobody listens there. */
const nowhere = { openaiBaseUrl: 'http://127.0.0.1:9/v1' } as const

/** A patience with who does not answer that a test can wait for. */
async function letGoSoon(dir: string, silentMs: number): Promise<void> {
  await write(dir, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'\nexport default defineConfig({ batch: { maxRequests: 2 }, timings: { pollEveryMs: 50, filesAhead: 9, silentMs: ${silentMs} } })\n`,
  })
}

/** Calls until the output says it; the state of a run that nobody carries is late only after a moment. */
async function until(words: string, ...argv: readonly [dir: string, ...words: string[]]): Promise<Called> {
  for (;;) {
    const called = await call(...argv)
    if (`${called.stdout}${called.stderr}`.includes(words)) return called
    await sleep(100)
  }
}

test('a run that does not reach its provider says within its first lines what is wrong, since when and in whose words', async () => {
  using folder = temporaryFolder()
  await providerProject(folder.path, nowhere)
  const { exit, stderr } = await carryUntil(
    folder.path,
    (called) => called.stderr.includes(' wait=network'),
    ['run', 'notes', '--max-cost', '$1'],
  )
  expect(exit).toBe(7)
  expect(stderr).toMatch(
    / wait=network batches=1 tries=\d+ since=\S+Z next=\S+ message="[^"]*nobody listens at 127\.0\.0\.1:9 \(ECONNREFUSED\)"/,
  )
  expect(stderr).toMatch(
    /the provider cannot be reached: .*nobody listens at 127\.0\.0\.1:9 \(ECONNREFUSED\) \(for /,
  )
  const { stdout } = await call(folder.path, 'status', 'notes')
  const words = stdout.replaceAll(/\s+/g, ' ')
  expect(words).toContain('the provider cannot be reached:')
  expect(words).toContain('nobody listens at 127.0.0.1:9 (ECONNREFUSED) for ')
  const { batches } = readJson(waiting, await call(folder.path, 'status', 'notes', '--json'))
  expect(batches[0]?.wait).toMatchObject({
    for: 'network',
    message: expect.stringContaining('ECONNREFUSED'),
  })
  const one = await call(folder.path, 'status', 'notes', '--batch', '0')
  expect(one.stdout).toMatch(/Waits +the provider cannot be reached: /)
})

test('status, --batch, --watch and --download of a run that nobody carries ask its provider, and resume merges', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  const running = await until('No process drives', folder.path, 'status', 'notes')
  expect(running.stdout).toMatch(/No process drives this run; its next step has been due for /)
  await expect(
    call(folder.path, 'status', 'notes', '--batch', '0', '--download', 'early'),
  ).resolves.toMatchObject({
    exit: 2,
    stderr: expect.stringMatching(/is [\w ]+ at the provider and has no answers yet/),
  })
  emulator.advanceClock(86_400_000)
  const { stdout } = await until('(0) completed at the provider', folder.path, 'status', 'notes')
  const words = stdout.replaceAll(/\s+/g, ' ')
  expect(words).toContain('1 batch (0) completed at the provider, 10 of 10 answered')
  expect(words).toMatch(/`offpeak resume \w+` fetches and merges what has ended there/)
  expect(readJson(seen, await call(folder.path, 'status', 'notes', '--json')).atProvider).toMatchObject({
    batches: [{ n: 0, state: 'completed' }],
    message: null,
  })
  expect((await call(folder.path, 'status', 'notes', '--batch', '0')).stdout).toMatch(
    /There +completed at the provider · 10 completed/,
  )
  const watched = await call(folder.path, 'status', 'notes', '--watch')
  expect(watched).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('completed at the provider'),
  })
  const { stderr } = await call(folder.path, 'status', 'notes', '--batch', '0', '--download', 'answers')
  const [file = ''] = /\S+\.output\.jsonl/.exec(stderr) ?? []
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(10)
  expect(existsSync(join(folder.path, 'out.jsonl')), 'looking merges nothing').toBe(false)
  expect((await call(folder.path, 'resume', 'notes')).exit).toBe(0)
  expect(readFileSync(join(folder.path, 'out.jsonl'), 'utf8').trim().split('\n')).toHaveLength(10)
  expect(emulator.bill()).toMatchObject({ batches: 1, duplicate_requests: 0 })
})

test('where the provider cannot be asked, status says how old what it shows is, and what drives the run on', async () => {
  using folder = temporaryFolder()
  {
    await using emulator = await startEmulator({ speed: 1 })
    await providerProject(folder.path, emulator)
    await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  }
  const { stdout } = await until('could not be asked', folder.path, 'status', 'notes')
  const words = stdout.replaceAll(/\s+/g, ' ')
  expect(words).toMatch(
    /The provider could not be asked \(.*ECONNREFUSED.*\): what is shown is at least .* old/,
  )
  expect(words).toMatch(/`offpeak resume \w+` resumes it/)
})

test('cancel asks, says in its words what does not answer, and leaves with 7; resume continues', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  for (const operation of ['batches.retrieve', 'batches.cancel'] as const)
    emulator.addFault({
      operation,
      when: 'before',
      times: 1_000,
      action: { type: 'status', status: 503, body: { error: { message: 'upstream connect error' } } },
    })
  await letGoSoon(folder.path, 6_000)
  const { exit, stderr } = await call(folder.path, 'cancel', 'notes')
  expect(exit).toBe(7)
  const words = stderr.replaceAll(/\s+/g, ' ')
  expect(words).toMatch(/Run \w+ is asked to stop, and is not at its end; what is left does not answer:/)
  expect(words).toMatch(/(the provider is failing|cannot be reached): .*503/)
  expect(words).toMatch(/Go on +offpeak resume \w+/)
  emulator.clearFaults()
  emulator.advanceClock(86_400_000)
  await call(folder.path, 'resume', 'notes')
  expect(readJson(waiting, await call(folder.path, 'status', 'notes', '--json')).state).toBe('cancelled')
})

/** A project whose provider leaves out answers that it counts and bills, and a patience that a test can wait for. */
async function leavingOut(dir: string, emulator: Parameters<typeof providerProject>[1]): Promise<void> {
  await providerProject(dir, emulator)
  await write(dir, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ timings: { pollEveryMs: 50, lostAfterMs: 1 } })\n",
  })
}

test('an answer that the provider counts and does not give ends the run with 6 and what it may have cost', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000, scenarios: ['missing-lines'] })
  await leavingOut(folder.path, emulator)
  const { exit, stdout, stderr } = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(stderr).toMatch(
    / wait=missing batches=1 tries=\d+ .*message="the service counts 10 answers, its files hold 9"/,
  )
  expect(exit).toBe(6)
  expect(stdout).toMatch(
    /up to \$\S+ of it possibly paid: .*offpeak resume \w+ looks again, and costs nothing/,
  )
  expect(stdout).toMatch(/1 +lost: .*\n +offpeak resume \w+/)
  const report = (await call(folder.path, 'report', 'notes')).stdout
  expect(report).toMatch(/possibly paid +\$/)
  expect(report).toMatch(/missing answers are withheld +batch 0 · requests 1/)
  expect((await call(folder.path, 'status', 'notes')).stdout).toContain('possibly paid')
  expect((await call(folder.path, 'status')).stdout).toContain('! done')
})

test('many answers that the provider does not give pause the run with the two commands that help', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000, scenarios: ['missing-lines:every=2'] })
  await leavingOut(folder.path, emulator)
  const paused = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(paused.stderr).toMatch(/ wait=missing batches=1 tries=\d+ /)
  expect(paused.stderr).toMatch(/Fix +offpeak resume \w+ looks again, and costs nothing/)
  expect(paused.stderr).toMatch(/Or: offpeak resume \w+ --accept takes what is there/)
  const taken = await call(folder.path, 'resume', 'notes', '--accept')
  expect(taken.exit).toBe(6)
  expect(taken.stderr).toContain(
    'What 1 batch has answered is taken as it is; what is missing counts as possibly paid.',
  )
  const report = (await call(folder.path, 'report', 'notes')).stdout
  expect(report).toMatch(/what is there was taken +batches 1/)
  expect(emulator.bill()).toMatchObject({ batches: 1, duplicate_requests: 0 })
})

test('cancel does not wait for a provider that takes a call and never answers it', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  using mute = await muteServer()
  await providerProject(folder.path, { openaiBaseUrl: mute.url })
  await letGoSoon(folder.path, 6_000)
  const { exit, stderr } = await call(folder.path, 'cancel', 'notes')
  expect(exit).toBe(7)
  expect(stderr).toMatch(/1 batch: no answer to what was asked last|cannot be reached/)
  expect(stderr).toMatch(/Go on +offpeak resume \w+/)
})

test('a key that is not set keeps nobody from asking a run to stop, and cancel says what is missing', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  const job = join(folder.path, 'jobs/notes.job.ts')
  writeFileSync(
    job,
    readFileSync(job, 'utf8').replace('OFFPEAK_TEST_KEY_any_key', 'OFFPEAK_TEST_KEY_nobody_set'),
  )
  const { exit, stderr } = await call(folder.path, 'cancel', 'notes')
  expect(exit).toBe(3)
  expect(stderr).toMatch(
    /Run \w+ is asked to stop, and its provider cannot be told: OFFPEAK_TEST_KEY_nobody_set/,
  )
  expect(stderr).toMatch(/Then: offpeak resume \w+/)
  expect(readJson(waiting, await call(folder.path, 'status', 'notes', '--json')).state).toBe('cancelling')
})

test('cancel does not wait for a table that takes answers and never says that it has them', async () => {
  using folder = temporaryFolder()
  await using database = await createDatabase()
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(folder.path, emulator)
  const job = join(folder.path, 'jobs/notes.job.ts')
  writeFileSync(
    job,
    readFileSync(job, 'utf8').replace(
      /to: .*/,
      "to: { table: 'notes', set: ({ output }) => ({ summary: output.summary }) },",
    ),
  )
  await letGoSoon(folder.path, 12_000)
  const offpeak = (...argv: readonly string[]): ReturnType<typeof runCli> =>
    runCli(folder.path, argv, { DATABASE_URL: database.url })
  const client = new Client({ connectionString: database.url })
  await client.connect()
  try {
    await client.query(
      'create table notes as select id, null::text as summary from generate_series(0, 9) id; alter table notes add primary key (id)',
    )
    const started = await offpeak('run', 'notes', '--max-cost', '$1', '--detach')
    expect(started.exit, started.stderr).toBe(0)
    emulator.advanceClock(86_400_000)
    await client.query('begin; lock table notes in access exclusive mode')
    const { exit, stderr } = await offpeak('cancel', 'notes', '--yes')
    expect(exit, stderr).toBe(7)
    const words = stderr.replaceAll(/\s+/g, ' ')
    expect(words).toMatch(/is asked to stop, and is not at its end; what is left does not answer:/)
    expect(words).toContain('the place where answers are written does not take them: it has taken a call')
    await client.query('rollback')
    const resumed = await offpeak('resume', 'notes')
    expect(resumed.stdout, resumed.stderr).toContain('10 of 10 records are in notes')
  } finally {
    await client.end()
  }
}, 90_000)

test('a run of another key says so, continues without its answers when told to, and finds them with the old key', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1, scenarios: ['own-keys'] })
  await providerProject(folder.path, emulator, 'old-key')
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  emulator.advanceClock(86_400_000)
  await providerProject(folder.path, emulator, 'new-key')
  const paused = await call(folder.path, 'resume', 'notes')
  expect(paused.exit).toBe(3)
  expect(paused.stderr).toContain('the batches belong to another key')
  expect(paused.stderr).toMatch(/Without that key: offpeak resume \w+ --accept continues/)
  const taken = await call(folder.path, 'resume', 'notes', '--accept')
  expect(taken.exit, taken.stderr).toBe(6)
  const words = taken.stderr.replaceAll(/\s+/g, ' ')
  expect(words).toMatch(
    /1 batch belongs to another key, .* With that key, offpeak resume \w+ looks for the answers again, and costs nothing\./,
  )
  expect((await call(folder.path, 'status', 'notes')).stdout).toMatch(/10 +lost/)
  await providerProject(folder.path, emulator, 'old-key')
  const found = await call(folder.path, 'resume', 'notes')
  expect(found.stderr).toMatch(/10 of 10 lost answers of run \w+/)
  expect(found.exit).toBe(0)
  expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
})

test('--accept says what it cannot change', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  await providerProject(folder.path, nowhere)
  await carryUntil(folder.path, (called) => called.stderr.includes(' wait=network'), ['resume', 'notes'])
  const { stderr } = await call(folder.path, 'resume', 'notes', '--accept', '--wait', '1s')
  expect(stderr).toContain('No batch waits for answers that are missing.')
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    '1 batch waits for something that --accept does not change: the provider cannot be reached.',
  )
})

/** A server that takes every call and answers none. */
async function muteServer(): Promise<{ readonly url: string } & Disposable> {
  const server: Server = createServer(() => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    [Symbol.dispose]: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
