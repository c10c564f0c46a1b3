import { skippedRequests } from '../../../core/batch/show-batch.ts'
import type { Showing } from '../../../core/dialect.ts'
import type { JsonObject } from '../../../core/json.ts'
import { type BatchRecord, type BatchStatus, isTerminal } from '../../../core/records.ts'
import type { Counts } from '../../../core/scenarios/object-play.ts'
import { archivedAtMs } from '../details.ts'
import { basePath } from '../paths.ts'

/** The service shows three states (Anthropic document, Message Batches). */
const processingStatuses: Readonly<Record<BatchStatus, 'in_progress' | 'canceling' | 'ended'>> = {
  validating: 'in_progress',
  in_progress: 'in_progress',
  finalizing: 'in_progress',
  cancelling: 'canceling',
  completed: 'ended',
  failed: 'ended',
  expired: 'ended',
  cancelled: 'ended',
}

/** The batch object with every field of the document; absent values are null. */
export function batchObject(batch: BatchRecord, { counts, nowMs, skewMs, origin }: Showing): JsonObject {
  const ended = isTerminal(batch.status)
  const archived = nowMs >= archivedAtMs(batch)
  const time = (ms: number | undefined): string | null =>
    ms === undefined ? null : new Date(ms + skewMs).toISOString()
  return {
    id: batch.id,
    type: 'message_batch',
    processing_status: processingStatuses[batch.status],
    request_counts: ended ? finalCounts(batch, counts) : liveCounts(counts),
    created_at: time(batch.createdAtMs),
    expires_at: time(batch.expiresAtMs),
    ended_at: ended ? time(batch.times[batch.status]) : null,
    cancel_initiated_at: time(batch.times.cancelling),
    archived_at: archived ? time(archivedAtMs(batch)) : null,
    results_url: ended && !archived ? `${origin}${basePath}/v1/messages/batches/${batch.id}/results` : null,
  }
}

/** Nothing is counted before the end, and the sum is that of all requests from the beginning. */
function liveCounts({ total }: Counts): JsonObject {
  return { processing: total ?? 0, succeeded: 0, errored: 0, canceled: 0, expired: 0 }
}

function finalCounts(batch: BatchRecord, { completed, failed }: Counts): JsonObject {
  const skipped = skippedRequests(batch)
  const cancelled = batch.status === 'cancelled'
  return {
    processing: 0,
    succeeded: completed ?? 0,
    errored: failed ?? 0,
    canceled: cancelled ? skipped : 0,
    expired: cancelled ? 0 : skipped,
  }
}
