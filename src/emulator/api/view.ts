import { type BatchRecord, type BatchStatus, type FileRecord, isTerminal, scenarioOf } from '../records.ts'

/** What has run so far of a batch that is not settled yet. */
export interface Progress {
  readonly completed: number
  readonly failed: number
}

const NO_PROGRESS: Progress = { completed: 0, failed: 0 }

export function fileObject(file: FileRecord, nowMs: number): object {
  return {
    object: 'file',
    id: file.id,
    purpose: file.purpose,
    filename: file.filename,
    bytes: file.bytes,
    created_at: seconds(file.createdAtMs),
    expires_at: seconds(file.expiresAtMs),
    status: nowMs < file.processedAtMs ? 'pending' : 'processed',
    status_details: null,
  }
}

/** The batch object with every field of OpenAI's document; absent values are null, as recorded. */
export function batchObject(batch: BatchRecord, progress: Progress = NO_PROGRESS): object {
  const time = timeWriter(batch)
  const settled = batch.settlement
  const ended = isTerminal(batch.status)
  return {
    id: batch.id,
    object: 'batch',
    endpoint: batch.endpoint,
    model: batch.model,
    errors: batch.errors === null ? null : { object: 'list', data: batch.errors },
    input_file_id: batch.inputFileId,
    completion_window: batch.completionWindow,
    status: statusText(batch),
    output_file_id: fileId(batch, ended ? (settled?.outputFileId ?? null) : null),
    error_file_id: fileId(batch, ended ? (settled?.errorFileId ?? null) : null),
    created_at: time(batch.createdAtMs),
    in_progress_at: time(batch.times.in_progress),
    expires_at: time(batch.expiresAtMs),
    finalizing_at: time(batch.times.finalizing),
    completed_at: time(batch.times.completed),
    failed_at: time(batch.times.failed),
    expired_at: time(batch.times.expired),
    cancelling_at: time(batch.times.cancelling),
    cancelled_at: time(batch.times.cancelled),
    request_counts: counts(batch, settled ?? progress),
    ...(scenarioOf(batch, 'usage-missing') ? {} : { usage: usage(batch) }),
    metadata: batch.metadata,
  }
}

function counts(batch: BatchRecord, progress: Progress): object {
  if (scenarioOf(batch, 'null-counts')) return { total: null, completed: null, failed: null }
  return { total: batch.total, completed: progress.completed, failed: progress.failed }
}

/** Zeros until the end. */
function usage(batch: BatchRecord): object {
  const { inputTokens, outputTokens } = isTerminal(batch.status)
    ? (batch.settlement?.usage ?? { inputTokens: 0, outputTokens: 0 })
    : { inputTokens: 0, outputTokens: 0 }
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: inputTokens + outputTokens,
  }
}

function fileId(batch: BatchRecord, id: string | null): string | null {
  return id === null && scenarioOf(batch, 'empty-string-file-id') ? '' : id
}

/** Some Azure API versions answer `Validating`, `InProgress` in samples (Azure REST reference). */
const CAPITAL: Readonly<Record<BatchStatus, string>> = {
  validating: 'Validating',
  failed: 'Failed',
  in_progress: 'In_Progress',
  finalizing: 'Finalizing',
  completed: 'Completed',
  expired: 'Expired',
  cancelling: 'Cancelling',
  cancelled: 'Cancelled',
}

function statusText(batch: BatchRecord): string {
  return scenarioOf(batch, 'capital-status') ? CAPITAL[batch.status] : batch.status
}

/** Unix seconds, or ISO-8601 text with seven decimals as some Azure API versions answer. */
function timeWriter(batch: BatchRecord): (ms: number | undefined) => number | string | null {
  const iso = scenarioOf(batch, 'iso-times') !== undefined
  return (ms) => {
    if (ms === undefined) return null
    return iso ? new Date(Math.floor(ms)).toISOString().replace('Z', '0000+00:00') : seconds(ms)
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
