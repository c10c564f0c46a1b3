import { mostPicoUsd, type Price } from '../../domain/money.ts'

/** Bytes of UTF-8 of a reason that go along with a repair: reasons of answers have 300 characters at most. */
export const mostReasonBytes = 300
/** The words around a reason, and what frames two more messages. */
const frameTokens = 60

/** The most input tokens that a repair adds to a request, besides those of the answer: a token is a byte at least. */
export const repairTokens = mostReasonBytes + frameTokens

/** How often a request may be sent in all, and by how many input tokens each further try is longer than the one before. */
export interface TryBound {
  readonly max: number
  readonly growthTokens: number
}

/** The most that a request can cost in pico-dollars when every try of it is paid and has to be repeated. */
export function mostOfTriesPicoUsd(
  price: Price,
  { inputTokens, outputTokens }: { readonly inputTokens: number; readonly outputTokens: number },
  { max, growthTokens }: TryBound,
): number {
  if (growthTokens === 0) return max * mostPicoUsd(price, { inputTokens, outputTokens })
  let sum = 0
  for (let n = 0; n < max; n++)
    sum += mostPicoUsd(price, { inputTokens: inputTokens + n * growthTokens, outputTokens })
  return sum
}
