import type { JsonObject } from '../../../core/json.ts'
import { type BatchRecord, numberOption, scenarioOf } from '../../../core/records.ts'
import type { Counts, Polls } from '../../../core/scenarios/object-play.ts'
import { ticksOf } from '../models.ts'
import { isPart, staysPending } from './parts.ts'

/** A part of a batch, and what it counts. */
export interface CountedPart {
  readonly part: BatchRecord
  readonly counts: Counts
}

/** The batch object (`@ai-sdk/xai`; xAI's protocol): five counters, and no word for its state. */
export function batchObject(
  batch: BatchRecord,
  parts: readonly CountedPart[],
  { polls, skewMs }: { readonly polls: Polls; readonly skewMs: number },
): JsonObject {
  const time = (ms: number | undefined): string | null => (ms === undefined ? null : dateOf(ms + skewMs))
  const { cancelledAtMs, name, inputFileId } = batch.details
  const cancelled =
    typeof cancelledAtMs === 'number' ? cancelledAtMs : (batch.times.cancelling ?? batch.times.failed)
  const picoUsd = parts.reduce((sum, { part }) => sum + (part.settlement?.costPicoUsd ?? 0), 0)
  return {
    batch_id: batch.id,
    name: name ?? '',
    create_time: time(batch.createdAtMs),
    expire_time: expireTime(batch, skewMs),
    create_api_key_id: batch.maker.key,
    cancel_time: time(cancelled),
    cancel_by_xai_message: batch.errors?.map(({ message }) => message).join(' ') ?? null,
    state: hidesCounts(batch, polls) ? noRequests : stateOf(parts),
    cost_breakdown: { total_cost_usd_ticks: ticksOf(picoUsd), endpoint_costs: [] },
    ...(inputFileId === undefined ? {} : { input_file_id: inputFileId }),
  }
}

/** The date of a time, to the day (xAI's REST reference; seen live). */
export function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

const dayMs = 86_400_000

/** A day as well, but for a time that a scenario has made so short that the day would be today. */
function expireTime({ createdAtMs, expiresAtMs }: BatchRecord, skewMs: number): string {
  return expiresAtMs - createdAtMs > dayMs
    ? dateOf(expiresAtMs + skewMs)
    : new Date(expiresAtMs + skewMs).toISOString()
}

const noRequests = { num_requests: 0, num_pending: 0, num_success: 0, num_error: 0, num_cancelled: 0 }

function hidesCounts(batch: BatchRecord, { live, ended }: Polls): boolean {
  const late = scenarioOf(batch, 'xai-zero-requests')
  return late !== undefined && live + ended <= numberOption(late, 'polls')
}

/** Until a file has been read nobody knows what is in it, and when it is no good there is nothing in it. */
function stateOf(parts: readonly CountedPart[]): typeof noRequests {
  const state = { ...noRequests }
  for (const { part, counts } of parts) {
    const { status } = part
    if ((status === 'validating' && !isPart(part)) || status === 'failed') continue
    const total = counts.total ?? 0
    const success = counts.completed ?? 0
    const errors = counts.failed ?? 0
    const left = total - success - errors
    // Cancelling is seen at once, and may be taken back where requests run on all the same.
    const cancelled =
      status === 'cancelling' || status === 'cancelled' || (status === 'expired' && !staysPending(part))
    // The last one is pending until the results can be read.
    const early = part.settlement === null && !cancelled && total > 0 && left <= 0 ? 1 : 0
    state.num_requests += total
    state.num_success += success - (success > 0 ? early : 0)
    state.num_error += errors - (success > 0 ? 0 : early)
    state.num_cancelled += cancelled ? left : 0
    state.num_pending += (cancelled ? 0 : left) + early
  }
  return state
}
