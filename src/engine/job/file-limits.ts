import type { Lane } from '../../domain/lane.ts'
import type { FileLimits } from '../../planning/requests/split.ts'
import type { Flow } from '../flow.ts'
import type { PreparedJob } from './prepare.ts'
import type { RunSpec } from '../spec.ts'

/** What a file of requests may hold. Outside of batches files are small, so that answers are merged as they come. */
export async function fileLimits(
  { store, realtime }: Pick<Flow, 'store' | 'realtime'>,
  { quotaKey }: Pick<RunSpec, 'quotaKey'>,
  { provider }: Pick<PreparedJob, 'provider'>,
  lane: Lane,
): Promise<FileLimits> {
  const { maxRequests, maxBytes } = provider.limits
  if (lane !== 'batch')
    return { maxRequests: Math.min(maxRequests, realtime.maxRequests), maxBytes, maxTokens: null }
  const quota = await store.quota(quotaKey)
  // Bounded by bytes, so that a file can be admitted whatever its true count is.
  return { maxRequests, maxBytes, maxTokens: quota?.limitTokens ?? null }
}
