import { skippedRequests } from '../../../core/batch/show-batch.ts'
import type { Showing } from '../../../core/dialect.ts'
import { type JsonObject, isObject } from '../../../core/json.ts'
import { type BatchRecord, type BatchStatus, isTerminal } from '../../../core/records.ts'
import type { Counts } from '../../../core/scenarios/object-play.ts'
import { detailsOf } from '../details.ts'
import { type RpcStatus, rpcStatus } from '../errors.ts'
import { timestamp } from './call.ts'

/** The wire has no state for a batch that is being cancelled. */
const states: Readonly<Record<BatchStatus, string>> = {
  validating: 'BATCH_STATE_PENDING',
  in_progress: 'BATCH_STATE_RUNNING',
  finalizing: 'BATCH_STATE_RUNNING',
  cancelling: 'BATCH_STATE_RUNNING',
  completed: 'BATCH_STATE_SUCCEEDED',
  failed: 'BATCH_STATE_FAILED',
  expired: 'BATCH_STATE_EXPIRED',
  cancelled: 'BATCH_STATE_CANCELLED',
}

const messageTypes = { generate: 'GenerateContentBatch', embed: 'EmbedContentBatch' } as const

function typeName(name: string): string {
  return `type.googleapis.com/google.ai.generativelanguage.v1main.${name}`
}

/**
 * The operation as it was recorded in August 2026: what is nothing is left out, counts are texts, and the output stands
 * in the metadata and in the response. Answers of inline requests are put in by whoever reads them (`withAnswers`).
 */
export function operationObject(batch: BatchRecord, { counts, skewMs }: Showing): JsonObject {
  const { task, input, displayName } = detailsOf(batch)
  const { status } = batch
  const time = (ms: number): string => timestamp(ms + skewMs)
  const ended = isTerminal(status)
  const changedMs = Math.max(batch.createdAtMs, ...Object.values(batch.times))
  const output = status === 'completed' ? outputOf(batch, input) : null
  const error = errorOf(batch)
  return {
    name: `batches/${batch.id}`,
    metadata: {
      '@type': typeName(messageTypes[task]),
      model: `models/${batch.model ?? ''}`,
      ...(displayName === '' ? {} : { displayName }),
      ...(output === null ? {} : { output }),
      createTime: time(batch.createdAtMs),
      ...(ended ? { endTime: time(changedMs) } : {}),
      updateTime: time(changedMs),
      batchStats: statsOf(batch, counts),
      state: states[status],
      name: `batches/${batch.id}`,
    },
    ...(ended ? { done: true } : {}),
    ...(error === null ? {} : { error: { ...error } }),
    ...(output === null ? {} : { response: { '@type': typeName(`${messageTypes[task]}Output`), ...output } }),
  }
}

function outputOf({ settlement }: BatchRecord, input: 'inline' | 'file'): JsonObject {
  return input === 'inline'
    ? { inlinedResponses: {} }
    : { responsesFile: `files/${settlement?.outputFileId ?? ''}` }
}

/** A batch that was cancelled is an operation with an error (google.longrunning), as one that failed. */
function errorOf({ status, errors }: BatchRecord): RpcStatus | null {
  if (status === 'cancelled') return rpcStatus('CANCELLED', 'The operation was cancelled.')
  return status === 'failed'
    ? rpcStatus('INVALID_ARGUMENT', errors?.[0]?.message ?? 'The batch failed.')
    : null
}

function statsOf(batch: BatchRecord, { total, completed, failed }: Counts): JsonObject {
  const left = isTerminal(batch.status)
    ? skippedRequests(batch)
    : (total ?? 0) - (completed ?? 0) - (failed ?? 0)
  const stats: readonly (readonly [string, number])[] = [
    ['requestCount', total ?? 0],
    ['successfulRequestCount', completed ?? 0],
    ['failedRequestCount', failed ?? 0],
    ['pendingRequestCount', left],
  ]
  return Object.fromEntries(
    stats.filter(([, count]) => count > 0).map(([name, count]) => [name, String(count)]),
  )
}

/** Whether an operation has a place for answers. */
export function isInline({ response }: JsonObject): boolean {
  return isObject(response) && 'inlinedResponses' in response
}

/** An operation with the answers of its requests, wherever it has a place for them. */
export function withAnswers(operation: JsonObject, answers: readonly JsonObject[]): JsonObject {
  return Object.fromEntries(
    Object.entries(operation).map(([key, value]) => {
      if (key === 'inlinedResponses') return [key, { inlinedResponses: answers }]
      const holds = key === 'metadata' || key === 'output' || key === 'response'
      return [key, holds && isObject(value) ? withAnswers(value, answers) : value]
    }),
  )
}
