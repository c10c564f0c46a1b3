import type { JsonObject } from '../../../core/json.ts'
import { type BatchRecord, type FileRecord, isTerminal } from '../../../core/records.ts'
import { batchScenario } from '../../../core/scenarios/known.ts'
import type { Polls } from '../../../core/scenarios/object-play.ts'

/** What has run so far of a batch that is not settled yet. */
export interface Progress {
  readonly completed: number
  readonly failed: number
}

/** What stands beside a record when it is shown. */
export interface Showing {
  readonly progress?: Progress
  readonly polls?: Polls
  /** How far the service's clock is off. */
  readonly skewMs?: number
}

const noProgress: Progress = { completed: 0, failed: 0 }
const noPolls: Polls = { live: 0, ended: 0 }

export function fileObject(file: FileRecord, nowMs: number, skewMs: number = 0): object {
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

/**
 * The batch object with every field of OpenAI's document; absent values are null, as recorded. The scenarios of the
 * batch write it in their own ways.
 */
export function batchObject(batch: BatchRecord, showing: Showing = {}): JsonObject {
  const { progress = noProgress, polls = noPolls, skewMs = 0 } = showing
  const time = (ms: number | undefined): number | null => (ms === undefined ? null : seconds(ms + skewMs))
  const settled = batch.settlement
  const ended = isTerminal(batch.status)
  const plain: JsonObject = {
    id: batch.id,
    object: 'batch',
    endpoint: batch.endpoint,
    model: batch.model,
    errors:
      batch.errors === null ? null : { object: 'list', data: batch.errors.map((error) => ({ ...error })) },
    input_file_id: batch.inputFileId,
    completion_window: batch.completionWindow,
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
    request_counts: counts(batch, settled ?? progress),
    usage: usage(batch),
    metadata: batch.metadata,
  }
  return batch.scenarios.reduce(
    (shown, scenario) => batchScenario(scenario.name)?.object?.(shown, { batch, polls, scenario }) ?? shown,
    plain,
  )
}

function counts(batch: BatchRecord, progress: Progress): JsonObject {
  return { total: batch.total, completed: progress.completed, failed: progress.failed }
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
