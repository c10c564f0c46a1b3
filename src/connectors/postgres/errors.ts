import { OffpeakError, messageOf } from '../../domain/errors.ts'
import { ownValue } from '../../domain/own-value.ts'
import { databaseFault } from '../../planning/addresses/database-fault.ts'
import { isTlsFailure, percentHint } from '../../planning/addresses/postgres-url.ts'

/** A failure as PostgreSQL reports it (the error fields of the wire protocol), from either driver. */
export interface SqlFailure {
  /** SQLSTATE, as in "PostgreSQL documentation, Appendix A". */
  readonly code: string
  readonly message: string
  readonly hint: string | null
  /** Counted in characters of the statement, from 1. */
  readonly position: number | null
  readonly routine: string | null
}

/** The server's own words in what was thrown; null when the failure did not come from the server. */
export function sqlFailure(thrown: unknown): SqlFailure | null {
  if (typeof thrown !== 'object' || thrown === null) return null
  const code: unknown = Reflect.get(thrown, 'code')
  if (thrown instanceof OffpeakError) return sqlFailure(thrown.cause)
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || !('severity' in thrown)) return null
  const text = (name: string): string | null => {
    const value: unknown = Reflect.get(thrown, name)
    return typeof value === 'string' && value !== '' ? value : null
  }
  const position = Number(text('position'))
  return {
    code,
    message: messageOf(thrown),
    hint: text('hint'),
    position: position > 0 ? position : null,
    routine: text('routine'),
  }
}

const netCodes = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EACCES',
])

/** Whether the connection itself was lost, so that the fate of what was under way is not known. */
function isConnectionLoss(thrown: unknown): boolean {
  if (thrown instanceof OffpeakError) return thrown.cause !== undefined && isConnectionLoss(thrown.cause)
  return databaseFault(thrown) === 'lost'
}

/**
 * Deadlock, serialization failure, server leaving or without a connection to spare: the same can succeed a moment
 * later. What ran into a time limit does so again, and is not repeated in silence.
 */
export function isTransient(thrown: unknown): boolean {
  if (thrown instanceof OffpeakError) return thrown.cause !== undefined && isTransient(thrown.cause)
  const fault = databaseFault(thrown)
  return fault === 'busy' || fault === 'undone' || fault === 'lost'
}

/** Whether a statement took longer than `statement_timeout` allows: with fewer rows it may not. */
export function isTooSlow(thrown: unknown): boolean {
  return sqlFailure(thrown)?.code === '57014'
}

/**
 * Whether the failure is about one row's values: data exceptions (22), integrity (23), a program limit (54), a
 * trigger's own `raise` (P0), a view's check option (44), or a row-level security check.
 */
export function isRowFailure(failure: SqlFailure): boolean {
  if (/^(22|23|44|54|P0)/.test(failure.code) || failure.code === '21000') return true
  return failure.code === '42501' && failure.routine === 'ExecWithCheckOptions'
}

/** The failure in one line. The server's detail is left out: it quotes whole rows, and rows stay out of messages. */
export function failureText(failure: SqlFailure): string {
  return `${failure.code}: ${failure.message}`
}

/**
 * A failure to reach, enter or use a database, in words that never hold the password: E_DATABASE where it may pass by
 * itself, E_DATABASE_REFUSED where the server is there and will say the same again.
 */
export function databaseError(thrown: unknown, where: string): OffpeakError {
  if (thrown instanceof OffpeakError) return thrown
  const failure = sqlFailure(thrown)
  if (failure) return serverError(failure, where, thrown)
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined
  if (isTlsFailure(thrown))
    return new OffpeakError(
      'E_DATABASE_REFUSED',
      `The database at ${where} is not reached in the way that sslmode asks for: ${messageOf(thrown)}`,
      {
        where,
        fix: 'Name the certificate of its authority in the URL (sslrootcert=<file>), or choose another sslmode, as for psql.',
        cause: thrown,
      },
    )
  const timeout = thrown instanceof Error && /timeout|timed out/i.test(thrown.message)
  if (isConnectionLoss(thrown) || timeout || (typeof code === 'string' && netCodes.has(code))) {
    const why = thrown instanceof AggregateError && thrown.message === '' ? String(code) : messageOf(thrown)
    return new OffpeakError('E_DATABASE', `The database at ${where} cannot be reached: ${why}`, {
      where,
      fix: 'Check host and port of the database URL, and that the server runs.',
      cause: thrown,
    })
  }
  return new OffpeakError('E_DATABASE', `The database at ${where} failed: ${messageOf(thrown)}`, {
    where,
    cause: thrown,
  })
}

function serverError(failure: SqlFailure, where: string, cause: unknown): OffpeakError {
  const known = ownValue(serverErrors, failure.code)
  const message = known ? known.message : 'refused the statement'
  const code = isTransient(cause) ? 'E_DATABASE' : 'E_DATABASE_REFUSED'
  return new OffpeakError(code, `The database at ${where} ${message}: ${failureText(failure)}`, {
    where,
    ...(known ? { fix: known.fix } : failure.hint === null ? {} : { fix: failure.hint }),
    cause,
  })
}

const password = {
  message: 'refused the user or password',
  fix: `Check user and password in the database URL. ${percentHint}`,
}
const serverErrors: Readonly<Record<string, { readonly message: string; readonly fix: string }>> = {
  '28P01': password,
  '28000': password,
  '3D000': {
    message: 'has no such database',
    fix: 'Create it with `createdb <name>`, or correct the name in the database URL.',
  },
  '53300': { message: 'has no connection left', fix: 'Close other clients or raise max_connections.' },
  '42501': { message: 'does not permit this', fix: 'Grant the user of the database URL the right to do it.' },
  '25006': {
    message: 'is read-only',
    fix: 'Use the URL of the primary server, and a user whose default_transaction_read_only is off.',
  },
  '55P03': {
    message: 'kept a row locked for too long',
    fix: 'Look for a long transaction in pg_stat_activity.',
  },
  '57014': {
    message: 'stopped a statement',
    fix: "Raise the user's statement_timeout, or look for what slows the table down: a trigger, a lock, a missing index.",
  },
  '53100': { message: 'has no disk space left', fix: 'Free space on the database server.' },
}
