import { z } from 'zod'
import { reportedTokenLimit } from './reported-limit.ts'
import type { Refusal, Reply } from '../../ports/provider/reply.ts'
import type { Answered, Exchange, Failed } from '../http/exchange.ts'

/**
 * Effect of a call at the provider, which decides what may be said about its failure.
 *
 * `spends`: may cost money when it was done. `stores`: leaves a file behind, which can be found by name.
 * `repeatable`: reads, or leaves the same state however often it is done.
 */
export type Effect = 'spends' | 'stores' | 'repeatable'

type Cause = Refusal['cause']
type Layer = Extract<Refusal, { readonly cause: 'away' }>['layer']

/** The error that a provider names, wherever it puts it. */
export interface ProviderError {
  readonly code: string
  readonly type: string
  readonly message: string
}

/** A provider that answers with one of these has looked at the request and declined it. */
const declined: ReadonlySet<number> = new Set([400, 401, 403, 404, 413, 422])
/** Redirects that are given instead of doing the work; 303 can follow work that was done. */
const redirects: ReadonlySet<number> = new Set([301, 302, 307, 308])
const maxMessageLength = 500

/**
 * The reply of one HTTP attempt: accepted, refused or unknown. Never guesses about money: for a call that spends, only
 * the statuses that certainly mean "not done" are a refusal, and everything after the first byte that is not a readable
 * answer is unknown.
 *
 * `read` takes the value out of a 2xx body and gives null when it is not in it.
 */
export function classify<Value>(
  effect: Effect,
  exchange: Exchange,
  read: (json: unknown, answered: Answered) => Value | null,
): Reply<Value> {
  if (exchange.kind === 'failed') return failedReply(effect, exchange)
  const { status, page, retryAfterMs } = exchange
  if (status >= 200 && status < 300 && page === null) {
    const value = read(exchange.json, exchange)
    if (value !== null) return { kind: 'accepted', value }
  }
  const error = providerError(exchange.json)
  const message = wordsOf(exchange, error)
  const cause = causeOf(effect, exchange, error)
  if (cause === null) return { kind: 'unknown', message }
  const refusal = { kind: 'refused', status, message, retryAfterMs } as const
  if (cause === 'quota') {
    const limitTokens = reportedTokenLimit(message)
    return { ...refusal, cause, ...(limitTokens !== null && { limitTokens }) }
  }
  if (cause !== 'away') return { ...refusal, cause }
  return away(status, message, retryAfterMs, layerOf(exchange, error))
}

function failedReply(effect: Effect, { at, sent, whole, lasting, message }: Failed): Reply<never> {
  const words = plainText(message)
  const refusal = { kind: 'refused', status: null, retryAfterMs: null } as const
  if (at === 'token') return { ...refusal, cause: 'token', message: `no token: ${words}` }
  // What was cut off before its end is no request, and cannot have been done.
  const mayBeDone = effect === 'spends' ? sent && whole : sent
  if (mayBeDone && effect !== 'repeatable') return { kind: 'unknown', message: words }
  if (at === 'bound') return { ...refusal, cause: 'invalid', message: words }
  return away(null, words, null, 'network', lasting)
}

/** Null: nobody knows. */
function causeOf(effect: Effect, answered: Answered, error: ProviderError | null): Cause | null {
  const { status } = answered
  if (effect === 'spends' && !isCertainRefusal(answered, error)) return null
  if (effect === 'stores' && (status < 300 || status >= 500 || status === 408)) return null
  if (layerOf(answered, error) === 'network' || status < 300) return 'away'
  if (error) {
    const named = namedCause(status, error)
    if (named) return named
  }
  if (status === 404 && error === null) return effect === 'repeatable' ? 'away' : 'invalid'
  return byStatus(status)
}

/** Whether a status says of a call that spends that nothing was done. */
function isCertainRefusal({ status, page }: Answered, error: ProviderError | null): boolean {
  // A page in place of an answer may have been put there after the work was done.
  if (page !== null) return redirects.has(status)
  // A 429 in the provider's own words is an answer; one from a gateway may have come after the work.
  return redirects.has(status) || declined.has(status) || (status === 429 && error !== null)
}

/** Statuses that a gateway gives with a page of its own and means as they are. */
const meantByGateways: ReadonlySet<number> = new Set([413, 429])

/** Refusals of the way out that this network takes, whatever key comes along it (OpenAI guide, Error codes). */
const wayOutCodes: ReadonlySet<string> = new Set([
  'unsupported_country_region_territory',
  'request_forbidden',
])

