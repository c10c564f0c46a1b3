import { parseSums } from '../domain/sums.ts'
import type { OutcomeCounts } from '../domain/outcome.ts'
import type { RunRow } from '../ports/state.ts'
import { type RetryChoice, retryFilter } from './control.ts'
import type { Flow } from './flow.ts'

/** What a retry would send and cost, before it is done. */
export interface RetryCost {
  readonly schema: 'offpeak.retry-plan/1'
  readonly run: string
  readonly requests: number
  readonly counts: OutcomeCounts
  /** By what a request of this run has cost so far; null when nothing was answered yet. */
  readonly likelyMicroUsd: number | null
  /** By what was reserved for a request of this run. */
  readonly atMostMicroUsd: number
}

const pageSize = 1_000

/** Counts what a choice of `retry` means; changes nothing. */
export async function retryCostOf(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
  choice: RetryChoice,
): Promise<RetryCost> {
  const counts: OutcomeCounts = {}
  let requests = 0
  for (let afterSeq = -1; ;) {
    const page = await store.requests(run.id, { ...retryFilter(choice), afterSeq, limit: pageSize })
    for (const { line, outcome } of page) {
      if (line === null) continue
      requests++
      counts[outcome] = (counts[outcome] ?? 0) + 1
    }
    const last = page.at(-1)
    if (!last || page.length < pageSize) break
    afterSeq = last.seq
  }
  const sums = { costPicoUsd: 0, applied: 0, maxMicroUsd: 0, requests: 0 }
  for (const batch of await store.batches(run.id)) {
    const usage = parseSums(batch.usage)
    const accounting = parseSums(batch.accounting)
    sums.costPicoUsd += usage.costPicoUsd ?? 0
    sums.applied += accounting.applied ?? 0
    sums.maxMicroUsd += batch.maxCostMicroUsd
    sums.requests += batch.requests
  }
  return {
    schema: 'offpeak.retry-plan/1',
    run: run.id,
    requests,
    counts,
    likelyMicroUsd: sums.applied === 0 ? null : Math.ceil((sums.costPicoUsd / sums.applied / 1e6) * requests),
    atMostMicroUsd: sums.requests === 0 ? 0 : Math.ceil((sums.maxMicroUsd / sums.requests) * requests),
  }
}
