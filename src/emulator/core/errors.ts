import type { Dialect } from '../dialects/openai/paths.ts'

export interface ErrorFields {
  readonly message: string
  readonly type?: string
  readonly param?: string | null
  readonly code?: string | null
}

/** A refusal that the service sends as an HTTP answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly fields: ErrorFields
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, fields: ErrorFields, headers: Readonly<Record<string, string>> = {}) {
    super(fields.message)
    this.status = status
    this.fields = fields
    this.headers = headers
  }
}

export function badRequest(
  message: string,
  param: string | null = null,
  code: string | null = null,
): Refusal {
  return new Refusal(400, { message, param, code })
}

/** OpenAI: `{error:{message,type,param,code}}` (OpenAPI document, `Error`). */
export interface OpenAiError {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

export function openAiError(status: number, fields: ErrorFields): OpenAiError {
  return {
    message: fields.message,
    type: fields.type ?? (status >= 500 ? 'server_error' : 'invalid_request_error'),
    param: fields.param ?? null,
    code: fields.code ?? null,
  }
}

/** Codes of the dated Azure forms are camelCase words (Azure REST 2024-10-21, `ErrorCode`). */
const azureCodes: Readonly<Record<number, string>> = {
  400: 'invalidPayload',
  401: '401',
  404: 'notFound',
  405: 'methodNotAllowed',
  409: 'conflict',
  413: 'invalidPayload',
  429: 'tooManyRequests',
  500: 'internalFailure',
}

/** The dated Azure forms send `{error:{code,message}}` only; all others send OpenAI's shape. */
export function errorBody(dialect: Dialect, status: number, fields: ErrorFields): string {
  const error =
    dialect === 'azure-dated'
      ? { code: fields.code ?? azureCodes[status] ?? 'unexpected', message: fields.message }
      : openAiError(status, fields)
  return JSON.stringify({ error }, null, 2)
}
