import { parseCounts } from '../../domain/outcome.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { runTotalsOf } from './run-totals.ts'

export interface TimelinePoint {
  readonly at: number
  readonly spentMicroUsd: number
  readonly reservedMicroUsd: number
  readonly merged: number
}

/** Money and merged records over the time of a run, from the ledger. */
export interface Timeline {
  readonly schema: 'offpeak.timeline/2'
  readonly run: string
  readonly points: readonly TimelinePoint[]
}

/** As many points as a drawing has room for. */
const mostPoints = 500

/**
 * Money and merged records of a run over time, from its ledger; a batch's merged records count from when it was
 * settled.
 */
export async function timelineOf(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  run: RunRow,
): Promise<Timeline> {
  const [entries, attempts, batches] = await Promise.all([
    store.ledger({ runId: run.id }),
    store.holdings([run.id]),
    store.batchCounters([run.id]),
  ])
  const batchOf = new Map(attempts.map(({ id, batchN }) => [id, batchN]))
  const mergedOf = new Map(batches.map(({ n, counts }) => [n, parseCounts(counts).merged ?? 0]))
  const reserved = new Map<number, number>()
  let now: TimelinePoint = { at: run.createdAt, spentMicroUsd: 0, reservedMicroUsd: 0, merged: 0 }
  const points = [now]
  for (const { kind, attemptId, amountMicroUsd, at } of entries) {
    if (kind === 'duplicate') continue
    const held = reserved.get(attemptId) ?? 0
    if (kind === 'reserve') {
      reserved.set(attemptId, amountMicroUsd)
      now = { ...now, at, reservedMicroUsd: now.reservedMicroUsd + amountMicroUsd }
    } else {
      const merged = kind === 'settle' ? (mergedOf.get(batchOf.get(attemptId) ?? -1) ?? 0) : 0
      now = {
        at,
        spentMicroUsd: now.spentMicroUsd + amountMicroUsd,
        reservedMicroUsd: now.reservedMicroUsd - held,
        merged: now.merged + merged,
      }
    }
    points.push(now)
  }
  const merged = runTotalsOf(run, batches).counts.merged ?? 0
  points.push({ ...now, at: Math.max(now.at, run.finishedAt ?? clock.now()), merged })
  return { schema: 'offpeak.timeline/2', run: run.id, points: thinned(points) }
}

/** Every n-th point, and the last one. */
function thinned(points: readonly TimelinePoint[]): readonly TimelinePoint[] {
  const step = Math.ceil(points.length / mostPoints)
  return points.filter((_point, index) => index % step === 0 || index === points.length - 1)
}
