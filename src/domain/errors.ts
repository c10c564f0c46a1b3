/**
 * Every failure that a user can meet, by a closed code: what happened, who must act, and the exit code of the CLI.
 *
 * `who`: `user` can mend it (config, job, data), `provider` refused or is away, `machine` ran out of something,
 * `bug` is ours.
 */
export const errorCodes = {
  E_USAGE: { who: 'user', exit: 2 },
  E_CONFIG: { who: 'user', exit: 2 },
  E_ENV: { who: 'user', exit: 2 },
  E_JOB_FILE: { who: 'user', exit: 2 },
  E_JOB_UNKNOWN: { who: 'user', exit: 2 },
  E_JOB_INVALID: { who: 'user', exit: 2 },
  E_JOB_CHANGED: { who: 'user', exit: 2 },
  E_PARAMS: { who: 'user', exit: 2 },
  E_CONSENT: { who: 'user', exit: 2 },
  E_RUN_UNKNOWN: { who: 'user', exit: 2 },
  E_RECORD_UNKNOWN: { who: 'user', exit: 2 },
  E_RUN_STATE: { who: 'user', exit: 2 },
  E_PLAN_STALE: { who: 'user', exit: 2 },
  E_PEER_MISSING: { who: 'user', exit: 2 },
  E_SOURCE_QUERY: { who: 'user', exit: 2 },
  E_SOURCE_KEY: { who: 'user', exit: 2 },
  E_SOURCE_ROW: { who: 'user', exit: 2 },
  E_SOURCE_FILE: { who: 'user', exit: 2 },
  E_SOURCE_CHANGED: { who: 'user', exit: 2 },
  E_SINK_TABLE: { who: 'user', exit: 2 },
  E_SINK_COLUMN: { who: 'user', exit: 2 },
  E_SINK_KEY: { who: 'user', exit: 2 },
  E_SINK_VALUE: { who: 'user', exit: 2 },
  E_SCHEMA: { who: 'user', exit: 2 },
  E_PRICE_UNKNOWN: { who: 'user', exit: 2 },
  E_DATABASE: { who: 'machine', exit: 1 },
  E_DATABASE_REFUSED: { who: 'user', exit: 2 },
  E_DATABASE_BUSY: { who: 'machine', exit: 1 },
  E_STATE_CORRUPT: { who: 'machine', exit: 1 },
  E_STATE_VERSION: { who: 'machine', exit: 1 },
  E_DISK: { who: 'machine', exit: 1 },
  E_FILES: { who: 'machine', exit: 1 },
  E_PORT: { who: 'machine', exit: 1 },
  E_CREDENTIALS: { who: 'user', exit: 3 },
  E_PROVIDER_REFUSED: { who: 'provider', exit: 4 },
  E_PROVIDER_AWAY: { who: 'provider', exit: 1 },
  E_BUDGET: { who: 'user', exit: 5 },
  E_KEY: { who: 'user', exit: 3 },
  E_KEY_UNKNOWN: { who: 'user', exit: 2 },
  E_SCOPE: { who: 'user', exit: 3 },
  E_ORIGIN: { who: 'user', exit: 3 },
  E_RATE: { who: 'user', exit: 1 },
  E_REPEAT: { who: 'user', exit: 2 },
  E_ROUTE: { who: 'user', exit: 2 },
  E_FENCED: { who: 'machine', exit: 1 },
  E_BUG: { who: 'bug', exit: 1 },
} as const satisfies Record<
  string,
  { readonly who: 'user' | 'provider' | 'machine' | 'bug'; readonly exit: number }
>

/** Code of an error, which never changes its meaning. */
export type ErrorCode = keyof typeof errorCodes

/** Whether the failed act can have cost money: nothing was sent, something was, or it cannot be known yet. */
export type MoneyMoved = 'no' | 'yes' | 'unknown'

/** Details of an error besides its code and message. */
export interface ErrorDetail {
  /** The place to look: `jobs/headnotes.job.ts`, a table, an environment name, a URL. */
  readonly where?: string
  /** One action that mends it, as a command or an instruction. */
  readonly fix?: string
  readonly money?: MoneyMoved
  readonly cause?: unknown
}

/** The one error class of Offpeak: a closed code, and words that say what, where, the fix and whether money moved. */
export class OffpeakError extends Error {
  readonly code: ErrorCode
  readonly where: string | null
  readonly fix: string | null
  readonly money: MoneyMoved

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.name = 'OffpeakError'
    this.code = code
    this.where = detail.where ?? null
    this.fix = detail.fix ?? null
    this.money = detail.money ?? 'no'
  }

  /** The same failure with other words for parts of it; what it was caused by, itself if by nothing, stays its cause. */
  with({
    message = this.message,
    ...other
  }: Pick<ErrorDetail, 'where' | 'fix'> & { readonly message?: string }): OffpeakError {
    const { code, where, fix, money, cause = this } = this
    return new OffpeakError(code, message, {
      ...(where !== null && { where }),
      ...(fix !== null && { fix }),
      money,
      cause,
      ...other,
    })
  }

  /** The exit code that the CLI documents for this failure. */
  get exitCode(): number {
    return errorCodes[this.code].exit
  }
}

/** The message of anything that was thrown, without its stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
