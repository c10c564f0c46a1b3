import { setTimeout as sleep } from 'node:timers/promises'
import type { Job, PgBoss } from 'pg-boss'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import { importPeer } from '../engine/peer.ts'
import { choosePool } from '../engine/postgres-pool.ts'
import { tlsFiles } from '../engine/tls-files.ts'
import { databaseFault } from '../planning/addresses/database-fault.ts'
import {
  type PostgresAddress,
  postgresAddress,
  type PostgresTls,
} from '../planning/addresses/postgres-url.ts'
import type { DueWorkItem, OnDue, WorkItem } from '../ports/store/runs.ts'
import type { Driven, DriverOptions } from './local.ts'
import { patience } from './outage-tolerance.ts'

/**
 * A queue of wake-ups in the PostgreSQL database that holds the state: written by whoever makes units due, taken by
 * workers.
 */
export interface WakeQueue extends AsyncDisposable {
  /** Enqueues, or brings forward, the wake-ups of these units within the transaction that makes them due. */
  readonly onDue: OnDue
  /** Starts to take wake-ups, so many at once; resolves to a function that stops it and waits for what has begun. */
  readonly work: (
    concurrency: number,
    handle: (unit: WorkItem) => Promise<void>,
  ) => Promise<() => Promise<void>>
  /** Enqueues a wake-up unless one waits already. */
  readonly wake: (due: DueWorkItem) => Promise<void>
}

export interface PgBossOptions extends DriverOptions {
  readonly queue: WakeQueue
  /** How often units are looked for whose wake-up was lost, in milliseconds; 30 s when left out. */
  readonly sweepEveryMs?: number
}

/** The queue's own schema, beside the tables of the state. */
const schema = 'offpeak_queue'
const queueName = 'units'
const poolSize = 4

/** The shortest that pg-boss takes: a worker that is silent for so long has lost its job to another one. */
const heartbeatSeconds = 10
const monitorSeconds = 2
const pollSeconds = 0.5
/** A unit is advanced for as long as it takes; its heartbeat, and not this, tells that its worker is gone. */
const expireSeconds = 86_400 - 1
const retentionSeconds = 90 * 86_400
const retryLimit = 1_000_000
const retryDelaySeconds = 5

const sweepMs = 30_000
const sweepLimit = 500
const isOverEveryMs = 250
/** When a unit that somebody else holds is looked at again; its lease decides who may act. */
const busyMs = 5_000
/** When one is that this process leaves to others, of whom the next may take it. */
const leftMs = 1_000
const stopMs = 5_000

/**
 * The queue of wake-ups in the database at this URL; connects when it is first used, and makes its schema then. Throws
 * E_PEER_MISSING.
 */
export async function openWakeQueue(url: string): Promise<WakeQueue> {
  const { PgBoss } = await importPeer('pg-boss', 'worker.driver is pg-boss')
  const address = postgresAddress(url, 'disable', tlsFiles)
  const boss = new PgBoss({
    connectionString: address.url,
    ssl: await chosenTls(address),
    schema,
    max: poolSize,
    application_name: 'offpeak queue',
    superviseIntervalSeconds: monitorSeconds,
    monitorIntervalSeconds: monitorSeconds,
    useListenNotify: true,
    schedule: false,
  })
  // What goes wrong inside is tried again inside; a lost wake-up is found by the sweep of every worker.
  boss.on('error', () => undefined)
  let starting: Promise<PgBoss> | null = null
  const started = (): Promise<PgBoss> => (starting ??= start(boss).catch((thrown: unknown) => forget(thrown)))
  const forget = (thrown: unknown): never => {
    starting = null
    throw new OffpeakError('E_DATABASE', `the queue of wake-ups cannot be opened: ${messageOf(thrown)}`, {
      where: `schema ${schema} of the state database`,
      fix: `let the role create the schema ${schema}, or set worker: { driver: 'local' }`,
      cause: thrown,
    })
  }
  return {
    async onDue(runSql, units) {
      const running = await started()
      const db = {
        executeSql: async (text: string, values?: unknown[]) => ({
          rows: [...(await runSql(text, values ?? []))],
        }),
      }
      // One order for all, so that two transactions that wake the same units do not wait for each other.
      for (const { unit, at } of units.toSorted((a, b) => keyOf(a.unit).localeCompare(keyOf(b.unit)))) {
        await running.upsert(queueName, { ...unit }, { ...when(unit, at), db })
      }
    },
    async wake({ unit, at }) {
      const running = await started()
      await running.send(queueName, { ...unit }, when(unit, at)).catch(asOurs)
    },
    async work(concurrency, handle) {
      const running = await started()
      const id = await running
        .work<WorkItem>(
          queueName,
          {
            localConcurrency: concurrency,
            batchSize: 1,
            pollingIntervalSeconds: pollSeconds,
            notifyPollingIntervalSeconds: pollSeconds,
          },
          async (jobs: Job<WorkItem>[]) => {
            for (const { data } of jobs) await handle(data)
          },
        )
        .catch(asOurs)
      return () => running.offWork(queueName, { id, wait: true })
    },
    async [Symbol.asyncDispose]() {
      if (starting === null) return
      const running = await starting.catch(() => null)
      // A database that is away is left to find out by itself.
      await running?.stop({ graceful: true, timeout: stopMs }).catch(() => undefined)
    },
  }
}

