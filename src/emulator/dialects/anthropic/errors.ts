import type { ErrorFields } from '../../core/errors.ts'
import { errorType } from '../../families/claude/errors.ts'

/** `{type: "error", error: {type, message}, request_id}`; params and codes have no place in it. */
export function errorBody(status: number, { message }: ErrorFields, requestId: string): string {
  const error = { type: errorType(status), message }
  return JSON.stringify({ type: 'error', error, request_id: requestId })
}
