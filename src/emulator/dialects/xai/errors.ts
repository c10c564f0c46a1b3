import type { Executed } from '../../core/batch/executed.ts'
import type { ErrorFields } from '../../core/errors.ts'

/** What the service calls a status, and the number of gRPC that its result lines have for it. */
const names: Readonly<Record<number, readonly [name: string, code: number]>> = {
  400: ['Client specified an invalid argument', 3],
  401: ['The request does not have valid authentication credentials', 16],
  403: ['The caller does not have permission to execute the specified operation', 7],
  404: ['Some requested entity was not found', 5],
  429: ['Some resource has been exhausted', 8],
  500: ['Internal error', 13],
  503: ['The service is currently unavailable', 14],
}

function nameOf(status: number): readonly [name: string, code: number] {
  return (
    names[status] ?? (status >= 500 ? ['Internal error', 13] : ['Client specified an invalid argument', 3])
  )
}

/** `{code, error}`, both of them texts (`@ai-sdk/xai`, the schema of its errors). */
export function errorBody(status: number, { message }: ErrorFields): string {
  return JSON.stringify({ code: nameOf(status)[0], error: message })
}

export function grpcCode(status: number): number {
  return nameOf(status)[1]
}

/** A request that is refused, or failed; the body is what a call is answered, and what a result line has the message of. */
export function refused(status: number, message: string): Executed {
  return { status, body: { code: nameOf(status)[0], error: message }, usage: null }
}

export function failed(status: number): Executed {
  return refused(
    status,
    status === 429
      ? 'Too many requests. Please try again later.'
      : 'Internal server error. Please try again.',
  )
}
