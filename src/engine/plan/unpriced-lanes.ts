import type { Lane } from '../../domain/lane.ts'
import type { ProviderLimits } from '../../domain/limits.ts'
import type { FoundPrice } from '../job/pricing.ts'

/** The lanes that requests may go in without a price: those that are too few for a batch go in real time. */
export function unpricedLanes(
  { minRequests = 1 }: Pick<ProviderLimits, 'minRequests'>,
  lane: Lane,
  prices: Readonly<Record<Lane, FoundPrice | null>>,
): readonly Lane[] {
  const needed: readonly Lane[] = lane === 'batch' && minRequests > 1 ? ['batch', 'realtime'] : [lane]
  return needed.filter((name) => prices[name] === null)
}
