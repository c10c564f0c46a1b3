import type { RemoteState } from '../../domain/attempt.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import { plainText } from '../replies/classify.ts'
import { asCount, asFields, asObjects, asText, type Fields } from '../replies/fields.ts'
import type { TokenPage } from '../replies/listing.ts'
import { readTimeMs } from '../replies/read-time.ts'

/** @mistralai/mistralai 2.7, BatchJobStatus. */
const states: ReadonlyMap<string, RemoteState> = new Map([
  ['QUEUED', 'validating'],
  ['RUNNING', 'in_progress'],
  ['SUCCESS', 'completed'],
  ['FAILED', 'failed'],
  ['TIMEOUT_EXCEEDED', 'expired'],
  ['CANCELLATION_REQUESTED', 'cancelling'],
  ['CANCELLED', 'cancelled'],
])

/** A job that has not ended by then runs out of its time; as its creation asks for it. */
export const timeoutHours = 24
const hourMs = 3_600_000

/** A job (Mistral API reference, Batch); null when it is none. */
export function readJob(json: unknown): RemoteBatch | null {
  const job = asFields(json)
  const id = asText(job?.['id'])
  if (job === null || id === null || id === '') return null
  const createdAtMs = readTimeMs(job['created_at'])
  const inputs: unknown = job['input_files']
  return {
    id,
    state: states.get(asText(job['status']) ?? '') ?? 'in_progress',
    staged: Array.isArray(inputs) ? asText(inputs[0]) : null,
    outputPart: asText(job['output_file']) || null,
    errorPart: asText(job['error_file']) || null,
    createdAtMs,
    expiresAtMs: createdAtMs === null ? null : createdAtMs + timeoutHours * hourMs,
    counts: countsOf(job),
    usage: null,
    metadata: textsOf(asFields(job['metadata'])),
    errors: (asObjects(job['errors']) ?? []).flatMap(groupedError),
  }
}

function countsOf(job: Fields): RemoteBatch['counts'] {
  const [total, completed, failed] = ['total_requests', 'succeeded_requests', 'failed_requests'].map((name) =>
    asCount(job[name]),
  )
  if (total == null && completed == null && failed == null) return null
  return { total: total ?? 0, completed: completed ?? 0, failed: failed ?? 0 }
}

function textsOf(metadata: Fields | null): RemoteBatch['metadata'] {
  return Object.fromEntries(
    Object.entries(metadata ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  )
}

/** Errors come grouped, each text once with how often; which lines had it stands in the file of errors. */
function groupedError({ message, count }: Fields): RemoteBatch['errors'] {
  const words = asText(message)
  if (words === null) return []
  const times = asCount(count) ?? 1
  return [{ code: '', message: plainText(times > 1 ? `${words} (${times} times)` : words), line: null }]
}

/** Pages of a list, counted from 0 as they are read; one that is not full is the last. */
export function numberedPages(pageSize: number): (json: unknown) => TokenPage | null {
  let page = 0
  return (json) => {
    const items = asObjects(asFields(json)?.['data'])
    if (items === null) return null
    page += 1
    return { items, next: items.length < pageSize ? null : String(page) }
  }
}
