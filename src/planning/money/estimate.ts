import { boundedOutput, costPicoUsd, microFromPico, mostPicoUsd, type Price } from '../../domain/money.ts'
import { mostOfTriesPicoUsd, type TryBound } from './most-of-tries.ts'

/** How often the true total lies inside the stated interval, at least. */
export const confidencePercent = 95

/** A number that is likely, and the interval it lies in. */
export interface Estimate {
  readonly likely: number
  readonly low: number
  readonly high: number
  /** Half the width of the interval, in percent of `likely`; 0 when every record was looked at. */
  readonly errorPercent: number
}

/**
 * The width of the interval in standard errors, and what is added to it: on heavy-tailed text 2.33 standard errors
 * held only nine times in ten.
 */
const standardErrors = 3.5
const addedFraction = 0.01

/**
 * The total of a value over `population` records, from the values of those that were sampled evenly from all of
 * them. Exact when all were; null when none was, as nothing can be said then.
 */
export function estimateTotal(sampled: readonly number[], population: number): Estimate | null {
  const count = sampled.length
  const all = Math.max(population, count)
  if (all === 0) return { likely: 0, low: 0, high: 0, errorPercent: 0 }
  if (count === 0) return null
  const sum = sampled.reduce((sum, value) => sum + value, 0)
  if (count === all) return { likely: sum, low: sum, high: sum, errorPercent: 0 }
  const mean = sum / count
  const likely = mean * all
  const error = addedFraction * likely + standardErrors * all * standardErrorOfMean(sampled, mean, all)
  return {
    likely: Math.round(likely),
    low: Math.max(sum, Math.floor(likely - error)),
    high: Math.ceil(likely + error),
    errorPercent: likely === 0 ? 0 : (100 * error) / likely,
  }
}

/** A single value says nothing about the spread: it is then taken to be as large as the value itself. */
function standardErrorOfMean(sampled: readonly number[], mean: number, population: number): number {
  const count = sampled.length
  if (count === 1) return mean
  const squares = sampled.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const variance = squares / (count - 1)
  return Math.sqrt((variance / count) * (1 - count / population))
}

export interface CostInput {
  /** The price of the delivery mode that is planned. */
  readonly price: Price
  /** The price of the same model in real time; null: not known. */
  readonly realtimePrice: Price | null
  /** How many requests there are in all. */
  readonly requests: number
  /** Output tokens of one request: what is expected, and the most it may write (null: no bound is known). */
  readonly outputTokensLikely: number
  readonly outputTokensAtMost: number | null
  /** The files of one round, each of which is rounded up to a micro-dollar; left out: none is. */
  readonly files?: number
  /** How a request is sent again automatically; left out: never. */
  readonly tries?: TryBound
  /** So often a request may come to be sent at another price. */
  readonly fallback?: { readonly price: Price; readonly requests: number } | null
}

/** Cost of a run, or of a part of it, in micro-dollars. */
export interface CostEstimate {
  readonly likelyMicroUsd: number
  /** With every automatic try of every request, in real time where a deadline can bring it there; null when the output has no bound. */
  readonly atMostMicroUsd: number | null
  /** The part of it that holds while each request is asked once. */
  readonly atMostOnceMicroUsd: number | null
  /** Half the width of the interval of the likely figure, in percent. */
  readonly errorPercent: number
  /** What the likely figure would be in real time, and how much less is paid; null when that price is not known. */
  readonly realtimeMicroUsd: number | null
  readonly savedMicroUsd: number | null
}

/**
 * The cost of a run from the input tokens of its sampled requests. Each is priced by itself, as a request above the
 * long-context limit costs more as a whole. Null when nothing was sampled.
 */