/** Who has answered: the service, or something between it and us. */
function layerOf({ status, page }: Answered, error: ProviderError | null): Layer {
  if (page !== null) return meantByGateways.has(status) ? 'service' : 'network'
  if (status >= 300 && status < 400) return 'network'
  if (status === 407 || (status === 403 && error === null)) return 'network'
  const isWayOut = error !== null && (wayOutCodes.has(error.code) || wayOutCodes.has(error.type))
  return status === 403 && isWayOut ? 'network' : 'service'
}

function byStatus(status: number): Cause {
  switch (status) {
    case 401:
    case 403:
      return 'auth'
    case 402:
      return 'account'
    case 404:
    case 410:
      return 'gone'
    case 408:
    case 425:
      return 'away'
    case 409:
      return 'conflict'
    case 429:
      return 'rate'
    default:
      return status >= 500 ? 'away' : 'invalid'
  }
}

const accountCodes: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'account_deactivated',
  'quotaexceeded',
  'deploymentnotfound',
  'operationnotsupported',
  'model_not_found',
  'modelnotfound',
])

/** The causes that providers tell by code or words rather than by status (OpenAI and Azure error pages). */
function namedCause(status: number, error: ProviderError): Cause | null {
  if (status >= 500) return null
  const words = error.message.toLowerCase()
  const codes = [error.code.toLowerCase(), error.type.toLowerCase()]
  if (
    codes.includes('token_limit_exceeded') ||
    words.includes('token_limit_exceeded') ||
    /enqueued tokens? /.test(words)
  )
    return 'quota'
  if (codes.some((code) => accountCodes.has(code))) return 'account'
  // xAI's word for a wrong key, and no fault of what was asked (issues of Codex and Continue, 2025 and 2026).
  if (status === 400 && words.startsWith('incorrect api key')) return 'auth'
  // Seen straight after an upload: the file is stored, but this part of the service does not see it yet.
  if (status === 400 && (words.includes('cannot find file') || words.includes("in 'pending' state")))
    return 'not_ready'
  return null
}

const errorFields = z.object({
  code: z.unknown().optional(),
  type: z.unknown().optional(),
  message: z.unknown().optional(),
})
const errorBody = z.union([
  z.object({ error: z.union([z.string().min(1), errorFields]) }).transform((body) => body.error),
  z.object({ detail: z.string().min(1) }).transform((body) => body.detail),
  z.object({ message: z.string().min(1), code: z.unknown().optional(), type: z.unknown().optional() }),
])

/**
 * The error in a body: `{error:{…}}` (OpenAI, Azure), `{error:"…"}`, `{detail:"…"}` or the bare fields
 * (OpenAI-compatible servers); null when it holds none.
 */
export function providerError(json: unknown): ProviderError | null {
  const parsed = errorBody.safeParse(json)
  if (!parsed.success) return null
  const error = parsed.data
  if (typeof error === 'string') return { code: '', type: '', message: error }
  const fields = { code: textOf(error.code), type: textOf(error.type), message: textOf(error.message) }
  return fields.code === '' && fields.type === '' && fields.message === '' ? null : fields
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

const subscriptionFix =
  "if a gateway wants a key of its own, give it as a header: azure: { headers: { 'Ocp-Apim-Subscription-Key': { env: 'APIM_KEY' } } } in offpeak.config.ts"

function wordsOf({ status, host, page, location }: Answered, error: ProviderError | null): string {
  if (error !== null) {
    const code = error.code === '' ? error.type : error.code
    const message = error.message === '' ? 'no message' : error.message
    const said = plainText(`${status}${code === '' ? '' : ` ${code}`}: ${message}`)
    // Azure API Management's word for a key of its own, beside that of the service.
    const wantsHeader = (status === 401 || status === 403) && /subscription key/i.test(error.message)
    return wantsHeader ? `${said.replace(/\.$/, '')}; ${subscriptionFix}` : said
  }
  if (page !== null)
    return plainText(
      `${status}: a page in place of an answer, from ${host}${page === '' ? '' : ` (“${page}”)`}; ` +
        'something between here and the service may want a sign-in, or filter it',
    )
  if (status >= 300 && status < 400)
    return plainText(
      `${status}: ${host} points elsewhere${location === null ? '' : `, to ${location}`}; redirects are not followed`,
    )
  if (status === 403)
    return `403 from ${host} without the words of the service: something in between may refuse`
  if (status === 407) return `407: a proxy before ${host} asks for a name and a password`
  if (status < 300) return `answered ${status}, but with something that cannot be read`
  return `answered ${status} without a reason`
}

/** A provider's words for a terminal or a log: one line, no control characters, not endless. */
export function plainText(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return line.length > maxMessageLength ? `${line.slice(0, maxMessageLength)}…` : line
}

function away(
  status: number | null,
  message: string,
  retryAfterMs: number | null,
  layer: Layer,
  lasting = false,
): Refusal {
  return { kind: 'refused', cause: 'away', status, message, retryAfterMs, layer, lasting }
}
