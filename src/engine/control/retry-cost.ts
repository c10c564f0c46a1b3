import { parseSums } from '../../domain/sums.ts'
import type { OutcomeCounts } from '../../domain/outcome.ts'
import type { Lane } from '../../domain/lane.ts'
import { timesAsDear } from '../../domain/money.ts'
import type { RunRow } from '../../ports/state.ts'
import { type RetryChoice, retryFilter } from './retry-run.ts'
import type { Flow } from '../flow.ts'
import { seenJobChange } from '../job/job-change.ts'
import { laneNow, priceIn, requireLanePrices } from '../job/lane.ts'
import { specOf } from '../spec.ts'

/** What a retry would send and cost, before it is done. */
export interface RetryCost {
  readonly schema: 'offpeak.retry-plan/1'
  readonly run: string
  readonly requests: number
  readonly counts: OutcomeCounts
  readonly lane: Lane
  /** By what a request of this run has cost so far; null when nothing was answered yet. */
  readonly likelyMicroUsd: number | null
  /** By what was reserved for a request of this run. */
  readonly atMostMicroUsd: number
  /** Whether the job asks otherwise today: what is sent again is sent as it was built. */
  readonly asBuilt: boolean
}

const pageSize = 1_000

/** Counts what a choice of `retry` means; changes nothing. */
export async function retryCostOf(
  { store, clock, definition }: Pick<Flow, 'store' | 'clock' | 'definition'>,
  run: RunRow,
  choice: RetryChoice,
): Promise<RetryCost> {
  const counts: OutcomeCounts = {}
  const filter = await retryFilter(store, run, choice)
  let requests = 0
  for (let afterSeq = -1; ;) {
    const page = await store.requests(run.id, { ...filter, afterSeq, limit: pageSize })
    for (const { line, outcome } of page) {
      if (line === null) continue
      requests++
      counts[outcome] = (counts[outcome] ?? 0) + 1
    }
    const last = page.at(-1)
    if (!last || page.length < pageSize) break
    afterSeq = last.seq
  }
  const spec = specOf(run)
  const lane = choice.lane ?? laneNow(run, spec, clock.now())
  requireLanePrices(spec, choice.lane == null ? [] : [choice.lane], spec.capMicroUsd)
  const sums = { costPicoUsd: 0, applied: 0, maxMicroUsd: 0, requests: 0 }
  for (const batch of await store.batches(run.id)) {
    const usage = parseSums(batch.usage)
    const accounting = parseSums(batch.accounting)
    const [then, now] = [priceIn(spec, batch.lane), priceIn(spec, lane)]
    const dearer = then === null || now === null ? 1 : timesAsDear(then, now)
    sums.costPicoUsd += (usage.costPicoUsd ?? 0) * dearer
    sums.applied += accounting.applied ?? 0
    sums.maxMicroUsd += batch.maxCostMicroUsd * dearer
    sums.requests += batch.requests
  }
  return {
    schema: 'offpeak.retry-plan/1',
    run: run.id,
    requests,
    counts,
    lane,
    likelyMicroUsd: sums.applied === 0 ? null : Math.ceil((sums.costPicoUsd / sums.applied / 1e6) * requests),
    asBuilt: (await seenJobChange({ definition }, run))?.ask === true,
    atMostMicroUsd: sums.requests === 0 ? 0 : Math.ceil((sums.maxMicroUsd / sums.requests) * requests),
  }
}
