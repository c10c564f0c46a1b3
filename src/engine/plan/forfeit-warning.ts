import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { ProviderLimits } from '../../domain/limits.ts'

/** Said where an end that comes too early takes what was answered by then with it. */
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
