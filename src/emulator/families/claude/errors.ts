import type { Executed } from '../../core/batch/executed.ts'

/** Anthropic document, Errors: the type that belongs to a status. */
const typesByStatus: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

export function errorType(status: number): string {
  return typesByStatus[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
}

/** A request that is refused, or failed: its status and the error, which the result line wraps. */
export function refused(status: number, message: string): Executed {
  return { status, body: { type: errorType(status), message }, usage: null }
}

const messagesByStatus: Readonly<Record<number, string>> = {
  429: 'This request would exceed the rate limit for your organization. Please try again later.',
  504: 'The request timed out.',
  529: 'Overloaded',
}

export function failed(status: number): Executed {
  return refused(status, messagesByStatus[status] ?? 'Internal server error')
}
