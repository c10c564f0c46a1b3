import type { Completed } from '../../ports/provider/realtime.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { classify, type Effect } from '../replies/classify.ts'
import type { Answered, Exchange } from '../http/exchange.ts'
import { classifyCompletion } from '../openai/classify-completion.ts'
import { errorOf, isUnknownModel, withPlainError } from './error.ts'

/** As `classify`, for errors as Mistral writes them. */
export function classifyMistral<Value>(
  effect: Effect,
  exchange: Exchange,
  read: (json: unknown, answered: Answered) => Value | null,
): Reply<Value> {
  return orAccount(exchange, classify(effect, withPlainError(exchange), read))
}

/** The meaning of a synchronous call for its request: answered, certainly not looked at, or unknown. */
export function classifyAsked(exchange: Exchange): Reply<Completed> {
  const error = exchange.kind === 'failed' ? null : errorOf(exchange.json)
  // No request is at fault for a model that is not there.
  return error !== null && isUnknownModel(error)
    ? classifyMistral<Completed>('spends', exchange, () => null)
    : classifyCompletion(withPlainError(exchange))
}

function orAccount<Value>(exchange: Exchange, reply: Reply<Value>): Reply<Value> {
  const error = exchange.kind === 'failed' ? null : errorOf(exchange.json)
  if (reply.kind !== 'refused' || error === null || !isUnknownModel(error)) return reply
  const { status, message, retryAfterMs } = reply
  return { kind: 'refused', cause: 'account', status, message, retryAfterMs }
}
