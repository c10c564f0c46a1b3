import { costPicoUsd } from '../../domain/money.ts'
import type { Usage } from '../../domain/request.ts'
import type { RunSpec } from '../spec.ts'

type Prices = Pick<RunSpec, 'price'> & Partial<Pick<RunSpec, 'realtimePrice'>>

/**
 * Pico-dollars that an answer is billed at by its usage; 0 where no usage or no price is known. What its service says
 * that it charges goes before what a list of prices makes of the tokens. Of one that was served in another tier than
 * was asked for, the price of real time, which has no discount.
 */
export function billedPicoUsd({ price, realtimePrice = null }: Prices, usage: Usage | null): number {
  if (usage === null) return 0
  if (usage.costPicoUsd !== undefined) return usage.costPicoUsd
  const billed = usage.isOtherTier === true ? (realtimePrice ?? price) : price
  return billed === null ? 0 : costPicoUsd(billed, usage)
}

/** What is rounded to a tick of a service is not a millionth of a dollar off. */
const nearly = 0.999

/**
 * Whether an answer was served in another tier than was asked for: its service says so, or that it charges what real time
 * costs where a batch has a discount.
 */
export function isOtherTier({ price, realtimePrice = null }: Prices, usage: Usage): boolean {
  if (usage.isOtherTier === true) return true
  if (usage.costPicoUsd === undefined || price === null || realtimePrice === null) return false
  const full = costPicoUsd(realtimePrice, usage)
  return full > costPicoUsd(price, usage) && usage.costPicoUsd >= full * nearly
}
