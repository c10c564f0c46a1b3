import type { Executed } from '../../core/batch/executed.ts'
import { type ErrorFields, Refusal } from '../../core/errors.ts'

/** The words and numbers of google.rpc.Code that the service uses, with the HTTP status of each. */
const codes = {
  CANCELLED: { number: 1, http: 499 },
  INVALID_ARGUMENT: { number: 3, http: 400 },
  DEADLINE_EXCEEDED: { number: 4, http: 504 },
  NOT_FOUND: { number: 5, http: 404 },
  ALREADY_EXISTS: { number: 6, http: 409 },
  PERMISSION_DENIED: { number: 7, http: 403 },
  RESOURCE_EXHAUSTED: { number: 8, http: 429 },
  FAILED_PRECONDITION: { number: 9, http: 400 },
  UNIMPLEMENTED: { number: 12, http: 501 },
  INTERNAL: { number: 13, http: 500 },
  UNAVAILABLE: { number: 14, http: 503 },
  UNAUTHENTICATED: { number: 16, http: 401 },
} as const

export type RpcCode = keyof typeof codes

function isRpcCode(word: string): word is RpcCode {
  return Object.hasOwn(codes, word)
}

/** The first word for a status; of two with one status the first is the usual one. */
function codeOf(status: number): RpcCode {
  for (const [word, { http }] of Object.entries(codes)) if (http === status && isRpcCode(word)) return word
  return status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT'
}

export function refuse(code: RpcCode, message: string, details: Partial<ErrorFields> = {}): Refusal {
  return new Refusal(codes[code].http, { message, type: code, ...details })
}

/** `{error: {code, message, status, details}}`; a reason and a field become details (google.rpc.Status). */
export function errorBody(status: number, fields: ErrorFields): string {
  const { message, type = '', code, param } = fields
  const details = [...reason(code), ...violation(param, message)]
  const error = {
    code: status,
    message,
    status: isRpcCode(type) ? type : codeOf(status),
    ...(details.length === 0 ? {} : { details }),
  }
  return JSON.stringify({ error }, null, 2)
}

/** A recorded refusal of a wrong key has this detail. */
function reason(code: string | null | undefined): readonly object[] {
  if (code === undefined || code === null || !/^[A-Z_]+$/.test(code)) return []
  return [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: code,
      domain: 'googleapis.com',
      metadata: { service: 'generativelanguage.googleapis.com' },
    },
  ]
}

function violation(field: string | null | undefined, description: string): readonly object[] {
  if (field === undefined || field === null) return []
  return [
    {
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [{ ...(field === '' ? {} : { field }), description }],
    },
  ]
}

/** A google.rpc.Status, as a result line and an operation have it: a number, and no word. */
export interface RpcStatus {
  readonly code: number
  readonly message: string
}

export function rpcStatus(code: RpcCode, message: string): RpcStatus {
  return { code: codes[code].number, message }
}

/** A request that is refused or failed: its HTTP status, and the error that the result line holds. */
export function refused(code: RpcCode, message: string): Executed {
  return { status: codes[code].http, body: rpcStatus(code, message), usage: null }
}

const messages: Readonly<Partial<Record<RpcCode, string>>> = {
  RESOURCE_EXHAUSTED: 'Resource has been exhausted (e.g. check quota).',
  UNAVAILABLE: 'The model is overloaded. Please try again later.',
  DEADLINE_EXCEEDED: 'Deadline expired before operation could complete.',
  CANCELLED: 'The operation was cancelled.',
}

export function failed(status: number): Executed {
  const code = codeOf(status)
  return refused(code, messages[code] ?? 'An internal error has occurred. Please retry or report.')
}
