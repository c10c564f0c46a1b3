import { parseCounts } from '../../domain/outcome.ts'
import { parseSums } from '../../domain/sums.ts'
import { retriedOnce } from '../../planning/waiting/retry.ts'
import type { BatchRow, RunRow } from '../../ports/state.ts'
import type { Store } from '../../ports/store.ts'
import type { RetryRule } from '../../ports/store/requests.ts'
import { type RunSpec, specOf } from '../spec.ts'

/** By which rules a run sends again by itself; null: it does not any more. */
export function retryRule(run: RunRow, spec: RunSpec): RetryRule | null {
  if (run.liveKey === null || run.state === 'cancelling' || run.maySend === 'nothing') return null
  const { fallback, maxTries } = spec
  // What the provider leaves unanswered stays so once the fallback has taken all that it may.
  const isUsedUp = fallback !== null && run.fallbackRows >= fallback.maxRows
  return { maxTries, ruled: isUsedUp ? 'others' : 'all', onlyChosen: run.maySend === 'chosen' }
}

/**
 * The records of a run that it sends again automatically, by batch. Of the first files stored counters tell it; of
 * files that were sent again or have answers that the rules leave alone, which are few, and where only chosen requests
 * are, those that went wrong are counted.
 */
export async function retryingOf(
  store: Pick<Store, 'retryingIn'>,
  run: RunRow,
  batches: readonly Pick<BatchRow, 'n' | 'round' | 'counts' | 'usage'>[],
): Promise<ReadonlyMap<number, number>> {
  if (run.liveKey === null) return new Map()
  const rule = retryRule(run, specOf(run))
  if (rule === null) return new Map()
  const most = batches.map(({ n, round, counts, usage }) => ({
    n,
    isCounted: round > 0 || rule.onlyChosen || (parseSums(usage)['leftAlone'] ?? 0) > 0,
    most: retriedOnce(parseCounts(counts), { maxTries: Infinity, blameless: rule.ruled === 'all' }),
    first: retriedOnce(parseCounts(counts), { ...rule, blameless: rule.ruled === 'all' }),
  }))
  const again = most.filter((batch) => batch.isCounted && batch.most > 0).map(({ n }) => n)
  const counted = await store.retryingIn(run.id, again, rule)
  return new Map(
    most.map(({ n, isCounted, first }) => [n, isCounted ? (counted.get(n) ?? 0) : first] as const),
  )
}

/** All of them. */
export function sumOf(retrying: ReadonlyMap<number, number>): number {
  return [...retrying.values()].reduce((sum, count) => sum + count, 0)
}
