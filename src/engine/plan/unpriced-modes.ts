import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { ProviderLimits } from '../../domain/limits.ts'
import type { FoundPrice } from '../job/pricing.ts'

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

/** Said of a model without a price whose name is nearly that of another. */
export function nearWarning(model: string, near: readonly string[]): readonly string[] {
  return near.length === 0 ? [] : [`there is no price for ${model}. Did you mean ${near.join(' or ')}?`]
}
