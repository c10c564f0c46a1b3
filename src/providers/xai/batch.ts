import type { RemoteState } from '../../domain/attempt.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import { plainText } from '../replies/classify.ts'
import { asCount, asFields, asText, type Fields } from '../replies/fields.ts'
import { readTimeMs } from '../replies/read-time.ts'
import { markOf } from './mark.ts'

const dayMs = 86_400_000

/**
 * A batch (`@ai-sdk/xai`; xAI's protocol): five counters and no word for its state. It is done when there are requests and
 * none is pending; that it has expired is told by the clock alone. `now` is in the service's clock. Null when it is none.
 */
export function readBatch(json: unknown, now: number): RemoteBatch | null {
  const batch = asFields(json)
  const id = asText(batch?.['batch_id'])
  const counters = asFields(batch?.['state'])
  if (batch === null || id === null || id === '' || counters === null) return null
  const at = (name: string): number => asCount(counters[name]) ?? 0
  const expiresAtMs = endOf(batch['expire_time'])
  const isPast = expiresAtMs !== null && expiresAtMs <= now
  const state = stateOf(batch, at, isPast)
  const message = asText(batch['cancel_by_xai_message']) ?? ''
  const total = at('num_requests')
  return {
    id,
    state,
    staged: asText(batch['input_file_id']) || null,
    outputPart: ended.includes(state) && total > 0 ? partOf(id, state) : null,
    errorPart: null,
    // Days are told, and the day is no time at which it was made.
    createdAtMs: isDay(batch['create_time']) ? null : readTimeMs(batch['create_time']),
    expiresAtMs,
    counts: total === 0 ? null : { total, completed: at('num_success'), failed: at('num_error') },
    usage: null,
    metadata: markOf(asText(batch['name']) ?? ''),
    errors: message === '' ? [] : [{ code: 'cancelled_by_xai', message: plainText(message), line: null }],
  }
}

const ended: readonly RemoteState[] = ['completed', 'cancelled', 'expired', 'failed']

function stateOf(batch: Fields, at: (name: string) => number, isPast: boolean): RemoteState {
  const isByXai = (asText(batch['cancel_by_xai_message']) ?? '') !== ''
  const isCancelled = batch['cancel_time'] != null || isByXai
  // A fresh batch has no requests, and so none that is pending.
  if (at('num_requests') === 0) {
    if (isByXai) return 'failed'
    if (isCancelled) return 'cancelled'
    return isPast ? 'expired' : 'validating'
  }
  if (at('num_pending') > 0) {
    if (isPast) return 'expired'
    return isCancelled ? 'cancelling' : 'in_progress'
  }
  if (at('num_cancelled') === 0) return 'completed'
  return isPast && !isCancelled ? 'expired' : 'cancelled'
}

/** Whether a page of the list, from new to old, has come to batches that were made before a time of the service. */
export function areOlder(batches: readonly unknown[], since: number): boolean {
  const days = batches.map((batch) => endOf(asFields(batch)?.['create_time']))
  const [newest, oldest] = [days[0] ?? null, days.at(-1) ?? null]
  return newest !== null && oldest !== null && newest >= oldest && oldest < since
}

function isDay(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
}

/** A day that is told as the end is not over before the next begins. */
function endOf(value: unknown): number | null {
  const time = readTimeMs(value)
  return time !== null && isDay(value) ? time + dayMs : time
}

const results = 'results/'
const expiredResults = 'results-of-expired/'

function partOf(id: string, state: RemoteState): string {
  return `${state === 'expired' ? expiredResults : results}${id}`
}

/** The batch whose results a part is, and whether it has expired; null: it is a file. */
export function resultsOf(part: string): { readonly batchId: string; readonly isExpired: boolean } | null {
  for (const start of [results, expiredResults])
    if (part.startsWith(start)) return { batchId: part.slice(start.length), isExpired: start !== results }
  return null
}
