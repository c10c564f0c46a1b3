import type { Completed } from '../../ports/provider/realtime.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { classify, providerError } from '../http/classify.ts'
import type { Exchange } from '../http/exchange.ts'

/** Statuses that say what is wrong with this one request: an answer to it, though not the one that was wanted. */
const verdicts: ReadonlySet<number> = new Set([400, 413, 422])

/**
 * Turns a synchronous call into what it means for its request: answered, certainly not looked at, or unknown. A 429 and
 * a 503 that tells when to come again were turned away before any work (OpenAI guide, Error codes); a 500 in the
 * service's own words is a failure that is not billed. What a gateway says in their place proves nothing.
 */
export function classifyCompletion(exchange: Exchange): Reply<Completed> {
  if (exchange.kind === 'failed') return classify<Completed>('spends', exchange, () => null)
  const { status, json, retryAfterMs } = exchange
  const isOwn = providerError(json) !== null
  if (status === 500 && isOwn) return { kind: 'accepted', value: { status, body: json } }
  if (
    (status === 429 && !isOwn && retryAfterMs !== null) ||
    (status === 503 && (isOwn || retryAfterMs !== null))
  )
    return { kind: 'refused', cause: 'rate', status, message: `answered ${status}`, retryAfterMs }
  const reply = classify<Completed>('spends', exchange, (body) =>
    typeof body === 'object' && body !== null ? { status, body } : null,
  )
  return reply.kind === 'refused' && reply.cause === 'invalid' && isOwn && verdicts.has(status)
    ? { kind: 'accepted', value: { status, body: json } }
    : reply
}
