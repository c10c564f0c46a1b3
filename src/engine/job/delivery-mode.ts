import { parseDuration } from '../../domain/duration.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { Price } from '../../domain/money.ts'
import { priceAdvice } from '../../planning/money/price-advice.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { PreparedJob } from './prepare.ts'
import type { RequestFileOptions } from '../files/request-file.ts'
import type { AnyJob } from '../../ports/job.ts'
import type { RunRow } from '../../ports/state.ts'
import { type Flow, realtimeLimits } from '../flow.ts'
import type { RunSpec } from '../spec.ts'

/** How the requests of a selection are to be sent; what is left out is as the job says. */
export interface DeliveryChoice {
  readonly deliveryMode: DeliveryMode
  readonly deadlineMs: number | null
}

/**
 * How a selection is sent: as it says, else in batches, or one by one where the service has none. Throws E_USAGE for what
 * cannot be without batches.
 */
export function chosenDelivery(
  { name, limits }: Pick<Provider, 'name' | 'limits'>,
  job: AnyJob,
  { deliveryMode, deadlineMs }: Partial<DeliveryChoice>,
): DeliveryChoice {
  if (limits.hasBatches !== false)
    return {
      deliveryMode: deliveryMode ?? 'batch',
      deadlineMs: deliveryMode === undefined ? (deadlineMs ?? deadlineMsOf(job)) : null,
    }
  const asked =
    deliveryMode === 'batch' ? 'batches as the delivery mode' : deadlineMs == null ? null : 'a deadline'
  if (asked === null) return { deliveryMode: deliveryMode ?? 'realtime', deadlineMs: null }
  throw new OffpeakError('E_USAGE', `${name} has no Batch API, and ${asked} is for batches`, {
    where: `job ${job.name}`,
    fix: 'leave it out: the requests are asked one by one, and their answers are kept as they come',
  })
}

/** How many are asked at a time in each process where a service has no batches; null: it has. */
export function withoutBatches(
  flow: Pick<Flow, 'realtime'>,
  provider: Pick<Provider, 'limits'>,
): { readonly atOnce: number } | null {
  if (provider.limits.hasBatches !== false) return null
  return { atOnce: realtimeLimits(flow, provider).concurrency }
}

/** Warnings about settings of a job for batches that its service does not have: they have no effect. */
export function deliveryConcerns(
  { name, limits }: Pick<Provider, 'name' | 'limits'>,
  { deadline, retry }: AnyJob,
): readonly string[] {
  if (limits.hasBatches !== false) return []
  const named = [
    ...(deadline === undefined ? [] : ['`deadline`']),
    ...(retry?.realtime === undefined ? [] : ['`retry.realtime`']),
  ]
  return named.length === 0
    ? []
    : [
        `${named.join(' and ')} of the job ${named.length === 1 ? 'has' : 'have'} no effect: ${name} has no Batch API, and everything is asked in real time`,
      ]
}

/** The warning that a model which is only for batches may come to be asked one by one. */
export function batchOnlyWarning(
  { job, provider }: Pick<PreparedJob, 'job' | 'provider'>,
  { deliveryMode, deadlineMs }: DeliveryChoice,
): readonly string[] {
  const { batchOnly } = provider.limits
  const mayBeAsked =
    (deliveryMode !== 'batch' || deadlineMs !== null) && job.model.realtimeModel === undefined
  return batchOnly !== undefined && mayBeAsked ? [batchOnly] : []
}

/** A run's snapshot as one delivery mode sees it: its price, and a quota of its own outside of batches. */
export function inDeliveryMode(spec: RunSpec, deliveryMode: DeliveryMode): RunSpec {
  const quotaKey =
    deliveryMode === 'batch'
      ? spec.quotaKey
      : `${spec.quotaKey} (${deliveryMode === 'flex' ? 'flex' : 'real time'})`
  return { ...spec, deliveryMode, price: priceIn(spec, deliveryMode), quotaKey }
}

/** Price of a delivery mode; null: not known. */
export function priceIn(
  spec: Pick<RunSpec, 'price' | 'flexPrice' | 'realtimePrice'>,
  deliveryMode: DeliveryMode,
): Price | null {
  return deliveryMode === 'batch' ? spec.price : deliveryMode === 'flex' ? spec.flexPrice : spec.realtimePrice
}

