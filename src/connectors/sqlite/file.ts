import { statSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { OffpeakError, messageOf, type ErrorCode } from '../../domain/errors.ts'
import { noFile } from '../file-faults.ts'
import { jsonOf, wellFormed } from '../tables/json-value.ts'
import { databaseFault } from '../../planning/addresses/database-fault.ts'

interface Options {
  readonly readOnly: boolean
  /** The code of a file that is not there or no database. */
  readonly code: ErrorCode
}

/** A SQLite file that is there already, opened; whole numbers are read as bigints. */
export function openSqlite(path: string, { readOnly, code }: Options): DatabaseSync {
  const refuse = (why: string, cause: unknown): OffpeakError =>
    new OffpeakError(code, `The SQLite database ${path} ${why}`, {
      where: path,
      fix: 'Correct the path in the job, or create the database.',
      cause,
    })
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) throw refuse('does not exist', null)
  const reason = noFile(stats)
  if (reason !== null) throw refuse(reason, null)
  try {
    // A reader waits for the moment of a commit; a writer's transaction may be long, and is waited for without blocking.
    const database = new DatabaseSync(path, { readOnly, readBigInts: true, timeout: readOnly ? 500 : 200 })
    try {
      database.prepare('select count(*) from sqlite_schema').get()
      return database
    } catch (cause) {
      database.close()
      throw cause
    }
  } catch (cause) {
    throw isBusy(cause) ? sqliteError(cause, path) : refuse(`cannot be opened: ${messageOf(cause)}`, cause)
  }
}

/** SQLite's primary result code (https://sqlite.org/rescode.html); null for what SQLite did not say. */
function resultCode(thrown: unknown): number | null {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'errcode') : undefined
  return typeof code === 'number' ? code & 0xff : null
}

/** Another connection holds the lock; a later try can succeed. */
export function isBusy(thrown: unknown): boolean {
  return databaseFault(thrown) === 'busy'
}

/** Constraint, datatype mismatch, a value too large: one row's values are at fault. */
export function isRowFault(thrown: unknown): boolean {
  return [18, 19, 20].includes(resultCode(thrown) ?? 0)
}

/** SQLite's PERM, READONLY, CORRUPT, FULL, CANTOPEN, AUTH and NOTADB: what a person has to mend. */
const refusals: ReadonlySet<number> = new Set([3, 8, 11, 13, 14, 23, 26])

/** A failure of a SQLite file as an error that says what to do. */
export function sqliteError(thrown: unknown, path: string): OffpeakError {
  if (thrown instanceof OffpeakError) return thrown
  if (isBusy(thrown)) {
    return new OffpeakError('E_DATABASE_BUSY', `Another process is writing ${path}`, {
      where: path,
      fix: 'Wait until it is done, then continue with the run.',
      cause: thrown,
    })
  }
  const code = refusals.has(resultCode(thrown) ?? 0) ? 'E_DATABASE_REFUSED' : 'E_DATABASE'
  return new OffpeakError(code, `The SQLite database ${path} failed: ${messageOf(thrown)}`, {
    where: path,
    cause: thrown,
  })
}

/**
 * A bound value as SQLite stores it; undefined when it has no such form. Throws Unwritable, by the name of the column,
 * for what would be stored as something else.
 */
export function sqliteValue(value: unknown, name = 'value'): SQLInputValue | undefined {
  switch (typeof value) {
    case 'string':
      return wellFormed(name, value)
    case 'boolean':
      return value ? 1n : 0n
    case 'number':
      // A whole number that is bound as a double would turn up in a text column as `5.0`.
      if (Number.isNaN(value)) return undefined
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? value : undefined
    case 'object':
      return value === null ? null : sqliteObject(value, name)
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined
  }
  return undefined
}

function sqliteObject(value: object, name: string): SQLInputValue | undefined {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString()
  if (value instanceof Uint8Array) return value
  return jsonOf(name, value)
}
