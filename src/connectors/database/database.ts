import { resolve } from 'node:path'
import { OffpeakError } from '../../domain/errors.ts'
import { openPg } from './pg.ts'
import { openPglite } from './pglite.ts'
import type { Driver, RawRows, Session } from './driver.ts'
import { databaseError, sqlFailure } from '../postgres/errors.ts'
import { decode, type Decoders, encode } from '../postgres/values.ts'
import { retrying } from './retry.ts'
import type { Sql } from './sql.ts'

/** A connection to a database, for one statement at a time. */
export interface DatabaseConnection {
  /** The rows as the server wrote them. */
  raw(statement: Sql): Promise<RawRows>
  /** The rows as objects, values read as `decode` says. */
  query(statement: Sql): Promise<readonly Record<string, unknown>[]>
  /** Statements without values, separated by semicolons. */
  exec(text: string): Promise<void>
}

/** Access of a transaction. */
export type TransactionMode = 'read only' | 'read write'

/** A PostgreSQL server or an embedded one, the same to everybody above. */
export interface Database extends AsyncDisposable {
  readonly kind: 'postgres' | 'pglite'
  readonly where: string
  /** A session without a transaction. */
  withConnection<T>(act: (connection: DatabaseConnection) => Promise<T>): Promise<T>
  /** `read only` sees one snapshot (repeatable read); `read write` commits when `act` is done. Failures pass unchanged. */
  transaction<T>(mode: TransactionMode, act: (connection: DatabaseConnection) => Promise<T>): Promise<T>
  /** A session that the caller gives back; for cursors that outlive a function. */
  hold(mode: TransactionMode): Promise<HeldTransaction>
  /** One statement in a transaction of its own; fails with E_DATABASE. */
  query(statement: Sql): Promise<readonly Record<string, unknown>[]>
  /** Statements in one transaction; fails with E_DATABASE. */
  exec(text: string): Promise<void>
}

/** A transaction that stays open until it is ended. */
export interface HeldTransaction {
  readonly connection: DatabaseConnection
  /** Commits, or rolls back and gives the session up. */
  end(how: 'commit' | 'rollback'): Promise<void>
}

/** Every transaction speaks UTC and ISO, whatever the server's or role's settings are. */
const settings = `set local timezone to 'UTC'; set local datestyle to 'ISO, MDY'; set local intervalstyle to 'postgres';
 set local bytea_output to 'hex'; set local extra_float_digits to 1`
const begin = {
  'read only': `begin isolation level repeatable read read only; ${settings}; set local statement_timeout to 0;
 set local idle_in_transaction_session_timeout to 0; set local synchronize_seqscans to off`,
  'read write': `begin isolation level read committed; ${settings}; set constraints all immediate;
 select set_config('lock_timeout', '30s', true) where current_setting('lock_timeout') = '0'`,
} as const satisfies Record<TransactionMode, string>

interface Shared {
  readonly driver: Driver
  users: number
}

const open = new Map<string, Promise<Shared>>()

/**
 * An open database for `postgres://…`, `postgresql://…`, `pglite:<directory>` or `pglite:memory`. Within one process
 * the same URL is one pool or one instance, closed with its last user. `locate` tells where an embedded one really is.
 * Nothing connects before the first statement.
 *
 * Throws E_DATABASE (unreachable, refused), E_DATABASE_BUSY (another process has the directory), E_PEER_MISSING.
 */
export async function openDatabase(
  url: string,
  baseDir: string = process.cwd(),
  locate: (path: string) => string = (path) => path,
): Promise<Database> {
  const directory = /^pglite:(?:\/\/(?=\/))?(.*)$/s.exec(url)?.[1]
  const isServer = /^postgres(ql)?:\/\//.test(url)
  if (!isServer && (directory === undefined || directory === '')) {
    throw new OffpeakError(
      'E_CONFIG',
      'The database URL must start with postgres://, postgresql:// or pglite:',
      {
        fix: 'For example postgres://user:password@localhost:5432/cases, or pglite:.offpeak/cases',
      },
    )
  }
  const inMemory = directory === 'memory'
  const path = directory === undefined || inMemory ? null : locate(resolve(baseDir, directory))
  const id = isServer ? url : `pglite:${path ?? 'memory'}`
  const known = open.get(id)
  const pending = known ?? openDriver(isServer ? url : null, path)
  if (!known) open.set(id, pending)
  try {
    const shared = await pending
    shared.users += 1
    return database(shared, id)
  } catch (thrown) {
    if (open.get(id) === pending) open.delete(id)
    throw thrown
  }
}

