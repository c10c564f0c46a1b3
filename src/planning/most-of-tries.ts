import { mostPicoUsd, type Price } from '../domain/money.ts'

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
