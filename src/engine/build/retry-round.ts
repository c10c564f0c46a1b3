import type { Lane } from '../../domain/lane.ts'
import type { FileLimits } from '../../planning/requests/split.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { RetryRequest } from '../../ports/store/requests.ts'
import { fileLimits } from '../job/file-limits.ts'
import type { Flow } from '../flow.ts'
import { withLane, isPastDeadline, currentLane } from '../job/lane.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { type RunSpec, specOf } from '../spec.ts'

/** The requests of the next file of retries. */
export interface RetryRound {
  /** As its lane sees it. */
  readonly spec: RunSpec
  readonly wanted: readonly RequestRow[]
  readonly limits: FileLimits
  /** Whether it counts against the job's real-time fallback. */
  readonly isFallback: boolean
}

interface Wish extends Pick<RetryRequest, 'chosen' | 'ruled'> {
  readonly lane: Lane
  readonly maxRows?: number
}

/** What is sent again next, and how; null: nothing is left that may be. */
export async function nextRound(flow: Flow, run: RunRow, job: PreparedJob): Promise<RetryRound | null> {
  if (run.maySend === 'nothing') return null
  const spec = specOf(run)
  for (const { lane, maxRows = Infinity, ...wish } of wishes(run, spec, flow.clock.now())) {
    const limits = await fileLimits(flow, spec, job, lane)
    const limit = Math.min(limits.maxRequests, maxRows)
    if (limit === 0) continue
    const wanted = await flow.store.requestsToRetry(run.id, {
      ...wish,
      maxTries: spec.maxTries,
      limit,
      onlyChosen: run.maySend === 'chosen',
    })
    if (wanted.length > 0)
      return { spec: withLane(spec, lane), wanted, limits, isFallback: Number.isFinite(maxRows) }
  }
  return null
}

/**
 * The kinds of requests that may want another try, with the lane of each: first what somebody has chosen a lane for.
 * Once the fallback's time has come, what the provider leaves unanswered goes there as far as it reaches, and stays
 * beyond that.
 */
function wishes(run: RunRow, spec: RunSpec, now: number): readonly Wish[] {
  const byHand: readonly Wish[] = [
    { lane: 'realtime', chosen: 'realtime' },
    { lane: 'flex', chosen: 'flex' },
  ]
  const { fallback } = spec
  const isDue = fallback !== null && now >= run.createdAt + fallback.afterMs
  if (!isDue || isPastDeadline(run, spec, now))
    return [...byHand, { lane: currentLane(run, spec, now), chosen: null, ruled: 'all' }]
  return [
    ...byHand,
    {
      lane: fallback.lane,
      ruled: 'infrastructureFailures',
      maxRows: Math.max(0, fallback.maxRows - run.fallbackRows),
    },
    { lane: spec.lane, chosen: null, ruled: 'others' },
  ]
}
