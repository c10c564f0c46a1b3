import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { FileLimits } from '../../planning/requests/split.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { RetryRequest } from '../../ports/store/requests.ts'
import { fileLimits } from '../job/file-limits.ts'
import { quotaKeysOf } from '../job/quota-key.ts'
import type { Flow } from '../flow.ts'
import { inDeliveryMode, isPastDeadline, currentDeliveryMode } from '../job/delivery-mode.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { type RunSpec, specOf } from '../spec.ts'

/** The requests of the next file of retries. */
export interface RetryRound {
  /** As its delivery mode sees it. */
  readonly spec: RunSpec
  readonly wanted: readonly RequestRow[]
  readonly limits: FileLimits
  /** Whether it counts against the job's real-time fallback. */
  readonly isFallback: boolean
}

interface Wish extends Pick<RetryRequest, 'chosen' | 'ruled'> {
  readonly deliveryMode: DeliveryMode
  readonly maxRows?: number
}

/** The next requests to send again, and how; null: nothing is left that may be. */
export async function nextRound(flow: Flow, run: RunRow, job: PreparedJob): Promise<RetryRound | null> {
  if (run.maySend === 'nothing') return null
  const spec = specOf(run)
  for (const { deliveryMode, maxRows = Infinity, ...wish } of wishes(run, spec, flow.clock.now())) {
    const limits = await fileLimits(flow, quotaKeysOf(spec, job), job, deliveryMode)
    const limit = Math.min(limits.maxRequests, maxRows)
    if (limit === 0) continue
    const wanted = await flow.store.requestsToRetry(run.id, {
      ...wish,
      maxTries: spec.maxTries,
      limit,
      onlyChosen: run.maySend === 'chosen',
    })
    if (wanted.length > 0)
      return {
        spec: inDeliveryMode(spec, deliveryMode),
        wanted,
        limits,
        isFallback: Number.isFinite(maxRows),
      }
  }
  return null
}

/**
 * The kinds of requests that may want another try, with the delivery mode of each: first what somebody has chosen a delivery mode for.
 * Once the fallback's time has come, what the provider leaves unanswered goes there as far as it reaches, and stays
 * beyond that.
 */
function wishes(run: RunRow, spec: RunSpec, now: number): readonly Wish[] {
  const byHand: readonly Wish[] = [
    { deliveryMode: 'realtime', chosen: 'realtime' },
    { deliveryMode: 'flex', chosen: 'flex' },
  ]
  const { fallback } = spec
  const isDue = fallback !== null && now >= run.createdAt + fallback.afterMs
  if (!isDue || isPastDeadline(run, spec, now))
    return [...byHand, { deliveryMode: currentDeliveryMode(run, spec, now), chosen: null, ruled: 'all' }]
  return [
    ...byHand,
    {
      deliveryMode: fallback.deliveryMode,
      ruled: 'infrastructureFailures',
      maxRows: Math.max(0, fallback.maxRows - run.fallbackRows),
    },
    { deliveryMode: spec.deliveryMode, chosen: null, ruled: 'others' },
  ]
}
