import type { Executed } from '../../core/batch/executed.ts'
import { type ErrorFields, Refusal } from '../../core/errors.ts'
import { type Json, isArray, parseJson } from '../../core/json.ts'

/** One thing that is wrong with a call, as pydantic says it. */
export interface Detail {
  readonly type: string
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly input: Json
}

/** Said of a message that holds a list of details as JSON. */
const detailType = 'detail'

function fieldsOf(details: readonly Detail[]): ErrorFields {
  return { message: JSON.stringify(details), type: detailType }
}

/** A 422 that names what is wrong, field by field. */
export function invalid(...details: readonly Detail[]): Refusal {
  return new Refusal(422, fieldsOf(details))
}

export function missing(name: string): Detail {
  return { type: 'missing', loc: ['body', name], msg: 'Field required', input: null }
}

/** Codes and types of the service, as far as they were seen. */
const seen: Readonly<
  Record<number, { readonly type: string; readonly code: string; readonly message: string }>
> = {
  429: { type: 'rate_limited', code: '1300', message: 'Rate limit exceeded' },
  500: { type: 'internal_server_error', code: '1000', message: 'Internal Server Error' },
  503: { type: 'internal_server_error', code: '1100', message: 'Service unavailable.' },
}

/** The error of a model: an object whose message may be a list of details (issues of 2024 to 2026). */
export function modelError(status: number, { message, type, code }: ErrorFields): object {
  const details = type === detailType ? parseJson(message) : undefined
  return {
    object: 'error',
    message: isArray(details) ? { detail: details } : message,
    type: type === undefined || type === detailType ? (seen[status]?.type ?? 'invalid_request_error') : type,
    param: null,
    code: code ?? seen[status]?.code ?? null,
    raw_status_code: status,
  }
}

export function modelErrorBody(status: number, fields: ErrorFields): string {
  return status === 401 ? errorBody(status, fields) : JSON.stringify(modelError(status, fields))
}

/**
 * The error of everything else: `{detail}`, a sentence or a list (a wrong key was recorded; the rest is FastAPI's
 * form).
 */
export function errorBody(_status: number, { message, type }: ErrorFields): string {
  const details = type === detailType ? parseJson(message) : undefined
  return JSON.stringify({ detail: isArray(details) ? details : message })
}

/** A request that is refused or failed: its status and the error, which the result line wraps. */
export function refused(status: number, fields: ErrorFields): Executed {
  return { status, body: modelError(status, fields), usage: null }
}

export function refusedFor(...details: readonly Detail[]): Executed {
  return refused(422, fieldsOf(details))
}

export function failed(status: number): Executed {
  return refused(status, { message: seen[status]?.message ?? 'Internal Server Error' })
}

export function invalidModel(name: string): ErrorFields {
  return { message: `Invalid model: ${name}`, type: 'invalid_model', code: '1500' }
}
