import type { Executed } from '../../core/batch/executed.ts'
import type { ErrorFields } from '../../core/errors.ts'

/** What the service calls a status. */
const names: Readonly<Record<number, string>> = {
  400: 'Client specified an invalid argument',
  401: 'The request does not have valid authentication credentials',
  403: 'The caller does not have permission to execute the specified operation',
  404: 'Some requested entity was not found',
  412: 'The system is not in a state required for the operation',
  429: 'Some resource has been exhausted',
  500: 'Internal error',
  503: 'The service is currently unavailable',
}

function nameOf(status: number): string {
  return names[status] ?? (status >= 500 ? 'Internal error' : 'Client specified an invalid argument')
}

/** `{code, error}`, both of them texts (`@ai-sdk/xai`, the schema of its errors). */
export function errorBody(status: number, { message }: ErrorFields): string {
  return JSON.stringify({ code: nameOf(status), error: message })
}

/** A request that is refused, or failed; the body is what a call is answered, and what a result line has the message of. */
export function refused(status: number, message: string): Executed {
  return { status, body: { code: nameOf(status), error: message }, usage: null }
}

export function failed(status: number): Executed {
  return refused(
    status,
    status === 429
      ? 'Too many requests. Please try again later.'
      : 'Internal server error. Please try again.',
  )
}
