import type { Showing } from '../../../core/dialect.ts'
import type { JsonObject } from '../../../core/json.ts'
import { type BatchRecord, type FileRecord, isTerminal } from '../../../core/records.ts'
import { detailsOf } from '../details.ts'

export function fileObject(file: FileRecord, nowMs: number, skewMs: number): JsonObject {
  return {
    object: 'file',
    id: file.id,
    purpose: file.purpose,
    filename: file.filename,
    bytes: file.bytes,
    created_at: seconds(file.createdAtMs + skewMs),
    expires_at: seconds(file.expiresAtMs + skewMs),
    status: nowMs < file.processedAtMs ? 'pending' : 'processed',
    status_details: null,
  }
}

/** The batch object with every field of OpenAI's document; absent values are null, as recorded. */
export function batchObject(batch: BatchRecord, { counts, skewMs }: Showing): JsonObject {
  const details = detailsOf(batch)
  const time = (ms: number | undefined): number | null => (ms === undefined ? null : seconds(ms + skewMs))
  const settled = batch.settlement
  const ended = isTerminal(batch.status)
  return {
    id: batch.id,
    object: 'batch',
    endpoint: details.endpoint,
    model: batch.model,
    errors:
      batch.errors === null ? null : { object: 'list', data: batch.errors.map((error) => ({ ...error })) },
    input_file_id: details.inputFileId,
    completion_window: details.completionWindow,
    status: batch.status,
    output_file_id: ended ? (settled?.outputFileId ?? null) : null,
    error_file_id: ended ? (settled?.errorFileId ?? null) : null,
    created_at: time(batch.createdAtMs),
    in_progress_at: time(batch.times.in_progress),
    expires_at: time(batch.expiresAtMs),
    finalizing_at: time(batch.times.finalizing),
    completed_at: time(batch.times.completed),
    failed_at: time(batch.times.failed),
    expired_at: time(batch.times.expired),
    cancelling_at: time(batch.times.cancelling),
    cancelled_at: time(batch.times.cancelled),
    request_counts: { ...counts },
    usage: usage(batch),
    metadata: batch.metadata,
  }
}

/** Zeros until the end. */
function usage(batch: BatchRecord): JsonObject {
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

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
