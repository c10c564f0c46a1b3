import { type Answer, unsureCode } from '../../domain/request.ts'
import { plainText } from '../replies/classify.ts'
import { asFields, asObjects, asText } from '../replies/fields.ts'

type ErrorAnswer = Extract<Answer, { readonly kind: 'error' }>

/** A google.rpc.Status: a word where the service names one or its number means one, else the number as it came. */
export interface GeminiError {
  readonly code: string
  readonly message: string
  /** Of an ErrorInfo; `''`: none. */
  readonly reason: string
  /** Of a RetryInfo, in milliseconds. */
  readonly retryAfterMs: number | null
}

/** google.rpc.Code. */
const words: Readonly<Record<number, string>> = {
  1: 'CANCELLED',
  2: 'UNKNOWN',
  3: 'INVALID_ARGUMENT',
  4: 'DEADLINE_EXCEEDED',
  5: 'NOT_FOUND',
  6: 'ALREADY_EXISTS',
  7: 'PERMISSION_DENIED',
  8: 'RESOURCE_EXHAUSTED',
  9: 'FAILED_PRECONDITION',
  10: 'ABORTED',
  12: 'UNIMPLEMENTED',
  13: 'INTERNAL',
  14: 'UNAVAILABLE',
  16: 'UNAUTHENTICATED',
}

/** The status in `{error: …}` or as it stands in a line and an operation; null when there is none. */
export function errorOf(value: unknown): GeminiError | null {
  const outer = asFields(value)
  const error = asFields(outer?.['error']) ?? outer
  const message = asText(error?.['message']) ?? ''
  const code = codeOf(error?.['code'], asText(error?.['status']))
  if (error === null || (message === '' && code === '')) return null
  const details = asObjects(error['details']) ?? []
  const reason = details.map((detail) => asText(detail['reason'])).find((text) => text !== null) ?? ''
  const delay = details.map((detail) => asText(detail['retryDelay'])).find((text) => text !== null)
  return { code, message, reason, retryAfterMs: secondsOf(delay) }
}

function codeOf(code: unknown, status: string | null): string {
  if (status !== null && status !== '') return status
  if (typeof code === 'string') return code
  return typeof code === 'number' ? (words[code] ?? String(code)) : ''
}

/** A duration of protocol buffers: `34.07s`. */
function secondsOf(delay: string | null | undefined): number | null {
  const [, seconds] = /^(\d+(?:\.\d+)?)s$/.exec(delay ?? '') ?? []
  return seconds === undefined ? null : Math.ceil(Number(seconds) * 1_000)
}

const transientCodes: ReadonlySet<string> = new Set([
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'ABORTED',
  'INTERNAL',
  'UNAVAILABLE',
])
const accountCodes: ReadonlySet<string> = new Set(['PERMISSION_DENIED', 'UNAUTHENTICATED'])

/**
 * The meaning of an error in the place of an answer for its request, which is not billed then (Gemini document,
 * Billing).
 */
export function errorAnswer(error: GeminiError | null): ErrorAnswer {
  if (error === null) return answer('transient', 'the line holds neither an answer nor an error')
  const { code, message } = error
  if (code === unsureCode) return answer('unsure', message)
  const reason = plainText([code, message].filter((part) => part !== '').join(': '))
  if (code === 'CANCELLED') return answer('cancelled', reason)
  if (accountCodes.has(code) || isClosedModel(error))
    return { ...answer('transient', reason), about: 'account' }
  return answer(transientCodes.has(code) || /^(?:408|429|5\d\d)$/.test(code) ? 'transient' : 'failed', reason)
}

function answer(outcome: ErrorAnswer['outcome'], reason: string): ErrorAnswer {
  return { kind: 'error', outcome, reason, usage: null, ran: false }
}

/** A model that is there and not for this account (gemini-2.5-flash-lite, October 2026), or not there at all. */
export function isClosedModel({ code, message }: GeminiError): boolean {
  return (
    (code === 'NOT_FOUND' || code === '404') &&
    /no longer available|not found for API version|model is not found/i.test(message)
  )
}
