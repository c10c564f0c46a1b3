import type { ErrorFields } from '../../core/errors.ts'
import type { PathForm } from './paths.ts'

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
export function errorBody(form: PathForm, status: number, fields: ErrorFields): string {
  const error =
    form === 'azure-dated'
      ? { code: fields.code ?? azureCodes[status] ?? 'unexpected', message: fields.message }
      : openAiError(status, fields)
  return JSON.stringify({ error }, null, 2)
}
