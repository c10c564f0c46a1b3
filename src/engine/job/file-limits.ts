import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { FileLimits } from '../../planning/requests/split.ts'
import type { Flow } from '../flow.ts'
import type { PreparedJob } from './prepare.ts'

/** Limits of a request file. Outside of batches files are small, so that answers are merged as they come. */
export async function fileLimits(
  { store, realtime }: Pick<Flow, 'store' | 'realtime'>,
  quotaKeys: readonly string[],
  { provider }: Pick<PreparedJob, 'provider'>,
  deliveryMode: DeliveryMode,
): Promise<FileLimits> {
  const { maxRequests, maxBytes } = provider.limits
  if (deliveryMode !== 'batch')
    return { maxRequests: Math.min(maxRequests, realtime.maxRequests), maxBytes, maxTokens: null }
  const quotas = await Promise.all(quotaKeys.map((key) => store.quota(key)))
  const known = quotas.flatMap((quota) => quota?.limitTokens ?? [])
  // Bounded by bytes, so that a file can be admitted whatever its true count is, and by any of its accounts.
  return { maxRequests, maxBytes, maxTokens: known.length === 0 ? null : Math.min(...known) }
}
