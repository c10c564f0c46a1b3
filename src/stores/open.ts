import { dirname } from 'node:path'
import {
  CompiledQuery,
  HandleEmptyInListsPlugin,
  Kysely,
  replaceWithNoncontingentExpression,
  sql,
} from 'kysely'
import { OffpeakError } from '../domain/errors.ts'
import { databaseFault, NoConnection } from '../planning/addresses/database-fault.ts'
import type { StateTrouble } from '../ports/state-trouble.ts'
import type { OnDue, ProjectMarker } from '../ports/store/runs.ts'
import type { Store } from '../ports/store.ts'
import { accessStore } from './access/access.ts'
import { answerStore } from './answers/answers.ts'
import { attemptStore } from './attempts/attempts.ts'
import type { StoreContext } from './database/context.ts'
import { ColumnNames } from './schema/column-names.ts'
import type { Dialect } from './database/json-rows.ts'
import { ledgerStore } from './ledger/ledger.ts'
import { requestStore } from './requests/requests.ts'
import { runStore } from './runs/runs.ts'
import { EventHorizon } from './database/horizon.ts'
import { writerOf } from './database/lock-holder.ts'
import { migrate } from './schema/migrating.ts'
import { type Outlasting, outlastTrouble } from './database/outlasting.ts'
import { longestTransaction, postgresDialect, postgresError, withoutPassword } from './database/postgres.ts'
import { Traces } from './database/traces.ts'
import { readIdentity } from './runs/project.ts'
import type { Tables } from './schema/schema.ts'
import { isFileFailure, NodeSqliteDialect, openSqlite, sqliteError } from './database/sqlite.ts'
import { TroubleBoard } from './database/trouble.ts'
import { schemaVersion } from './schema/version.ts'

/** So often a transaction is run again that the database has chosen as the victim of a deadlock. */
const maxTransactionTries = 8

const maxConnections = 6

/** How long a call waits for a lock that others hold, in milliseconds, before its caller hears of it. */
const lockPatienceMs = 60_000

export interface OpenStoreOptions {
  /** Told what to wake. */
  readonly onDue?: OnDue | null
  /** Names this process to those who look at a shared database. */
  readonly session?: string
  /** How long a call waits for a lock that others hold, in milliseconds. */
  readonly patienceMs?: number
  /** What says whose the directory of files is, beside which the state is made. */
  readonly marker?: ProjectMarker | null
  /** How long a call waits for a state that is away or full, in milliseconds, before its caller hears of it. */
  readonly awayMs?: number
  /** Ends such a wait at once. */
  readonly signal?: AbortSignal
  /** Told like a listener of `Store.watch`, also while the state is being opened. */
  readonly onTrouble?: (trouble: StateTrouble | null) => void
}

const never = new AbortController().signal

/**
 * Opens the state at a file path (SQLite) or a `postgres://` URL, and brings its schema up to date.
 * `newProjectId` is the id that a new state gets, unless it is made beside the files of a project. Throws E_DATABASE,
 * E_DATABASE_BUSY, E_STATE_CORRUPT, E_STATE_VERSION.
 */
