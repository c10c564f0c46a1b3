import type { Completed } from '../../ports/provider/realtime.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { classify } from '../replies/classify.ts'
import type { Answered, Exchange } from '../http/exchange.ts'
import { errorOf, isAboutAccount } from './error.ts'

/** Statuses that say what is wrong with this one request: an answer to it, though not the one that was wanted. */
const verdicts: ReadonlySet<number> = new Set([400, 413, 422])
/** Turned away before any work (Anthropic document, Errors): overloaded, or nobody there for a moment. */
const turnedAway: ReadonlySet<number> = new Set([503, 529])

/** The meaning of a synchronous message for its request: answered, certainly not looked at, or unknown. */
export function classifyMessage(exchange: Exchange): Reply<Completed> {
  const reply = classify<Completed>('spends', exchange, (body) =>
    typeof body === 'object' && body !== null ? { status: 200, body } : null,
  )
  if (exchange.kind === 'failed' || reply.kind === 'accepted') return reply
  const { status, json, retryAfterMs } = exchange
  const error = errorOf(json)
  if (error === null) return reply
  if (turnedAway.has(status))
    return { kind: 'refused', cause: 'rate', status, message: `answered ${status}`, retryAfterMs }
  // A failure in the service's own words is not billed.
  if (status === 500) return { kind: 'accepted', value: { status, body: json } }
  if (isAboutAccount(error)) return asAccount(reply, exchange)
  return reply.kind === 'refused' && reply.cause === 'invalid' && verdicts.has(status)
    ? { kind: 'accepted', value: { status, body: json } }
    : reply
}

/** A refusal that only a person can mend, with whatever status of the 400s it came. */
export function asAccount<Value>(
  reply: Reply<Value>,
  { status, retryAfterMs }: Pick<Answered, 'status' | 'retryAfterMs'>,
): Reply<Value> {
  if (reply.kind === 'accepted' || status < 400 || status >= 500) return reply
  return { kind: 'refused', cause: 'account', status, message: reply.message, retryAfterMs }
}
