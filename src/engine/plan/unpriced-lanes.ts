import type { Lane } from '../../domain/lane.ts'
import type { PlanOptions } from './plan.ts'

/** The lanes that requests may go in without a price: those that are too few for a batch go in real time. */
export function unpricedLanes({
  job,
  lane,
  price,
  flexPrice,
  realtimePrice,
}: Pick<PlanOptions, 'job' | 'lane' | 'price' | 'flexPrice' | 'realtimePrice'>): readonly Lane[] {
  const { minRequests = 1 } = job.provider.limits
  const needed: readonly Lane[] = lane === 'batch' && minRequests > 1 ? ['batch', 'realtime'] : [lane]
  const prices = { batch: price, flex: flexPrice, realtime: realtimePrice }
  return needed.filter((name) => prices[name] === null)
}
