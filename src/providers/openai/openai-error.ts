import { type Answer, type Usage, unsureCode } from '../../domain/request.ts'
import { plainText, type ProviderError } from '../replies/classify.ts'

type ErrorAnswer = Extract<Answer, { readonly kind: 'error' }>

const transientCodes: ReadonlySet<string> = new Set([
  'server_error',
  'internal_error',
  'internalfailure',
  'internalservererror',
  'request_timeout',
  'timeout',
  'rate_limit_exceeded',
  'rate_limit_error',
  'too_many_requests',
  'toomanyrequests',
  'overloaded',
  'service_unavailable',
])
const filterCodes: ReadonlySet<string> = new Set([
  'content_filter',
  'content_policy_violation',
  'responsibleaipolicyviolation',
  'invalid_prompt',
])

/**
 * The meaning of an error on a line for its request. `status` is the line's own HTTP status, null when it has none. One
 * that ran is asked again by the job's own rule only, not for nothing as the provider's failure.
 */
export function errorAnswer(
  status: number | null,
  error: ProviderError | null,
  usage: Usage | null = null,
): ErrorAnswer {
  // A success says nothing about an error that stands beside it.
  const failure = status === 200 ? null : status
  const outcome = outcomeOf(failure, error)
  const reason = outcome === 'unsure' && error ? error.message : reasonOf(failure, error)
  return usage === null && !mayHaveRun(status, error, outcome)
    ? { kind: 'error', outcome, reason, usage, ran: false }
    : ranAnswer(outcome, reason, usage)
}

/** A success that is none, or neither an answer nor an error: nothing says that it did not run. */
function mayHaveRun(
  status: number | null,
  error: ProviderError | null,
  outcome: ErrorAnswer['outcome'],
): boolean {
  if (outcome === 'expired' || outcome === 'cancelled') return false
  return status === 200 || (status === null && error === null)
}

/** A reply that the service calls a success, and that holds nothing to use. */
export function uselessReply(reason: string, usage: Usage | null): ErrorAnswer {
  return ranAnswer('transient', reason, usage)
}

/** What has run is bought, whatever came of it: only its job says how often that may be. */
function ranAnswer(outcome: ErrorAnswer['outcome'], reason: string, usage: Usage | null): ErrorAnswer {
  return {
    kind: 'error',
    outcome: outcome === 'transient' ? 'invalid' : outcome,
    reason: `${reason} (${usage === null ? 'it may have been' : 'it was'} billed)`,
    usage,
    ran: true,
  }
}

function outcomeOf(status: number | null, error: ProviderError | null): ErrorAnswer['outcome'] {
  if (error?.code === unsureCode) return 'unsure'
  const codes = [error?.code.toLowerCase() ?? '', error?.type.toLowerCase() ?? '']
  if (codes.includes('batch_expired')) return 'expired'
  if (codes.includes('batch_cancelled') || codes.includes('batch_canceled')) return 'cancelled'
  if (codes.some((code) => filterCodes.has(code))) return 'refused'
  const effective = status ?? numericCode(error)
  if (effective !== null && (effective >= 500 || effective === 429 || effective === 408)) return 'transient'
  if (codes.some((code) => transientCodes.has(code))) return 'transient'
  // Neither an answer nor a reason: nothing says that the request itself is at fault.
  return effective === null && error === null ? 'transient' : 'failed'
}

/** Some servers give the status as the error's code. */
function numericCode(error: ProviderError | null): number | null {
  return error && /^[1-5]\d\d$/.test(error.code) ? Number(error.code) : null
}

function reasonOf(status: number | null, error: ProviderError | null): string {
  if (!error)
    return status === null
      ? 'the line holds neither an answer nor an error'
      : `status ${status} without a reason`
  const code = error.code === '' ? error.type : error.code
  return plainText(
    [code === '' ? (status === null ? '' : String(status)) : code, error.message]
      .filter((part) => part !== '')
      .join(': '),
  )
}
