import type { BatchRules } from '../dialect.ts'
import type { JsonObject } from '../json.ts'
import { type BatchRecord, isTerminal } from '../records.ts'
import type { Counts } from '../scenarios/object-play.ts'
import type { State } from '../state.ts'
import type { Lifecycle } from './lifecycle.ts'

/** The batch object of a service, as the scenarios of the batch let it be written. */
export function showBatch(
  rules: BatchRules,
  batch: BatchRecord,
  at: {
    readonly state: State
    readonly lifecycle: Lifecycle
    readonly origin: string
    readonly skewMs: number
  },
): JsonObject {
  const { state, lifecycle, origin, skewMs } = at
  const polls = state.observed.polls(batch.id)
  const plain = rules.show(batch, {
    counts: countsOf(state, lifecycle, batch),
    polls,
    skewMs,
    origin,
    nowMs: state.clock.nowMs(),
  })
  return batch.scenarios.reduce(
    (shown, scenario) =>
      state.scenarios.ofBatch(scenario.name)?.object?.(shown, { batch, polls, scenario }) ?? shown,
    plain,
  )
}

/** Counts of a batch: what has run, unless a scenario counts otherwise. */
export function countsOf(state: State, lifecycle: Lifecycle, batch: BatchRecord): Counts {
  const { completed, failed } = batch.settlement ?? lifecycle.progress(batch.id)
  return batch.scenarios.reduce<Counts>(
    (counts, scenario) =>
      state.scenarios.ofBatch(scenario.name)?.counts?.(counts, { batch, scenario }) ?? counts,
    { total: batch.total, completed, failed },
  )
}

/** How many requests a batch that has ended has left undone. */
export function skippedRequests(batch: BatchRecord): number {
  const { settlement } = batch
  if (!isTerminal(batch.status)) return 0
  return batch.total - (settlement?.completed ?? 0) - (settlement?.failed ?? 0)
}