async function openDriver(url: string | null, path: string | null): Promise<Shared> {
  return { driver: url === null ? await openPglite(path) : await openPg(url), users: 0 }
}

function database(shared: Shared, id: string): Database {
  const { driver } = shared
  let closed = false
  const connect = async (): Promise<Session> => {
    if (closed) throw new OffpeakError('E_BUG', `The database at ${driver.where} is used after it was closed`)
    try {
      return await retrying(() => driver.connect(), isFull)
    } catch (thrown) {
      throw databaseError(thrown, driver.where)
    }
  }
  const hold = async (mode: TransactionMode): Promise<HeldTransaction> => {
    const session = await connect()
    try {
      await session.exec(begin[mode])
    } catch (thrown) {
      session.release(true)
      throw databaseError(thrown, driver.where)
    }
    return { connection: connection(session), end: (how) => endTransaction(session, how) }
  }
  const transaction = async <T>(
    mode: TransactionMode,
    act: (connection: DatabaseConnection) => Promise<T>,
  ): Promise<T> => {
    const held = await hold(mode)
    let result: T
    try {
      result = await act(held.connection)
    } catch (thrown) {
      await held.end('rollback')
      throw thrown
    }
    await held.end('commit')
    return result
  }
  const asDatabaseError = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (thrown) {
      throw databaseError(thrown, driver.where)
    }
  }
  return {
    kind: driver.kind,
    where: driver.where,
    hold,
    transaction,
    async withConnection(act) {
      const session = await connect()
      let broken = true
      try {
        const result = await act(connection(session))
        broken = false
        return result
      } finally {
        session.release(broken && driver.kind === 'postgres')
      }
    },
    query: (statement) =>
      asDatabaseError(() => transaction('read write', (connection) => connection.query(statement))),
    exec: (text) => asDatabaseError(() => transaction('read write', (connection) => connection.exec(text))),
    async [Symbol.asyncDispose]() {
      if (closed) return
      closed = true
      shared.users -= 1
      if (shared.users > 0) return
      open.delete(id)
      await driver.close()
    },
  }
}

async function endTransaction(session: Session, how: 'commit' | 'rollback'): Promise<void> {
  try {
    await session.exec(how)
  } catch (thrown) {
    session.release(true)
    if (how === 'commit') throw thrown
    return
  }
  session.release(false)
}

function connection(session: Session): DatabaseConnection {
  const raw = (statement: Sql): Promise<RawRows> =>
    session.query(statement.text, statement.values.map(encode))
  return {
    raw,
    query: async (statement) => objects(await raw(statement)),
    exec: (text) => session.exec(text),
  }
}

function objects({ columns, rows }: RawRows): readonly Record<string, unknown>[] {
  return rows.map((row) => rowObject(columns, row))
}

/** One row as an object of its own keys, whatever the columns are called; `decoders` read what is not built in. */
export function rowObject(
  columns: RawRows['columns'],
  row: readonly (string | null)[],
  decoders?: Decoders,
): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  for (let index = 0; index < columns.length; index += 1) {
    const column = columns[index]
    const text = row[index] ?? null
    if (!column) continue
    const value = text === null ? null : decode(column.type, text, decoders)
    if (column.name === '__proto__')
      Object.defineProperty(object, column.name, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      })
    else object[column.name] = value
  }
  return object
}

function isFull(thrown: unknown): boolean {
  const code = sqlFailure(thrown)?.code
  return code === '53300' || code === '57P03'
}
