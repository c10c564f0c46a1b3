import type { Showing } from '../../../core/dialect.ts'
import type { JsonObject } from '../../../core/json.ts'
import {
  type BatchRecord,
  type BatchStatus,
  type FileRecord,
  isTerminal,
  scenarioOf,
} from '../../../core/records.ts'
import { detailsOf } from '../details.ts'
import { togetherModels } from './models.ts'
import { type Service, oneDay } from './service.ts'

/** Together document, Batch inference: 100 MB and 50,000 requests. */
const maxFileBytes = 100 * 1024 * 1024
const maxLines = 50_000

/** Together: another purpose, states in capitals, `{job, warning}`, a bare list, no counts but a progress. */
export const together: Service = {
  ...oneDay,
  purpose: 'batch-api',
  maxFileBytes,
  maxLines,
  endpoints: ['/v1/chat/completions'],
  usualWindow: '24h',
  linesNameEndpoint: false,
  models: togetherModels,
  fileObject,
  batchObject: job,
  created: (batch) => ({ job: batch, warning: '' }),
  list: (of, data) => (of === 'batches' ? data : { data }),
  deleted: (id) => ({ id, deleted: true }),
  answer: (body) => {
    const { service_tier: _tier, system_fingerprint: _fingerprint, ...rest } = body
    return { ...rest, prompt: [] }
  },
}

function fileObject(file: FileRecord, nowMs: number, skewMs: number): object {
  return {
    id: file.id,
    object: 'file',
    bytes: file.bytes,
    created_at: Math.floor((file.createdAtMs + skewMs) / 1000),
    filename: file.filename,
    FileType: 'jsonl',
    Processed: nowMs >= file.processedAtMs,
    purpose: file.purpose === 'batch_output' ? 'batch-api' : file.purpose,
  }
}

/** together-ai 0.52, BatchJob. What it shows while it ends, or is being cancelled, is a guess: that it still runs. */
const statuses: Readonly<Record<BatchStatus, string>> = {
  validating: 'VALIDATING',
  in_progress: 'IN_PROGRESS',
  finalizing: 'IN_PROGRESS',
  cancelling: 'IN_PROGRESS',
  completed: 'COMPLETED',
  failed: 'FAILED',
  expired: 'EXPIRED',
  cancelled: 'CANCELLED',
}

/** A job; what is absent is left out. */
function job(batch: BatchRecord, { counts, skewMs }: Showing): JsonObject {
  const details = detailsOf(batch)
  const ended = isTerminal(batch.status)
  const time = (ms: number): string => new Date(ms + skewMs).toISOString()
  const { outputFileId, errorFileId } = batch.settlement ?? { outputFileId: null, errorFileId: null }
  const ran = (counts.completed ?? 0) + (counts.failed ?? 0)
  const told = scenarioOf(batch, 'together-no-counts') === undefined
  const progress =
    batch.status === 'completed' ? 100 : Math.floor((100 * ran) / Math.max(1, counts.total ?? 0))
  const error = batch.errors?.map(({ message, line }) =>
    line === null ? message : `Line ${line}: ${message}`,
  )
  const completedMs = batch.times.completed
  return {
    id: batch.id,
    user_id: 'offpeak-emulator',
    input_file_id: details.inputFileId,
    ...(told ? { file_size_bytes: details.inputBytes, progress } : {}),
    status: statuses[batch.status],
    job_deadline: time(batch.expiresAtMs),
    created_at: time(batch.createdAtMs),
    endpoint: details.endpoint,
    ...(batch.model === null ? {} : { model_id: batch.model }),
    ...(ended && outputFileId !== null ? { output_file_id: outputFileId } : {}),
    ...(ended && errorFileId !== null ? { error_file_id: errorFileId } : {}),
    ...(completedMs === undefined ? {} : { completed_at: time(completedMs) }),
    ...(error === undefined ? {} : { error: error.join(' ') }),
  }
}
