import type { ModelRequest } from '../../domain/request.ts'
import type { InputUnit, TokenRule } from '../../domain/token-rule.ts'
import type { Wire } from '../../ports/provider/wire.ts'
import { countRequestTokens, loadTokenizer } from './count-tokens.ts'

/** A counter of the input tokens of requests as they are written for one service and model. */
export interface RequestCounter {
  /** What it counts. */
  readonly unit: InputUnit
  /** What of a body is counted; its files are words by then, and counted apart. */
  read(body: unknown): ModelRequest
  /** Tokens of a request's texts: all the same number where the model's own table is at hand, else stated bounds. */
  tokens(request: ModelRequest): Record<Exclude<keyof TokenRule, 'encoding' | 'unit'>, number>
}

/** The token counter for a model; the table of its rule is read once per process, when the first count is needed. */
export async function requestCounter(
  wire: Pick<Wire, 'readBody' | 'tokenRule'>,
  model: string,
): Promise<RequestCounter> {
  const rule = wire.tokenRule(model)
  const { count } = await loadTokenizer(rule.encoding)
  return {
    unit: rule.unit ?? 'token',
    read: (body) => wire.readBody(body, model),
    tokens(request) {
      const counted = countRequestTokens(request, count)
      return {
        least: Math.ceil(counted * rule.least),
        likely: Math.ceil(counted * rule.likely),
        most: Math.ceil(counted * rule.most),
      }
    },
  }
}
