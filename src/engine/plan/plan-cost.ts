import {
  addCosts,
  type CostEstimate,
  type CostInput,
  estimateCost,
  type Estimate,
} from '../../planning/money/estimate.ts'
import { repairTokens } from '../../planning/money/most-of-tries.ts'
import { defaultMaxTries } from '../../planning/waiting/retry.ts'
import { fallbackOf, requirePrices } from '../job/delivery-mode.ts'
import type { FoundPrice } from '../job/pricing.ts'
import type { AnswerLength } from './answer-length.ts'
import type { Looked } from './look-at-records.ts'
import type { Plan, PlanOptions } from './plan.ts'
import type { TooFew } from './too-few.ts'
import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { ProviderLimits } from '../../domain/limits.ts'
import type { TokenRule } from '../../domain/token-rule.ts'

/** What is to be sent: of how many records the figures are known, and how many files they come to. */
interface ToPrice {
  readonly looked: Pick<Looked, 'tokens' | 'mostTokens'>
  readonly output: AnswerLength
  readonly files: number
  readonly toSend: number
  /** The requests of the last file. */
  readonly lastRequests: number
  readonly tooFew: TooFew
}

/** The money of a plan, in batches or as the selection is sent, and past its deadline. Throws E_PRICE_UNKNOWN for flex. */
export function planCost(
  options: PlanOptions,
  { looked, output, files, toSend, lastRequests, tooFew }: ToPrice,
): Pick<Plan, 'cost' | 'deadline' | 'price' | 'tries' | 'unpriced'> {
  const { job, deliveryMode, deadlineMs, realtimePrice } = options
  const prices = { batch: options.price, flex: options.flexPrice, realtime: realtimePrice }
  const price = prices[tooFew === 'all' ? 'realtime' : deliveryMode]
  if (deliveryMode === 'flex' && price === null)
    requirePrices(
      { job: job.job.name, model: job.model, price: null, flexPrice: null, realtimePrice: null },
      ['flex'],
      null,
    )
  const tries = job.job.retry?.max ?? defaultMaxTries
  const growthTokens = job.job.retry?.repair === true ? (output.atMost ?? 0) + repairTokens : 0
  // Where all were looked at, those of the last file are the last of them.
  const part = (tokens: readonly number[], requests: number, from: number): readonly number[] =>
    requests === toSend
      ? tokens
      : tokens.slice(Math.min(from, Math.max(0, tokens.length - requests))).slice(0, requests)
  const estimate = (found: FoundPrice, requests = toSend, from = 0): CostEstimate | null =>
    estimateCost({
      files,
      tries: { max: tries, growthTokens },
      fallback:
        deliveryMode === 'batch'
          ? fallbackCost(options, { files, lastRequests, toSend, tries, tooFew })
          : null,
      price: found.price,
      realtimePrice: realtimePrice?.price ?? null,
      requests,
      outputTokensLikely: output.likely,
      outputTokensAtMost: output.atMost,
      sampledInputTokens: part(looked.tokens, requests, from),
      sampledMostTokens: part(looked.mostTokens, requests, from),
    })
  // The last file is asked one by one, at the price of that.
  const inBoth = (found: FoundPrice): CostEstimate | null => {
    const batches = estimate(found, toSend - lastRequests)
    const rest = realtimePrice && estimate(realtimePrice, lastRequests, toSend - lastRequests)
    return batches && rest && addCosts(batches, rest)
  }
  const inRealTime = realtimePrice ? estimate(realtimePrice) : null
  const inTime = price ? (tooFew === 'some' ? inBoth(price) : estimate(price)) : null
  const atMostMicroUsd = inTime === null ? (inRealTime?.atMostMicroUsd ?? null) : highest(inTime, inRealTime)
  return {
    tries,
    unpriced: inTime === null ? unpricedModes(job.provider.limits, deliveryMode, prices) : [],
    cost: inTime === null || deadlineMs === null ? inTime : { ...inTime, atMostMicroUsd },
    deadline:
      deadlineMs === null
        ? null
        : { afterMs: deadlineMs, likelyMicroUsd: inRealTime?.likelyMicroUsd ?? null, atMostMicroUsd },
    price: price ? { asOf: price.asOf, source: price.source } : null,
  }
}

/** What requests can cost of which any may be asked at the one price or at the other; null: one of them bounds nothing. */
function highest(one: CostEstimate, other: CostEstimate | null): number | null {
  return one.atMostMicroUsd === null || other === null || other.atMostMicroUsd === null
    ? null
    : Math.max(one.atMostMicroUsd, other.atMostMicroUsd)
}

/** What the job's fallback may send otherwise, and at which price; null: nothing, or its price is not known. */
function fallbackCost(
  { job, flexPrice, realtimePrice }: PlanOptions,
  {
    files,
    lastRequests,
    toSend,
    tries,
    tooFew,
  }: Pick<ToPrice, 'files' | 'lastRequests' | 'toSend' | 'tooFew'> & { readonly tries: number },
): NonNullable<CostInput['fallback']> | null {
  const fallback = fallbackOf(job.job)
  const { minRequests = 1 } = job.provider.limits
  // In each round the last file can be too few for a batch. What is priced so already is not counted again, and the only
  // file of a first round is known not to be.
  if (fallback === null) {
    if (minRequests <= 1 || realtimePrice === null) return null
    const priced = tooFew === 'some' ? lastRequests : 0
    const rounds = tooFew === null && files === 1 ? tries - 1 : tries
    return { price: realtimePrice.price, requests: (Math.min(minRequests - 1, toSend) - priced) * rounds }
  }
  const found = fallback.deliveryMode === 'flex' ? flexPrice : realtimePrice
  return found === null ? null : { price: found.price, requests: Math.min(fallback.maxRows, toSend) }
}

/** The delivery modes that requests may go in without a price: those that are too few for a batch go in real time. */
export function unpricedModes(
  { minRequests = 1 }: Pick<ProviderLimits, 'minRequests'>,
  deliveryMode: DeliveryMode,
  prices: Readonly<Record<DeliveryMode, FoundPrice | null>>,
): readonly DeliveryMode[] {
  const needed: readonly DeliveryMode[] =
    deliveryMode === 'batch' && minRequests > 1 ? ['batch', 'realtime'] : [deliveryMode]
  return needed.filter((name) => prices[name] === null)
}

/** The warning about a model without a price whose name is nearly that of another. */
export function nearWarning(model: string, near: readonly string[]): readonly string[] {
  return near.length === 0 ? [] : [`there is no price for ${model}. Did you mean ${near.join(' or ')}?`]
}

/** The warning that an end before the last answer loses what was answered by then. */
export function forfeitWarning(
  { keepsPartials }: Pick<ProviderLimits, 'keepsPartials'>,
  deliveryMode: DeliveryMode,
  toSend: number,
): readonly string[] {
  if (keepsPartials !== false || deliveryMode !== 'batch' || toSend === 0) return []
  return [
    'a batch that expires or is cancelled gives nothing back here, and what had run may be billed: smaller files lose less (`batch: { maxRequests }` in the configuration)',
  ]
}

/** A sum of tokens as it was counted: where a model's own table is not at hand, it is as loose as the rule in its place. */
export function countedBy({ least, likely }: TokenRule, counted: Estimate): Estimate {
  if (least === likely) return counted
  const share = (likely - least) / likely
  return {
    ...counted,
    low: Math.floor(counted.low * (1 - share)),
    high: Math.ceil(counted.high * (1 + share)),
    errorPercent: Math.max(counted.errorPercent, 100 * share),
  }
}
