import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { type ErrorCode, type ErrorDetail, messageOf, OffpeakError } from '../domain/errors.ts'
import { isPassing } from '../planning/addresses/database-fault.ts'
import type { Problem } from './contract/problem.ts'
import { asUserFailure } from '../domain/user-code.ts'
import { asDiskFailure } from '../domain/disk-fault.ts'

export const problemMedia = 'application/problem+json'

/** The HTTP status of each failure. */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
  E_USAGE: 422,
  E_CONFIG: 422,
  E_ENV: 422,
  E_JOB_FILE: 422,
  E_JOB_UNKNOWN: 404,
  E_JOB_INVALID: 422,
  E_JOB_CHANGED: 409,
  E_PARAMS: 422,
  E_CONSENT: 422,
  E_RUN_UNKNOWN: 404,
  E_RECORD_UNKNOWN: 404,
  E_RUN_STATE: 409,
  E_PLAN_STALE: 409,
  E_PEER_MISSING: 422,
  E_SOURCE_QUERY: 422,
  E_SOURCE_KEY: 422,
  E_SOURCE_ROW: 422,
  E_SOURCE_FILE: 422,
  E_SOURCE_CHANGED: 422,
  E_SINK_TABLE: 422,
  E_SINK_COLUMN: 422,
  E_SINK_KEY: 422,
  E_SINK_VALUE: 422,
  E_SCHEMA: 422,
  E_PRICE_UNKNOWN: 422,
  E_DATABASE: 503,
  E_DATABASE_REFUSED: 422,
  E_DATABASE_BUSY: 503,
  E_STATE_CORRUPT: 500,
  E_STATE_VERSION: 500,
  E_DISK: 503,
  E_FILES: 503,
  E_PORT: 503,
  E_CREDENTIALS: 422,
  E_PROVIDER_REFUSED: 502,
  E_PROVIDER_AWAY: 503,
  E_BUDGET: 402,
  E_KEY: 401,
  E_KEY_UNKNOWN: 404,
  E_SCOPE: 403,
  E_ORIGIN: 403,
  E_RATE: 429,
  E_REPEAT: 422,
  E_ROUTE: 404,
  E_FENCED: 409,
  E_BUG: 500,
}

export interface RefusalDetail extends ErrorDetail {
  /** Another status than that of the code. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly issues?: NonNullable<Problem['issues']>
}

/** A request that is turned down by the server itself. */
export class Refusal extends OffpeakError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly issues: Problem['issues'] | null

  constructor(code: ErrorCode, message: string, detail: RefusalDetail = {}) {
    super(code, message, detail)
    this.status = detail.status ?? statusOf[code]
    this.headers = detail.headers ?? {}
    this.issues = detail.issues ?? null
  }
}

/** A problem, and the headers of its answer. */
export interface Described {
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>
}

/**
 * A failure as a problem for the caller. A failure that nobody foresaw is told without its words, under an id that is
 * logged with them.
 */
export function describe(failure: unknown, log: (line: string) => void): Described {
  const thrown = asDiskFailure(failure) ?? asUserFailure(failure) ?? failure
  if (thrown instanceof OffpeakError && thrown.code !== 'E_BUG') {
    const refusal = thrown instanceof Refusal ? thrown : null
    const status = refusal?.status ?? statusOf[thrown.code]
    if (status >= 500) log(`${thrown.code} ${thrown.message}`)
    return {
      problem: {
        ...wordsOf(thrown.code, status, thrown.message),
        where: thrown.where,
        fix: thrown.fix,
        money: thrown.money,
        ...(refusal?.issues ? { issues: refusal.issues } : {}),
      },
      headers: refusal?.headers ?? (isPassing(thrown) ? { 'retry-after': '1' } : {}),
    }
  }
  const id = randomUUID()
  log(`bug ${id}: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown)}`)
  return {
    problem: {
      ...wordsOf('E_BUG', 500, 'something went wrong here that should not have'),
      where: id,
      fix: `the log of the server says more under ${id}`,
      money: 'unknown',
    },
    headers: {},
  }
}

/** A failure as an answer. */
export function problemOf(thrown: unknown, log: (line: string) => void): Response {
  const { problem, headers } = describe(thrown, log)
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': problemMedia, ...headers },
  })
}

function wordsOf(
  code: ErrorCode,
  status: number,
  detail: string,
): Pick<Problem, 'type' | 'title' | 'status' | 'detail' | 'code'> {
  return { type: `urn:offpeak:error:${code}`, title: STATUS_CODES[status] ?? 'Error', status, detail, code }
}
