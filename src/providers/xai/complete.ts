import type { Completed } from '../../ports/provider/realtime.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { providerError } from '../replies/classify.ts'
import type { Exchange } from '../http/exchange.ts'
import { classifyCompletion } from '../openai/classify-completion.ts'
import { isAgainstGuidelines } from './lines.ts'

/** As at OpenAI, but that a 403 can be about what was asked. */
export function classifyChat(exchange: Exchange): Reply<Completed> {
  if (exchange.kind === 'answered' && exchange.status === 403) {
    const { status, json } = exchange
    if (isAgainstGuidelines(providerError(json)?.message ?? ''))
      return { kind: 'accepted', value: { status, body: json } }
  }
  return classifyCompletion(exchange)
}