export function estimateCost(
  input: CostInput & {
    readonly sampledInputTokens: readonly number[]
    /** The most that each of these can have; what is sampled, where that is exact. */
    readonly sampledMostTokens?: readonly number[]
  },
): CostEstimate | null {
  const { price, realtimePrice, requests, outputTokensLikely, sampledInputTokens } = input
  const outputTokensAtMost = boundedOutput(price, input.outputTokensAtMost)
  const { sampledMostTokens = sampledInputTokens, tries = { max: 1, growthTokens: 0 }, files = 0 } = input
  const total = (price: Price, outputTokens: number): Estimate | null =>
    estimateTotal(
      sampledInputTokens.map((inputTokens) =>
        costPicoUsd(price, { inputTokens, cachedTokens: 0, outputTokens }),
      ),
      requests,
    )
  const highest = (outputTokens: number, bound: TryBound): Estimate | null =>
    estimateTotal(
      sampledMostTokens.map((inputTokens) => mostOfTriesPicoUsd(price, { inputTokens, outputTokens }, bound)),
      requests,
    )
  const likely = total(price, outputTokensLikely)
  if (likely === null) return null
  const once = outputTokensAtMost === null ? null : highest(outputTokensAtMost, { ...tries, max: 1 })
  const most = outputTokensAtMost === null ? null : highest(outputTokensAtMost, tries)
  const realtime = realtimePrice === null ? null : total(realtimePrice, outputTokensLikely)
  const rounding = most?.high === 0 ? 0 : files
  const likelyMicroUsd = microFromPico(likely.likely)
  const realtimeMicroUsd = realtime === null ? null : microFromPico(realtime.likely)
  return {
    likelyMicroUsd,
    atMostMicroUsd:
      most === null ? null : microFromPico(most.high + dearerPicoUsd(input)) + rounding * tries.max,
    atMostOnceMicroUsd: once === null ? null : microFromPico(once.high) + rounding,
    errorPercent: likely.errorPercent,
    realtimeMicroUsd,
    savedMicroUsd: realtimeMicroUsd === null ? null : Math.max(0, realtimeMicroUsd - likelyMicroUsd),
  }
}

/** Cost of two parts of a run together, each at a price of its own. */
export function addCosts(one: CostEstimate, other: CostEstimate): CostEstimate {
  const both = (
    name: 'atMostMicroUsd' | 'atMostOnceMicroUsd' | 'realtimeMicroUsd' | 'savedMicroUsd',
  ): number | null => {
    const [first, second] = [one[name], other[name]]
    return first === null || second === null ? null : first + second
  }
  return {
    likelyMicroUsd: one.likelyMicroUsd + other.likelyMicroUsd,
    atMostMicroUsd: both('atMostMicroUsd'),
    atMostOnceMicroUsd: both('atMostOnceMicroUsd'),
    errorPercent: Math.max(one.errorPercent, other.errorPercent),
    realtimeMicroUsd: both('realtimeMicroUsd'),
    savedMicroUsd: both('savedMicroUsd'),
  }
}

/** What it can cost more that some requests are sent at the price of the fallback instead, those of the largest that were looked at. */
function dearerPicoUsd({
  price,
  fallback = null,
  outputTokensAtMost,
  sampledInputTokens,
  sampledMostTokens = sampledInputTokens,
}: Parameters<typeof estimateCost>[0]): number {
  if (fallback === null || outputTokensAtMost === null) return 0
  let most = 0
  for (const inputTokens of sampledMostTokens) {
    const tokens = { inputTokens, outputTokens: outputTokensAtMost }
    most = Math.max(most, mostPicoUsd(fallback.price, tokens) - mostPicoUsd(price, tokens))
  }
  return most * fallback.requests
}

export interface FilesEstimate {
  readonly files: number
  /** Requests of the last of them. */
  readonly lastRequests: number
  readonly largestBytes: number
}

/** How many request files a run makes when its lines are about equally long. */
export function estimateFiles(
  bytes: number,
  requests: number,
  limits: { readonly maxRequests: number; readonly maxBytes: number },
): FilesEstimate {
  if (requests === 0) return { files: 0, lastRequests: 0, largestBytes: 0 }
  const lineBytes = bytes / requests
  const perFile = Math.max(1, Math.min(limits.maxRequests, Math.floor(limits.maxBytes / lineBytes)))
  const files = Math.ceil(requests / perFile)
  return {
    files,
    lastRequests: requests - (files - 1) * perFile,
    largestBytes: Math.ceil(Math.min(requests, perFile) * lineBytes),
  }
}