export async function openStore(
  location: string,
  newProjectId: string,
  options: OpenStoreOptions = {},
): Promise<Store> {
  const { onDue = null, session = 'offpeak', patienceMs = lockPatienceMs, marker = null } = options
  const dialect: Dialect = /^postgres(ql)?:\/\//.test(location) ? 'postgres' : 'sqlite'
  const named = (thrown: unknown): OffpeakError =>
    dialect === 'sqlite' ? sqliteError(thrown, location) : postgresError(thrown, location)
  const place = dialect === 'postgres' ? withoutPassword(location) : location
  const board = new TroubleBoard(() => Date.now())
  if (options.onTrouble) board.onTrouble(options.onTrouble)
  const traces = new Traces()
  const outlasting: Outlasting = {
    board,
    now: () => Date.now(),
    patienceMs,
    awayMs: options.awayMs ?? 0,
    signal: options.signal ?? never,
    place,
    words(thrown) {
      const { code, message } = named(thrown)
      return code === 'E_DISK' ? `${message} (${dirname(location)})` : message
    },
    holder: () => (dialect === 'sqlite' ? writerOf(location) : longestTransaction(db)),
  }
  // Whoever opens it makes only what is not there yet.
  const opening = <Result>(act: () => Promise<Result>): Promise<Result> =>
    outlastTrouble(act, { name: 'open', leftNothing: () => true }, outlasting)
  const db: Kysely<Tables> = new Kysely<Tables>({
    dialect:
      dialect === 'sqlite'
        ? new NodeSqliteDialect(
            await opening(async () => openSqlite(location)).catch((thrown: unknown) => {
              board.end()
              throw named(thrown)
            }),
          )
        : await postgresDialect(location, maxConnections, session),
    log: (event) => traces.note(event),
    plugins: [
      new ColumnNames(),
      // To SQLite an empty list is one that nothing is in; PostgreSQL does not understand it.
      ...(dialect === 'postgres'
        ? [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })]
        : []),
    ],
  })
  try {
    const newest = await opening(() => migrate(db, dialect, place))
    const version = schemaVersion(db, newest, place)
    const identity = await opening(() => readIdentity(db, newProjectId, marker))
    const clockOffsetMs = dialect === 'sqlite' ? 0 : await opening(() => clockOffset(db))
    const transact = transactions(db, traces)
    const context: StoreContext = {
      db,
      dialect,
      version,
      now: () => Date.now() + clockOffsetMs,
      transact,
      transactUnclaimed: (work) =>
        transact(async (trx) => {
          const failure = await version.failure('no', trx)
          if (failure) throw failure
          return work(trx)
        }),
      horizon: dialect === 'postgres' ? new EventHorizon(db) : null,
      wake: wakes(onDue),
    }
    const rename = async (thrown: unknown): Promise<unknown> => {
      if (thrown instanceof OffpeakError) return thrown
      if (thrown instanceof NoConnection) return named(thrown)
      if (databaseFault(thrown) === 'lost' && !traces.leftNothing(thrown)) return inDoubt(named(thrown))
      if (databaseFault(thrown) !== null || (dialect === 'sqlite' && isFileFailure(thrown)))
        return named(thrown)
      // A statement that the state does not understand any more: what was sent before it is not known here.
      return (await version.failure('unknown').catch(() => null)) ?? thrown
    }
    const naming = <Part extends object>(part: Part): Part =>
      around(part, async (act, name) => {
        try {
          return await outlastTrouble(act, { name, leftNothing: traces.leftNothing }, outlasting)
        } catch (thrown) {
          throw await rename(thrown)
        }
      })
    return {
      kind: dialect,
      ...identity,
      watch: board,
      clockOffsetMs,
      ...naming(runStore(context)),
      ...naming(attemptStore(context)),
      ...naming(requestStore(context)),
      ...naming(answerStore(context)),
      ...naming(ledgerStore(context)),
      ...naming(accessStore(context)),
      [Symbol.asyncDispose]() {
        board.end()
        return db.destroy()
      },
    }
  } catch (thrown) {
    board.end()
    await db.destroy().catch(() => undefined)
    throw named(thrown)
  }
}

/**
 * The same methods, each called through `pass` with its name, which may call it again. A lost connection becomes
 * E_DATABASE there, and a lock that was not to be had E_DATABASE_BUSY, which drivers and screens wait out.
 */
function around<Part extends object>(
  part: Part,
  pass: (act: () => Promise<unknown>, name: string) => Promise<unknown>,
): Part {
  return new Proxy(part, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...parameters: unknown[]): Promise<unknown> =>
        pass(async () => Reflect.apply(method, target, parameters), String(name))
    },
  })
}

/** A connection that was lost under a write: it may have been done. */
function inDoubt({ code, message, where, cause }: OffpeakError): OffpeakError {
  return new OffpeakError(code, `${message}; whether what was being written is there is not known`, {
    ...(where === null ? {} : { where }),
    fix: 'look how it stands (`offpeak status`) before it is done again; a run that was started is resumed by the same command',
    cause,
  })
}

function transactions(db: Kysely<Tables>, traces: Traces): StoreContext['transact'] {
  return async (work) => {
    for (let tries = 1; ; tries++) {
      let isEnding = false
      try {
        return await db.transaction().execute(async (trx) => {
          const result = await work(trx)
          isEnding = true
          return result
        })
      } catch (thrown) {
        traces.noteTransaction(thrown, isEnding)
        if (tries >= maxTransactionTries || databaseFault(thrown) !== 'undone') throw thrown
      }
    }
  }
}

function wakes(onDue: OnDue | null): StoreContext['wake'] {
  if (!onDue) return async () => undefined
  return async (trx, units) => {
    if (units.length === 0) return
    const plain = trx.withoutPlugins()
    await onDue(
      async (text, values) => (await plain.executeQuery<object>(CompiledQuery.raw(text, [...values]))).rows,
      units,
    )
  }
}

async function clockOffset(db: Kysely<Tables>): Promise<number> {
  const sent = Date.now()
  const { rows } = await sql<{
    now: number
  }>`select (extract(epoch from clock_timestamp()) * 1000)::bigint as now`.execute(db)
  const received = Date.now()
  return Math.round((rows[0]?.now ?? received) - (sent + received) / 2)
}