/** When a run stops waiting for batches; null: never. */
export function deadlineOf(
  run: Pick<RunRow, 'createdAt'>,
  { deadlineMs }: Pick<RunSpec, 'deadlineMs'>,
): number | null {
  return deadlineMs === null ? null : run.createdAt + deadlineMs
}

export function isPastDeadline(
  run: Pick<RunRow, 'createdAt'>,
  spec: Pick<RunSpec, 'deadlineMs'>,
  now: number,
): boolean {
  return now >= (deadlineOf(run, spec) ?? Infinity)
}

/** The delivery mode of a file that is built now without anybody's choice. */
export function currentDeliveryMode(
  run: Pick<RunRow, 'createdAt'>,
  spec: RunSpec,
  now: number,
): DeliveryMode {
  return spec.deliveryMode === 'batch' && isPastDeadline(run, spec, now) ? 'realtime' : spec.deliveryMode
}

/** The delivery modes that a run can come to send in. */
export function deliveryModesOf({
  deliveryMode,
  deadlineMs,
  fallback,
}: Pick<RunSpec, 'deliveryMode' | 'deadlineMs' | 'fallback'>): readonly DeliveryMode[] {
  return [
    deliveryMode,
    ...(deadlineMs === null ? [] : ['realtime' as const]),
    ...(fallback ? [fallback.deliveryMode] : []),
  ]
}

/** The deadline of a job in milliseconds. Throws E_JOB_INVALID. */
export function deadlineMsOf({ name, deadline }: AnyJob): number | null {
  if (deadline === undefined) return null
  const deadlineMs = parseDuration(deadline)
  if (deadlineMs !== null) return deadlineMs
  throw new OffpeakError('E_JOB_INVALID', `the deadline "${deadline}" is not a duration`, {
    where: `job ${name}`,
    fix: "deadline: '20h'",
  })
}

/** The real-time fallback of a job's retries. Throws E_JOB_INVALID. */
export function fallbackOf({ name, retry }: AnyJob): RunSpec['fallback'] {
  if (retry?.realtime === undefined) return null
  const { after, maxRows, deliveryMode = 'realtime' } = retry.realtime
  const afterMs = parseDuration(after)
  if (afterMs !== null && Number.isSafeInteger(maxRows) && maxRows > 0)
    return { afterMs, maxRows, deliveryMode }
  throw new OffpeakError('E_JOB_INVALID', '`retry.realtime` needs a duration and a number of records', {
    where: `job ${name}`,
    fix: "retry: { realtime: { after: '24h', maxRows: 500 } }",
  })
}

/** The files that a batch service does not take for their few requests, as they are priced then; null: it takes any. */
export function smallFiles(
  { limits }: Pick<Provider, 'limits'>,
  spec: Pick<RunSpec, 'deliveryMode' | 'realtimePrice'>,
): RequestFileOptions['small'] {
  const { minRequests = 1 } = limits
  return spec.deliveryMode !== 'batch' || minRequests <= 1
    ? null
    : { below: minRequests, price: spec.realtimePrice }
}

/**
 * The guard against a delivery mode whose price is not known where a budget is to be kept, and against flex where it is
 * not known to exist. Throws E_PRICE_UNKNOWN.
 */
export function requirePrices(
  spec: Pick<RunSpec, 'job' | 'model' | 'price' | 'flexPrice' | 'realtimePrice'>,
  wanted: readonly DeliveryMode[],
  capMicroUsd: number | null,
): void {
  for (const deliveryMode of wanted) {
    if (priceIn(spec, deliveryMode) !== null || (deliveryMode !== 'flex' && capMicroUsd === null)) continue
    throw new OffpeakError(
      'E_PRICE_UNKNOWN',
      deliveryMode === 'flex'
        ? `${spec.model} is not known to have a flex tier`
        : `the price of ${spec.model} ${deliveryMode === 'batch' ? 'in batches' : 'in real time'} is not known, so a budget cannot be kept`,
      {
        where: `job ${spec.job}`,
        fix: priceAdvice(spec.model, [deliveryMode]),
      },
    )
  }
}
