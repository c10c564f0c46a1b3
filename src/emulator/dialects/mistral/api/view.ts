import type { Showing } from '../../../core/dialect.ts'
import type { JsonObject } from '../../../core/json.ts'
import {
  type BatchRecord,
  type BatchStatus,
  isTerminal,
  scenarioOf,
  textOption,
} from '../../../core/records.ts'
import { detailsOf } from '../details.ts'

export const statuses: Readonly<Record<BatchStatus, string>> = {
  validating: 'QUEUED',
  in_progress: 'RUNNING',
  finalizing: 'RUNNING',
  cancelling: 'CANCELLATION_REQUESTED',
  completed: 'SUCCESS',
  failed: 'FAILED',
  expired: 'TIMEOUT_EXCEEDED',
  cancelled: 'CANCELLED',
}

/** The job object with the fields that were recorded; errors and outputs are put in by whoever reads them. */
export function jobObject(batch: BatchRecord, { counts, skewMs }: Showing): JsonObject {
  const { endpoint, inputFiles, model } = detailsOf(batch)
  const seconds = (ms: number | undefined): number | null =>
    ms === undefined ? null : Math.floor((ms + skewMs) / 1000)
  const ended = isTerminal(batch.status)
  const files = ended && !keepsNothing(batch) ? batch.settlement : null
  const queued = batch.status === 'validating'
  const succeeded = counts.completed
  const failed = counts.failed
  return {
    id: batch.id,
    object: 'batch',
    input_files: inputFiles,
    metadata: batch.metadata,
    endpoint,
    model,
    agent_id: null,
    output_file: files?.outputFileId ?? null,
    error_file: files?.errorFileId ?? null,
    errors: [],
    outputs: null,
    status: statuses[batch.status],
    created_at: seconds(batch.createdAtMs),
    // Nothing is counted while a job waits.
    total_requests: queued ? 0 : counts.total,
    completed_requests: succeeded === null || failed === null ? null : succeeded + failed,
    succeeded_requests: succeeded,
    failed_requests: failed,
    started_at: seconds(batch.times.in_progress),
    completed_at: ended ? seconds(batch.times[batch.status]) : null,
  }
}

/** Whether a job that ran out of time leaves nothing: what it leaves is not documented, and a scenario decides. */
export function keepsNothing(batch: BatchRecord): boolean {
  const timeout = scenarioOf(batch, 'mistral-timeout')
  return batch.status === 'expired' && timeout !== undefined && textOption(timeout, 'keeps') === 'nothing'
}