/** A database that is away is one of ours, whoever speaks to it. */
function asOurs(thrown: unknown): never {
  if (databaseFault(thrown) === null) throw thrown
  throw new OffpeakError('E_DATABASE', `the queue of wake-ups cannot be reached: ${messageOf(thrown)}`, {
    where: `schema ${schema} of the state database`,
    cause: thrown,
  })
}

/** What the server takes, where the URL leaves a choice. */
async function chosenTls(address: PostgresAddress): Promise<PostgresTls> {
  let [chosen] = address.tries
  if (address.tries.length === 1) return chosen
  const { default: pg } = await importPeer('pg')
  const pool = await choosePool(address, (ssl) => {
    chosen = ssl
    return new pg.Pool({ connectionString: address.url, ssl, max: 1 })
  })
  await pool.end()
  return chosen
}

async function start(boss: PgBoss): Promise<PgBoss> {
  await boss.start()
  // `short` holds one waiting wake-up per unit. Who may act on a unit is decided by its lease and not by the queue: a
  // policy that also allowed one job at work per unit would make a worker's fetch come back empty as long as the
  // oldest job belongs to a unit at work.
  await boss.createQueue(queueName, {
    policy: 'short',
    heartbeatSeconds,
    expireInSeconds: expireSeconds,
    retentionSeconds,
    deleteAfterSeconds: 60,
    retryLimit,
    retryDelay: retryDelaySeconds,
    notify: true,
  })
  return boss
}

/** A wake-up is kept for a while after its time: one in the distant past would be cleared away before it is taken. */
function when(
  unit: WorkItem,
  at: number,
): { readonly singletonKey: string; readonly startAfter: Date; readonly retentionSeconds: number } {
  return { singletonKey: keyOf(unit), startAfter: new Date(Math.max(at, Date.now())), retentionSeconds }
}

function keyOf(unit: WorkItem): string {
  return `${unit.kind}:${unit.id}`
}

/**
 * The driver over a queue: it takes wake-ups and calls `advance` for each, as one of any number of workers on any
 * number of machines, until told that it is over or stopped. Whatever `advance` leaves to be done later is enqueued by
 * the transaction that says so; what got lost all the same is found by a sweep. Ends and fails like the local driver.
 */
export async function driveWithPgBoss(driven: Driven, options: PgBossOptions): Promise<void> {
  const { queue, concurrency, signal, isOver, sweepEveryMs = sweepMs } = options
  const over = new AbortController()
  const stop = AbortSignal.any([signal, over.signal])
  const failures: unknown[] = []
  const { succeeded, failed } = patience(driven.now)
  const note = (what: string, thrown: unknown): void => {
    try {
      failed(what, thrown)
    } catch {
      failures.push(thrown)
      over.abort()
    }
  }
  const handle = async (unit: WorkItem): Promise<void> => {
    if (stop.aborted) throw new Error('this worker is stopping')
    try {
      const next = await driven.advance(unit, signal)
      if (next === 'busy' || next === 'left')
        await queue.wake({ unit, at: driven.now() + (next === 'left' ? leftMs : busyMs) })
      succeeded(keyOf(unit))
    } catch (thrown) {
      note(keyOf(unit), thrown)
      throw thrown
    }
  }
  const endWork = await beginWork(queue, concurrency, handle, stop, note)
  let nextSweep = 0
  while (!stop.aborted) {
    try {
      // Units that others work on are not seen from here: it is for the state to say what is left.
      if (await isOver(true)) break
      if (driven.now() >= nextSweep) {
        for (const unit of await driven.due(sweepLimit)) await queue.wake({ unit, at: driven.now() })
        nextSweep = driven.now() + sweepEveryMs
      }
      succeeded('state')
    } catch (thrown) {
      note('state', thrown)
    }
    await sleep(isOverEveryMs, undefined, { signal: stop }).catch(() => undefined)
  }
  over.abort()
  await endWork()
  if (failures.length > 0) throw failures[0]
}

/** Begins to take wake-ups as soon as the queue's database lets us. */
async function beginWork(
  queue: WakeQueue,
  concurrency: number,
  handle: (unit: WorkItem) => Promise<void>,
  stop: AbortSignal,
  note: (what: string, thrown: unknown) => void,
): Promise<() => Promise<void>> {
  while (!stop.aborted) {
    try {
      return await queue.work(concurrency, handle)
    } catch (thrown) {
      note('queue', thrown)
      await sleep(1_000, undefined, { signal: stop }).catch(() => undefined)
    }
  }
  return async () => undefined
}
