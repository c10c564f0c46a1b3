import { diskFault } from '../../domain/disk-fault.ts'
import { messageOf, OffpeakError } from '../../domain/errors.ts'

/**
 * Why a database did not do what it was told, although nothing is wrong with what it was told: `unreachable`: there was
 * no connection to be had; `lost`: the connection or its server went away, and the fate of what was under way is not
 * known; `full`: it has no room left; `busy`: others hold all connections, or a lock on the file; `timed_out`: a
 * statement was stopped that waited for a lock, or worked, for longer than its session may; `undone`: a transaction
 * lost against another one and left nothing.
 */
export type DatabaseFault = 'unreachable' | 'lost' | 'full' | 'busy' | 'timed_out' | 'undone'

/**
 * SQLSTATE (PostgreSQL, Appendix A): connection exceptions (08); a server that shuts down, has crashed or starts (57P01
 * to 57P03); sessions that were ended for standing idle (57P05, 25P03).
 */
const lostSqlStates = /^(?:08...|57P0[1235]|25P03)$/
const sqlStates: Readonly<Record<string, DatabaseFault>> = {
  '53300': 'busy',
  // A lock that was not to be had in time (lock_timeout), a statement that was stopped (statement_timeout, or by hand).
  '55P03': 'timed_out',
  '57014': 'timed_out',
  '40001': 'undone',
  '40P01': 'undone',
  // No room on the disk, or in memory.
  '53100': 'full',
  '53200': 'full',
}
/** errno(3), and getaddrinfo(3). */
const lostErrors = /^(?:ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT)$/
const unreachableErrors = /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/
/** What the package `pg` says of a connection without a code. */
const lostWords =
  /^(?:connection terminated|client has encountered a connection error|client was closed)|not queryable/i
const unreachableWords = /^timeout exceeded when trying to connect/i
/** Error of a connection that was never made: nothing was sent on it, whatever its message says. */
export class NoConnection extends Error {
  constructor(cause: unknown) {
    // Of a name with several addresses, all of them refused, there are no words.
    super(messageOf(cause) || String(Reflect.get(Object(cause), 'code')), { cause })
  }
}

/** SQLite's primary result codes BUSY and LOCKED (https://sqlite.org/rescode.html). */
const busyResults: ReadonlySet<number> = new Set([5, 6])

/**
 * The one place that decides whether what a database driver throws is a fault that passes by itself; null: it is none.
 */
export function databaseFault(thrown: unknown): DatabaseFault | null {
  if (thrown instanceof NoConnection) {
    const fault = databaseFault(thrown.cause)
    return fault === 'lost' ? 'unreachable' : fault
  }
  const errcode: unknown = Reflect.get(Object(thrown), 'errcode')
  if (typeof errcode === 'number') return busyResults.has(errcode & 0xff) ? 'busy' : null
  const code: unknown = Reflect.get(Object(thrown), 'code')
  if (typeof code === 'string') {
    const known = sqlStates[code]
    if (known !== undefined) return known
    if (lostSqlStates.test(code) || lostErrors.test(code)) return 'lost'
    if (unreachableErrors.test(code)) return 'unreachable'
  }
  const words = messageOf(thrown)
  return lostWords.test(words) ? 'lost' : unreachableWords.test(words) ? 'unreachable' : null
}

/** Whether an error of the state is one that may pass: its database is away, busy or full, or its disk is full. */
export function maySucceedLater(thrown: unknown): thrown is OffpeakError {
  return isPassing(thrown) || (isDisk(thrown) && diskFault(thrown) === 'full')
}

function isDisk(thrown: unknown): boolean {
  return thrown instanceof OffpeakError && thrown.code === 'E_DISK'
}

/** Whether a failure of ours is that of a database, and passes by itself: the same may then succeed. */
export function isPassing(thrown: unknown): thrown is OffpeakError {
  return thrown instanceof OffpeakError && (thrown.code === 'E_DATABASE' || thrown.code === 'E_DATABASE_BUSY')
}
