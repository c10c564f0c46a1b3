import { dirname } from 'node:path'
import { type Kysely, sql } from 'kysely'
import type { OffpeakError } from '../domain/errors.ts'
import type { StateTrouble } from '../ports/state-trouble.ts'
import type { OnDue, ProjectMarker } from '../ports/store/runs.ts'
import type { Store } from '../ports/store.ts'
import { accessStore } from './access/access.ts'
import { answerStore } from './answers/answers.ts'
import { attemptStore } from './attempts/attempts.ts'
import { storeContext } from './database/context.ts'
import { around, nameFailure } from './database/failures.ts'
import type { Dialect } from './database/json-rows.ts'
import { type Outlasting, outlastTrouble } from './database/outlasting.ts'
import { longestTransaction, postgresDialect, postgresError, withoutPassword } from './database/postgres.ts'
import { queries } from './database/queries.ts'
import { NodeSqliteDialect, openSqlite, sqliteError, writerOf } from './database/sqlite.ts'
import { Traces } from './database/traces.ts'
import { TroubleBoard } from './database/trouble.ts'
import { ledgerStore } from './ledger/ledger.ts'
import { requestStore } from './requests/requests.ts'
import { readIdentity } from './runs/project.ts'
import { runStore } from './runs/runs.ts'
import { migrate } from './schema/migrating.ts'
import type { Tables } from './schema/schema.ts'
import { schemaVersion } from './schema/version.ts'

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
 * The state at a file path (SQLite) or a `postgres://` URL, opened, with its schema brought up to date. `newProjectId`
 * is the id that a new state gets, unless it is made beside the files of a project. Throws E_DATABASE, E_DATABASE_BUSY,
 * E_STATE_CORRUPT, E_STATE_VERSION.
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
    held: (thrown, holder) => {
      const error = named(thrown)
      if (holder === null || error.code !== 'E_DATABASE_BUSY') return error
      return error.with({ message: `${error.message}; ${holder} holds the lock` })
    },
    holder: () => (dialect === 'sqlite' ? writerOf(location) : longestTransaction(db)),
  }
  // Whoever opens it makes only what is not there yet.
  const opening = <Result>(act: () => Promise<Result>): Promise<Result> =>
    outlastTrouble(act, { name: 'open', leftNothing: () => true }, outlasting)
  const driver =
    dialect === 'sqlite'
      ? new NodeSqliteDialect(
          await opening(async () => openSqlite(location)).catch((thrown: unknown) => {
            board.end()
            throw named(thrown)
          }),
        )
      : await postgresDialect(location, maxConnections, session)
  const db = queries(driver, dialect, traces)
  try {
    const newest = await opening(() => migrate(db, dialect, place))
    const version = schemaVersion(db, newest, place)
    const identity = await opening(() => readIdentity(db, newProjectId, marker))
    const clockOffsetMs = dialect === 'sqlite' ? 0 : await opening(() => clockOffset(db))
    const context = storeContext({ db, dialect, version, traces, clockOffsetMs, onDue })
    const naming = <Part extends object>(part: Part): Part =>
      around(part, async (act, name) => {
        try {
          return await outlastTrouble(act, { name, leftNothing: traces.leftNothing }, outlasting)
        } catch (thrown) {
          throw await nameFailure(thrown, { dialect, named, traces, version })
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

async function clockOffset(db: Kysely<Tables>): Promise<number> {
  const sent = Date.now()
  const { rows } = await sql<{
    now: number
  }>`select (extract(epoch from clock_timestamp()) * 1000)::bigint as now`.execute(db)
  const received = Date.now()
  return Math.round((rows[0]?.now ?? received) - (sent + received) / 2)
}
