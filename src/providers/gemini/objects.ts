import type { RemoteState } from '../../domain/attempt.ts'
import type { RemoteBatch, StagedFile } from '../../ports/provider/batch-service.ts'
import { plainText } from '../replies/classify.ts'
import { asFields, asObjects, asText, type Fields } from '../replies/fields.ts'
import type { TokenPage } from '../replies/listing.ts'
import { readTimeMs } from '../replies/read-time.ts'
import { metadataOf } from './batch-name.ts'
import { errorOf, type GeminiError, isClosedModel } from './error.ts'
import { isInline } from './inline-answers.ts'

/** By what stands behind `BATCH_STATE_` or `JOB_STATE_` (Gemini document, Batch API; @google/genai 3.3). */
const states: ReadonlyMap<string, RemoteState> = new Map([
  ['QUEUED', 'validating'],
  ['PENDING', 'validating'],
  ['RUNNING', 'in_progress'],
  ['CANCELLING', 'cancelling'],
  ['SUCCEEDED', 'completed'],
  ['PARTIALLY_SUCCEEDED', 'completed'],
  ['FAILED', 'failed'],
  ['CANCELLED', 'cancelled'],
  ['EXPIRED', 'expired'],
])

/** A batch that has not ended by then expires (Gemini document, Batch API). */
const windowMs = 48 * 3_600_000

/**
 * A batch, which is an operation with what is known of it as its metadata (Gemini API reference, Batch API). One that holds
 * an error has failed whatever its state says, unless that is why it ended early; null when it is none.
 */
export function readBatch(json: unknown): RemoteBatch | null {
  const operation = asFields(json)
  const found = asFields(operation?.['metadata'])
  const id = asText(operation?.['name']) ?? asText(found?.['name'])
  if (operation === null || id === null || !isBatch(id)) return null
  const batch = found ?? {}
  const error = operation['error'] == null ? null : errorOf(operation['error'])
  const state = stateOf(operation, batch, error)
  const createdAtMs = readTimeMs(batch['createTime'])
  return {
    id,
    state,
    staged: asText(asFields(batch['inputConfig'])?.['fileName']),
    outputPart: outputPartOf(id, batch['output']) ?? outputPartOf(id, operation['response']),
    errorPart: null,
    createdAtMs,
    expiresAtMs: createdAtMs === null ? null : createdAtMs + windowMs,
    counts: countsOf(asFields(batch['batchStats'])),
    usage: null,
    metadata: metadataOf(asText(batch['displayName']) ?? ''),
    errors: error === null || state === 'cancelled' ? [] : [batchError(error)],
  }
}

function stateOf(operation: Fields, batch: Fields, error: GeminiError | null): RemoteState {
  const word = (asText(batch['state']) ?? '').replace(/^(?:BATCH|JOB)_STATE_/, '')
  const state = states.get(word)
  if (error !== null) {
    if (error.code === 'CANCELLED') return 'cancelled'
    return state === 'expired' || state === 'cancelled' ? state : 'failed'
  }
  if (state !== undefined) return state
  return operation['done'] === true && asFields(operation['response']) !== null ? 'completed' : 'in_progress'
}

/** The file of the answers, or the batch itself where they are in it. */
function outputPartOf(id: string, output: unknown): string | null {
  return asText(asFields(output)?.['responsesFile']) || (isInline(output) ? id : null)
}

/** Whether a handle names a batch, which holds its answers itself. */
export function isBatch(handle: string): boolean {
  return handle.startsWith('batches/')
}

/** Counts are texts, and those of nothing are left out. */
function countsOf(stats: Fields | null): RemoteBatch['counts'] {
  if (stats === null) return null
  const at = (name: string): number => {
    const count = Number(stats[name] ?? 0)
    return Number.isSafeInteger(count) && count >= 0 ? count : 0
  }
  const [completed, failed] = [at('successfulRequestCount'), at('failedRequestCount')]
  return { total: Math.max(at('requestCount'), completed + failed), completed, failed }
}

function batchError(error: GeminiError): RemoteBatch['errors'][number] {
  const { code, message } = error
  const about =
    code === 'RESOURCE_EXHAUSTED'
      ? ('quota' as const)
      : code === 'PERMISSION_DENIED' || isClosedModel(error)
        ? ('account' as const)
        : null
  return { code, message: plainText(message), line: null, ...(about !== null && { about }) }
}

/** A file, by itself or as the answer to its upload (Gemini API reference, Files); null when it is none. */
export function readFile(json: unknown): StagedFile | null {
  const outer = asFields(json)
  const file = asFields(outer?.['file']) ?? outer
  const id = asText(file?.['name'])
  if (file === null || id === null || !id.startsWith('files/')) return null
  const bytes = Number(file['sizeBytes'] ?? NaN)
  const state = asText(file['state'])
  return {
    id,
    filename: asText(file['displayName']) ?? '',
    bytes: Number.isSafeInteger(bytes) ? bytes : null,
    status: state === 'FAILED' ? 'error' : state === 'PROCESSING' ? 'pending' : 'ready',
    createdAtMs: readTimeMs(file['createTime']),
  }
}

/** A page of a list by its name; what is nothing is left out of it, so that an empty object is an empty page. */
export function readPageOf(name: 'operations' | 'files'): (json: unknown) => TokenPage | null {
  return (json) => {
    const page = asFields(json)
    if (page === null) return null
    return { items: asObjects(page[name]) ?? [], next: asText(page['nextPageToken']) || null }
  }
}
