import type { InputUnit } from './token-rule.ts'

/**
 * Money is counted in integers: a price in micro-dollars per million tokens times a token count is a cost in
 * pico-dollars (1e-12 USD), exact per line; a batch is rounded up to micro-dollars (1e-6 USD) once.
 */

/** Prices in micro-dollars per million tokens, of requests with more input tokens than `aboveTokens`. */
export interface PriceStep {
  readonly aboveTokens: number
  readonly inputPerMillion: number
  /** Of input that was read from a cache, and of input that was written into one. */
  readonly cachedInputPerMillion: number
  readonly cacheWritePerMillion: number
  /** Of input that a cache keeps longer than it usually does; `cacheWritePerMillion` where left out. */
  readonly longCacheWritePerMillion?: number
  readonly outputPerMillion: number
}

/**
 * Prices of one model in one delivery mode, as they stood when an attempt was made. The step that a request's input
 * reaches holds for all of its tokens; the first begins at 0, each further one higher.
 */
export interface Price {
  readonly steps: readonly [PriceStep, ...PriceStep[]]
  /** What its requests may have written into a cache; `unasked` when left out: what a service writes by itself. */
  readonly writes?: CacheWriting
  /** What a million are the price of, on the input's side; tokens when left out. */
  readonly unit?: InputUnit
}

/** `never`: nothing is written that is not asked for, and nothing is. `long`: to be kept longer than usually. */
export type CacheWriting = 'never' | 'unasked' | 'long'

export interface TokenUsage {
  readonly inputTokens: number
  readonly cachedTokens: number
  /** Left out: none were told. */
  readonly cacheWriteTokens?: number
  readonly longCacheWriteTokens?: number
  readonly outputTokens: number
}

const picoPerMicro = 1_000_000

/** The exact cost of one request in pico-dollars. */
export function costPicoUsd(price: Price, usage: TokenUsage): number {
  return costAt(stepOf(price, usage.inputTokens), usage)
}

/** The step that a request with so many input tokens reaches. */
function stepOf({ steps }: Price, inputTokens: number): PriceStep {
  let step: PriceStep = steps[0]
  for (const higher of steps) if (inputTokens > higher.aboveTokens) step = higher
  return step
}

/** The same where only the tokens of many requests together are known, of which each is below the second step. */
export function costOfManyPicoUsd({ steps: [first] }: Price, usage: TokenUsage): number {
  return costAt(first, usage)
}

function costAt(step: PriceStep, usage: TokenUsage): number {
  const cached = Math.min(usage.cachedTokens, usage.inputTokens)
  const written = Math.min(usage.cacheWriteTokens ?? 0, usage.inputTokens - cached)
  const long = Math.min(usage.longCacheWriteTokens ?? 0, written)
  const input =
    (usage.inputTokens - cached - written) * step.inputPerMillion +
    cached * step.cachedInputPerMillion +
    (written - long) * step.cacheWritePerMillion +
    long * (step.longCacheWritePerMillion ?? step.cacheWritePerMillion)
  return Math.ceil(input + usage.outputTokens * step.outputPerMillion)
}

/**
 * The most that a request can cost in pico-dollars which has so many tokens at most: a service writes input into its
 * cache unasked, which costs more than reading it does at some (OpenAI from GPT-5.6 on, prompt caching).
 */
export function mostPicoUsd(
  { steps, writes = 'unasked' }: Price,
  { inputTokens, outputTokens }: Pick<TokenUsage, 'inputTokens' | 'outputTokens'>,
): number {
  let most = 0
  for (const step of steps) {
    if (step.aboveTokens > 0 && inputTokens <= step.aboveTokens) break
    most = Math.max(
      most,
      Math.ceil(inputTokens * dearestInput(step, writes) + outputTokens * step.outputPerMillion),
    )
  }
  return most
}

/** Whether nothing that is asked at this price costs anything. */
export function isFree(price: Price): boolean {
  return mostPicoUsd(price, { inputTokens: 1e12, outputTokens: 1e12 }) === 0
}

/** The output that a highest cost is reckoned with: none where it costs nothing; null: nothing bounds it. */
export function boundedOutput({ steps }: Price, maxTokens: number | null): number | null {
  return maxTokens ?? (steps.every(({ outputPerMillion }) => outputPerMillion === 0) ? 0 : null)
}

function dearestInput(step: PriceStep, writes: CacheWriting): number {
  const read = Math.max(step.inputPerMillion, step.cachedInputPerMillion)
  if (writes === 'never') return read
  const written = Math.max(read, step.cacheWritePerMillion)
  return writes === 'long' ? Math.max(written, step.longCacheWritePerMillion ?? 0) : written
}

/** How many times as much a request can cost at one price as at another, whatever its tokens are; 1 where both are free. */
export function timesAsDear(from: Price, to: Price): number {
  const ratio = (one: number, other: number): number => (one === 0 ? 1 : other / one)
  const starts = [...from.steps, ...to.steps].map(({ aboveTokens }) => aboveTokens + 1)
  return Math.max(
    ...starts.flatMap((inputTokens) => {
      const [one, other] = [stepOf(from, inputTokens), stepOf(to, inputTokens)]
      return [
        ratio(dearestInput(one, from.writes ?? 'unasked'), dearestInput(other, to.writes ?? 'unasked')),
        ratio(one.outputPerMillion, other.outputPerMillion),
      ]
    }),
  )
}

/** Micro-dollars of an amount in pico-dollars, rounded up so that a reservation is never short. */
export function microFromPico(costPico: number): number {
  return Math.ceil(costPico / picoPerMicro)
}
