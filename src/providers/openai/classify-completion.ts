import type { Completed } from '../../ports/provider/realtime.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { classify, providerError } from '../replies/classify.ts'
import type { Exchange } from '../http/exchange.ts'

/** Statuses that say what is wrong with this one request: an answer to it, though not the one that was wanted. */
const verdicts: ReadonlySet<number> = new Set([400, 413, 422])

/**
 * The meaning of a synchronous call for its request: answered, certainly not looked at, or unknown. A 429 and a 503
 * that tells when to come again were turned away before any work (OpenAI guide, Error codes); a 500 in the service's
 * own words is a failure that is not billed. What a gateway says in their place proves nothing. A server of one's own
 * (`isOwnServer`) has nothing before it that we know of: its 429 and 503 mean that it has not begun (RFC 9110, section
 * 15.6.4; RFC 6585, section 4), in whatever words (uvicorn says a bare `Service Unavailable` when it is full).
 */
export function classifyCompletion(
  exchange: Exchange,
  { isOwnServer = false }: { readonly isOwnServer?: boolean } = {},
): Reply<Completed> {
  if (exchange.kind === 'failed') return classify<Completed>('spends', exchange, () => null)
  const { status, json, page, retryAfterMs } = exchange
  const isOwn = providerError(json) !== null
  // A page is put there by something in between, whoever runs the server.
  const isTold = retryAfterMs !== null || (isOwnServer && page === null)
  if (status === 500 && isOwn) return { kind: 'accepted', value: { status, body: json } }
  if ((status === 429 && !isOwn && isTold) || (status === 503 && (isOwn || isTold)))
    return { kind: 'refused', cause: 'rate', status, message: `answered ${status}`, retryAfterMs }
  const reply = classify<Completed>('spends', exchange, (body) =>
    typeof body === 'object' && body !== null ? { status, body } : null,
  )
  return reply.kind === 'refused' && reply.cause === 'invalid' && isOwn && verdicts.has(status)
    ? { kind: 'accepted', value: { status, body: json } }
    : reply
}
