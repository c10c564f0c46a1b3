import type { Completed } from '../../ports/provider/realtime.ts'
import type { Refusal, Reply } from '../../ports/provider/reply.ts'
import { classify, type Effect } from '../replies/classify.ts'
import type { Answered, Exchange } from '../http/exchange.ts'
import { errorOf, type GeminiError, isClosedModel } from './error.ts'

type Cause = Exclude<Refusal['cause'], 'away'>

/** As `classify`, for errors as Google writes them: one HTTP status has several meanings, which its words tell apart. */
export function classifyGemini<Value>(
  effect: Effect,
  exchange: Exchange,
  read: (json: unknown, answered: Answered) => Value | null,
): Reply<Value> {
  if (exchange.kind === 'failed') return classify(effect, exchange, read)
  const error = exchange.status < 300 ? null : errorOf(exchange.json)
  if (error === null) return classify(effect, exchange, read)
  const { code, message, retryAfterMs } = error
  const reply = classify(
    effect,
    {
      ...exchange,
      json: { error: { code, message } },
      retryAfterMs: exchange.retryAfterMs ?? retryAfterMs,
    },
    read,
  )
  const cause = causeOf(error)
  return reply.kind === 'refused' && cause !== null ? asCause(reply, cause) : reply
}

/** Null: as its status says. */
function causeOf(error: GeminiError): Cause | null {
  const { code, message, reason } = error
  if (reason === 'API_KEY_INVALID' || /^API key (?:not valid|expired)/i.test(message)) return 'auth'
  if (isClosedModel(error)) return 'account'
  // A file that is not there is answered as one of somebody else.
  if (code === 'PERMISSION_DENIED' && /may not exist/i.test(message)) return 'gone'
  if (code !== 'FAILED_PRECONDITION') return null
  if (/not in an? ACTIVE state/i.test(message)) return 'not_ready'
  return /location|billing|free tier|plan/i.test(message) ? 'account' : 'conflict'
}

/**
 * The create call says of a full queue that one's quota is exceeded, plan and billing ought to be looked at, and means
 * that the same would be taken later or in smaller pieces (steadybatch, findings, no. 7).
 */
export function classifyCreate<Value>(
  exchange: Exchange,
  read: (json: unknown) => Value | null,
): Reply<Value> {
  const reply = classifyGemini('spends', exchange, read)
  if (reply.kind !== 'refused' || reply.status !== 429) return reply
  return asCause({ ...reply, message: `${reply.message.replace(/\.$/, '')}; ${quotaHint}` }, 'quota')
}

const quotaHint =
  'Gemini says so when its queue is full; should it never be taken, smaller files are: batch: { maxRequests: 2_000 } in offpeak.config.ts'

/**
 * The meaning of a synchronous call for its request: answered, certainly not looked at, or unknown. A failure in the
 * service's own words is not billed (Gemini document, Billing); a model that is overloaded has turned it away.
 */
export function classifyCompletion(exchange: Exchange): Reply<Completed> {
  const reply = classifyGemini<Completed>('spends', exchange, (body) =>
    typeof body === 'object' && body !== null ? { status: 200, body } : null,
  )
  if (exchange.kind === 'failed' || reply.kind === 'accepted') return reply
  const { status, json } = exchange
  const error = errorOf(json)
  if (error === null) return reply
  if (status === 503) {
    const retryAfterMs = exchange.retryAfterMs ?? error.retryAfterMs
    return { kind: 'refused', cause: 'rate', status, message: `answered ${status}`, retryAfterMs }
  }
  const isVerdict =
    reply.kind === 'refused' && reply.cause === 'invalid' && (status === 400 || status === 413)
  return isVerdict || status === 500 ? { kind: 'accepted', value: { status, body: json } } : reply
}

function asCause({ status, message, retryAfterMs }: Refusal, cause: Cause): Refusal {
  return { kind: 'refused', cause, status, message, retryAfterMs }
}
