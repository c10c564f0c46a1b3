import { readFile, stat } from 'node:fs/promises'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  type SqliteStatement,
} from 'kysely'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import { privateFile, privateFolder, tighten } from '../../engine/files/private-files.ts'
import { databaseFault } from '../../planning/addresses/database-fault.ts'
import { diskError, diskFault } from '../../domain/disk-fault.ts'

/**
 * How long SQLite itself waits for another process's transaction, in milliseconds: nothing else happens in this process
 * meanwhile. Most commits are over by then; longer ones are waited for outside.
 */
const busyTimeoutMs = 10

/**
 * A SQLite file, opened as durable state: WAL, every commit synced, no memory mapping. Throws what SQLite says of
 * locks.
 */
export function openSqlite(path: string): DatabaseSync {
  let db: DatabaseSync | null = null
  try {
    if (path !== ':memory:') makePrivate(path)
    db = new DatabaseSync(path, { timeout: busyTimeoutMs })
    // FULL protects "batch created" against power loss and costs nothing that can be seen at our sizes. Answers come in
    // any order, so that chunks write the same pages again and again: 64 MB of log spare the file most of that.
    db.exec(
      'pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma mmap_size = 0; pragma cache_size = -8192; pragma wal_autocheckpoint = 16384',
    )
    return db
  } catch (thrown) {
    db?.close()
    throw databaseFault(thrown) === 'busy' ? thrown : sqliteError(thrown, path)
  }
}

/** SQLite gives the log and its index the rights of the file; it makes the file itself readable for all. */
function makePrivate(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: privateFolder })
  closeSync(openSync(path, 'a', privateFile))
  for (const file of [path, `${path}-wal`, `${path}-shm`]) tighten(file)
}

/** A failure of a state file as an error that says what to do. */
export function sqliteError(thrown: unknown, path: string): OffpeakError {
  if (thrown instanceof OffpeakError) return thrown
  const text = messageOf(thrown)
  if (/not a database|malformed|corrupt/i.test(text)) {
    return new OffpeakError('E_STATE_CORRUPT', `the state file cannot be read: ${text}`, {
      where: path,
      fix: `restore it from a backup, or move ${basename(path)}, ${basename(path)}-wal and ${basename(path)}-shm away together; what was sent is found again by the notes next to it and at the provider, and is not paid a second time\nThen: offpeak status says what this state does not know of`,
      money: 'unknown',
      cause: thrown,
    })
  }
  if (diskFault(thrown) !== null)
    return diskError('the state cannot be written', thrown, {
      where: path,
      fix: 'see what the disk of the state has, and run `offpeak resume`',
    })
  if (databaseFault(thrown) === 'busy') {
    return new OffpeakError('E_DATABASE_BUSY', `another process has held the state for too long: ${text}`, {
      where: path,
      fix: 'end the process that holds a transaction on it open, and run the same again',
      cause: thrown,
    })
  }
  return new OffpeakError('E_DATABASE', `the state cannot be opened: ${text}`, {
    where: path,
    fix: 'check that the folder exists and can be written',
    cause: thrown,
  })
}

/** Whether a statement failed for the file or the disk and not for what it said. */
export function isFileFailure(thrown: unknown): boolean {
  return (
    databaseFault(thrown) !== null ||
    diskFault(thrown) !== null ||
    /not a database|malformed|corrupt/i.test(messageOf(thrown))
  )
}

class ImmediateDriver extends SqliteDriver {
  // A deferred transaction that reads before it writes cannot wait for its turn; an immediate one can.
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  // A full disk and a failing one end the transaction themselves; what they have said must not be lost over it.
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection)
    } catch (thrown) {
      if (!/no transaction is active/i.test(messageOf(thrown))) throw thrown
    }
  }
}

/**
 * SQLite undoes schema changes like any others. Said so, the schema is made in one immediate transaction: of several
 * processes one makes it, and one that dies leaves nothing half done.
 */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/** A Kysely dialect over `node:sqlite`. */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase

  constructor(db: DatabaseSync) {
    const database = adapt(db)
    super({ database })
    this.#database = database
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver({ database: this.#database })
  }
}

const cachedStatements = 200

function adapt(db: DatabaseSync): SqliteDatabase {
  const cache = new Map<string, SqliteStatement>()
  return {
    close: () => db.close(),
    prepare(text) {
      const known = cache.get(text)
      if (known) return known
      const made = adaptStatement(db.prepare(text))
      if (cache.size < cachedStatements) cache.set(text, made)
      return made
    },
  }
}

/** Objects that are made here share one hidden class; those that `node:sqlite` makes are each a dictionary. */
function adaptStatement(statement: StatementSync): SqliteStatement {
  const names = statement.columns().map(({ name }) => name)
  statement.setReturnArrays(true)
  const bind = (parameters: readonly unknown[]): SQLInputValue[] => parameters.map(bindable)
  const toObject = (values: unknown): Record<string, unknown> => {
    const object: Record<string, unknown> = {}
    if (Array.isArray(values))
      for (let index = 0; index < names.length; index += 1) object[names[index] ?? ''] = values[index]
    return object
  }
  return {
    reader: names.length > 0,
    all: (parameters) => statement.all(...bind(parameters)).map(toObject),
    run: (parameters) => statement.run(...bind(parameters)),
    *iterate(parameters) {
      for (const values of statement.iterate(...bind(parameters))) yield toObject(values)
    },
  }
}

function bindable(value: unknown): SQLInputValue {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Uint8Array) return value
  throw new OffpeakError('E_BUG', `SQLite cannot bind a ${typeof value}`)
}

/** The byte of the shared-memory file that a writer locks (https://sqlite.org/walformat.html, section 2.3.1: WAL_WRITE_LOCK). */
const writeLockByte = 120

/** The process that writes to a SQLite state now, for people; null: nobody does, or this system does not tell. */
export async function writerOf(path: string): Promise<string | null> {
  const { ino } = await stat(`${path}-shm`)
  // proc_locks(5): `1: POSIX  ADVISORY  WRITE 4242 00:2f:1180 120 120`.
  const locks = await readFile('/proc/locks', 'utf8')
  for (const line of locks.split('\n')) {
    const [, kind, , mode, pid = '', file = '', from, to] = line.trim().split(/\s+/)
    if (kind !== 'POSIX' || mode !== 'WRITE' || file.split(':')[2] !== String(ino)) continue
    if (Number(from) > writeLockByte || (to !== 'EOF' && Number(to) < writeLockByte)) continue
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
    return name === '' ? `process ${pid}` : `process ${pid} (${name.trim()})`
  }
  return null
}
