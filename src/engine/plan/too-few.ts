import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { ProviderLimits } from '../../domain/limits.ts'

interface Requests {
  readonly toSend: number
  /** Those of the last file. */
  readonly lastRequests: number
}

/** All requests, those of the last file alone, or none are fewer than a batch needs. */
export type TooFew = 'all' | 'some' | null

/** Whether there are fewer requests than a batch of this service needs, in all or in the last file alone. */
export function tooFewForBatch(
  { minRequests = 1 }: Pick<ProviderLimits, 'minRequests'>,
  deliveryMode: DeliveryMode,
  { toSend, lastRequests }: Requests,
): TooFew {
  if (deliveryMode !== 'batch' || toSend === 0 || lastRequests >= minRequests) return null
  return toSend < minRequests ? 'all' : 'some'
}

/** The warning about requests that are asked one by one because a batch needs more of them. */
export function tooFewWarning(
  { minRequests = 1 }: Pick<ProviderLimits, 'minRequests'>,
  few: TooFew,
  { toSend, lastRequests }: Requests,
): readonly string[] {
  if (few === null) return []
  const which = few === 'all' ? `these ${toSend}` : `the ${lastRequests} of the last file`
  return [
    `a batch needs at least ${minRequests} requests here: ${which} are asked one by one, without a discount`,
  ]
}
