import type { JsonObject } from '../../../core/json.ts'
import { type BatchRecord, numberOption, scenarioOf } from '../../../core/records.ts'
import type { Counts, Polls } from '../../../core/scenarios/object-play.ts'
import { ticksOf } from '../models.ts'
import { cancelledRequests, isPart } from './parts.ts'

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
  const time = (ms: number | undefined): string | null =>
    ms === undefined ? null : new Date(ms + skewMs).toISOString()
  const { cancelledAtMs, name, inputFileId } = batch.details
  const cancelled = typeof cancelledAtMs === 'number' ? cancelledAtMs : batch.times.cancelling
  const picoUsd = parts.reduce((sum, { part }) => sum + (part.settlement?.costPicoUsd ?? 0), 0)
  return {
    batch_id: batch.id,
    name: name ?? '',
    create_time: time(batch.createdAtMs),
    expire_time: time(batch.expiresAtMs),
    create_api_key_id: batch.maker.key,
    cancel_time: time(cancelled),
    // What becomes of a file that is no good was not to be found: a guess.
    cancel_by_xai_message: batch.errors?.map(({ message }) => message).join(' ') ?? null,
    state: hidesCounts(batch, polls) ? noRequests : stateOf(parts),
    cost_breakdown: { total_cost_usd_ticks: ticksOf(picoUsd), endpoint_costs: [] },
    input_file_id: inputFileId ?? null,
  }
}

const noRequests = { num_requests: 0, num_pending: 0, num_success: 0, num_error: 0, num_cancelled: 0 }

function hidesCounts(batch: BatchRecord, { live, ended }: Polls): boolean {
  const late = scenarioOf(batch, 'xai-zero-requests')
  return late !== undefined && live + ended <= numberOption(late, 'polls')
}

/** Until a file has been read nobody knows what is in it: a fresh batch has no requests. */
function stateOf(parts: readonly CountedPart[]): typeof noRequests {
  const state = { ...noRequests }
  for (const { part, counts } of parts) {
    if (part.status === 'validating' && !isPart(part)) continue
    const total = counts.total ?? 0
    const success = counts.completed ?? 0
    const cancelled = cancelledRequests(part)
    // The last one is pending until the results can be read.
    const early = part.settlement === null && total > 0 && success + (counts.failed ?? 0) >= total ? 1 : 0
    const errors = Math.max(0, (counts.failed ?? 0) - (success > 0 ? 0 : early))
    const shown = success > 0 ? success - early : success
    state.num_requests += total
    state.num_success += shown
    state.num_error += errors
    state.num_cancelled += cancelled
    state.num_pending += total - shown - errors - cancelled
  }
  return state
}
