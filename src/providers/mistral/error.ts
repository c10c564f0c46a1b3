import { asFields, asObjects, asText, type Fields } from '../replies/fields.ts'
import type { ProviderError } from '../replies/classify.ts'
import type { Exchange } from '../http/exchange.ts'

/**
 * The error in a body: `{detail}` of the API, a sentence or a list of what is wrong field by field, or the object of a model,
 * whose message may hold such a list (Mistral issues of 2024 to 2026); null when there is none.
 */
export function errorOf(json: unknown): ProviderError | null {
  const outer = asFields(json)
  const body = asFields(outer?.['error']) ?? outer
  if (body === null) return null
  const message = wordsOf(body['message']) ?? wordsOf(body['detail'])
  if (message === null) return null
  const code = body['code']
  return {
    code: typeof code === 'number' ? String(code) : (asText(code) ?? ''),
    type: asText(body['type']) ?? '',
    message,
  }
}

function wordsOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value
  const details = asObjects(asFields(value)?.['detail'] ?? value)
  return details === null || details.length === 0 ? null : details.map(detailWords).join('; ')
}

/** As pydantic tells it: `body.seed: Extra inputs are not permitted`. */
function detailWords({ loc, msg }: Fields): string {
  const place = Array.isArray(loc) ? loc.map(String).join('.') : ''
  return [place, asText(msg) ?? ''].filter((part) => part !== '').join(': ')
}

/** An exchange whose error stands where other services have it. */
export function withPlainError(exchange: Exchange): Exchange {
  if (exchange.kind === 'failed' || exchange.status < 300) return exchange
  const error = errorOf(exchange.json)
  return error === null ? exchange : { ...exchange, json: { error } }
}

/** A model that is not there is told as a bad request. */
export function isUnknownModel({ code, type, message }: ProviderError): boolean {
  return (
    code === '1500' || type === 'invalid_model' || /^(?:Invalid model|Model \S+ not found)/i.test(message)
  )
}
