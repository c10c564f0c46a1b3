import { type BatchRecord, numberOption, scenarioOf } from '../records.ts'
import type { BatchRules } from '../dialect.ts'
import type { Pace } from '../options.ts'

/** When each line of a batch is due, in emulator time; decides what has run when a batch ends early. */
export interface Timetable {
  readonly total: number
  /** Due time of the line with this 0-based index; `Infinity` for lines that never run. */
  dueMs(index: number): number
}

/** A window leaves this share of itself for the lines that do run in it. */
const windowShare = 0.5

/** Times at which the lines of a batch run, by the pace of its service. */
export function timetableOf(batch: BatchRecord, pace: Pace): Timetable {
  const startMs = plannedStartMs(batch, pace)
  const { total } = batch
  const naturalMs =
    1000 * Math.min(pace.maxInProgressSeconds, pace.startSeconds + total / pace.linesPerSecond)
  const even = (runs: number, durationMs: number, delayMs: number): Timetable => ({
    total,
    dueMs: (index) =>
      index < runs ? startMs + delayMs + (durationMs * (index + 1)) / Math.max(1, runs) : Infinity,
  })

  if (scenarioOf(batch, 'expire-all')) return even(0, naturalMs, 0)
  const partial = scenarioOf(batch, 'expire-partial')
  if (partial) {
    const runs = Math.floor(total * numberOption(partial, 'fraction'))
    return even(runs, Math.min(naturalMs, (batch.expiresAtMs - startMs) * windowShare), 0)
  }
  const stuck = scenarioOf(batch, 'stuck-in-progress')
  if (stuck) {
    const runs = Math.floor(total * numberOption(stuck, 'fraction'))
    const stuckMs = numberOption(stuck, 'seconds') * 1000
    return {
      total,
      dueMs: (index) =>
        startMs + (naturalMs * (index + 1)) / Math.max(1, total) + (index < runs ? 0 : stuckMs),
    }
  }
  const slow = scenarioOf(batch, 'slow-day')
  return even(total, naturalMs, slow ? numberOption(slow, 'seconds') * 1000 : 0)
}

/**
 * When the first line could start by plan. A machine that is too slow for the speed of its clock is late,
 * but no batch expires for that: what runs is decided by plan alone.
 */
function plannedStartMs(batch: BatchRecord, pace: Pace): number {
  const stuck = scenarioOf(batch, 'stuck-validating')
  const seconds = stuck ? numberOption(stuck, 'seconds') : 0
  const stuckSeconds = Number.isFinite(seconds) ? seconds : 0
  return batch.createdAtMs + Math.max(pace.validatingSeconds, stuckSeconds) * 1000
}

/** The moment after which nothing of a batch starts any more; `Infinity` where its window is only a target. */
export function windowEndMs(rules: BatchRules, batch: BatchRecord): number {
  const early = scenarioOf(batch, 'expire-partial') ?? scenarioOf(batch, 'expire-all')
  return early || rules.expiresOnTime(batch) ? batch.expiresAtMs : Infinity
}
