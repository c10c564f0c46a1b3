import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { openProject } from '../../src/compose/open-project.ts'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { driveWithPgBoss, openWakeQueue, type WakeQueue } from '../../src/drivers/pg-boss.ts'
import { OffpeakError } from '../../src/domain/errors.ts'
import type { WorkItem } from '../../src/ports/store/runs.ts'
import { openStore } from '../../src/stores/open.ts'
import { newRequest, newRun, runWith } from '../../src/testing/stores/fixtures.ts'
import { createDatabase } from '../support/postgres.ts'

let database: Awaited<ReturnType<typeof createDatabase>>
let queue: WakeQueue
beforeAll(async () => {
  database = await createDatabase()
  queue = await openWakeQueue(database.url)
})
afterAll(async () => {
  await queue[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

/** The keys of the wake-ups that wait, with the seconds from now on at which they are meant. */
async function waiting(): Promise<readonly { readonly key: string; readonly inSeconds: number }[]> {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  const { rows } = await client.query<{ key: string; seconds: string }>(
    "select singleton_key as key, extract(epoch from start_after - now()) as seconds from offpeak_queue.job where state < 'active' order by 1",
  )
  await client.end()
  return rows.map(({ key, seconds }) => ({ key, inSeconds: Math.round(Number(seconds)) }))
}

test('a wake-up is committed with what makes a unit due, once per unit, and brought forward', async () => {
  await using store = await openStore(database.url, 'lineage', { onDue: queue.onDue })
  const now = Date.now()
  const [attemptId = 0] = await runWith(store, 'woken', [[newRequest(0, 0)]])
  const keys = async (): Promise<readonly string[]> => (await waiting()).map(({ key }) => key)
  expect(await keys()).toEqual([`attempt:${attemptId}`, 'run:woken'])
  await store.wakeAttempts('woken', now + 600_000)
  await store.wakeAttempts('woken', now + 600_000)
  expect(
    (await waiting())
      .filter(({ key }) => key.startsWith('attempt'))
      .map(({ inSeconds }) => Math.round(inSeconds / 60)),
  ).toEqual([10])
  await store.wakeAttempts('woken', now - 1)
  expect(
    (await waiting()).filter(({ key, inSeconds }) => key.startsWith('attempt') && inSeconds <= 0),
  ).toHaveLength(1)
})

test('a transaction that fails leaves no wake-up', async () => {
  await using store = await openStore(database.url, 'lineage', {
    async onDue(runSql, units) {
      await queue.onDue(runSql, units)
      throw new Error('undone')
    },
  })
  await expect(store.startRun(newRun('undone'))).rejects.toThrow('undone')
  expect((await waiting()).map(({ key }) => key)).not.toContain('run:undone')
})

test('two workers share the units, and each is advanced by one of them at a time', async () => {
  await using second = await openWakeQueue(database.url)
  await using store = await openStore(database.url, 'lineage', { onDue: queue.onDue })
  const ids = await runWith(
    store,
    'shared',
    Array.from({ length: 12 }, (_file, n) => [newRequest(n, n, { line: 0 })]),
  )
  const worked = new Map<number, string>()
  const held = new Set<string>()
  let clashes = 0
  const isOver = async (): Promise<boolean> => ids.every((id) => worked.has(id))
  const worker = (from: WakeQueue, name: string): Promise<void> =>
    driveWithPgBoss(
      {
        due: (limit) => store.due(Date.now(), limit, ['shared']),
        nextDue: () => store.nextDue(['shared']),
        now: () => Date.now(),
        async advance(unit: WorkItem) {
          const claim = await store.claim(unit, { holder: name, now: Date.now(), leaseMs: 30_000 })
          if (!claim) return 'busy'
          const key = `${unit.kind} ${unit.id}`
          if (held.has(key)) clashes += 1
          held.add(key)
          if (unit.kind === 'attempt') worked.set(unit.id, name)
          await sleep(150)
          held.delete(key)
          await store.release(claim, null)
          return null
        },
      },
      { queue: from, concurrency: 2, signal: AbortSignal.timeout(30_000), isOver },
    )
  await Promise.all([worker(queue, 'first'), worker(second, 'second')])
  expect(await isOver(), 'all of it is done').toBe(true)
  expect(new Set(ids.map((id) => worked.get(id))), 'by both').toEqual(new Set(['first', 'second']))
  expect(clashes).toBe(0)
})

test('a lost wake-up is found by the sweep', async () => {
  await using store = await openStore(database.url, 'lineage')
  await runWith(store, 'lost', [[newRequest(0, 0)]])
  const seen: WorkItem[] = []
  await driveWithPgBoss(
    {
      due: (limit) => store.due(Date.now(), limit, ['lost']),
      nextDue: () => store.nextDue(['lost']),
      now: () => Date.now(),
      advance: async (unit) => (seen.push(unit), null),
    },
    {
      queue,
      concurrency: 1,
      sweepEveryMs: 100,
      signal: AbortSignal.timeout(20_000),
      isOver: async () => seen.some(({ kind }) => kind === 'attempt'),
    },
  )
  expect(seen).toContainEqual({ kind: 'attempt', id: (await store.attempts('lost'))[0]?.id })
})

test('an error that a person must see ends the worker, and the work is kept for another', async () => {
  await using store = await openStore(database.url, 'lineage', { onDue: queue.onDue })
  await store.startRun(newRun('failing'))
  const driven = { due: async () => [], nextDue: async () => null, now: () => Date.now() }
  const failing = driveWithPgBoss(
    { ...driven, advance: () => Promise.reject(new OffpeakError('E_DISK', 'the disk is full')) },
    { queue, concurrency: 1, signal: AbortSignal.timeout(20_000), isOver: async () => false },
  )
  await expect(failing).rejects.toMatchObject({ code: 'E_DISK' })
  expect((await waiting()).map(({ key }) => key)).toContain('run:failing')
})

test('a worker that is told to stop lets what it has begun come to its end', async () => {
  await using store = await openStore(database.url, 'lineage', { onDue: queue.onDue })
  await store.startRun(newRun('stopped'))
  const stop = new AbortController()
  let ended = false
  await driveWithPgBoss(
    {
      due: async () => [],
      nextDue: async () => null,
      now: () => Date.now(),
      async advance() {
        stop.abort()
        await sleep(300)
        ended = true
        return null
      },
    },
    { queue, concurrency: 1, signal: stop.signal, isOver: async () => false },
  )
  expect(ended).toBe(true)
})

test('a fleet needs its state in PostgreSQL, and the error says what to do', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'offpeak-fleet-'))
  await writeFile(join(dir, 'offpeak.config.mjs'), "export default { worker: { driver: 'pg-boss' } }\n")
  await expect(openProject({ cwd: dir, configFile: null, envFile: null, modules: {} })).rejects.toMatchObject(
    { code: 'E_CONFIG', fix: expect.stringContaining("driver: 'local'") },
  )
  await rm(dir, { recursive: true, force: true })
})
