import { type OutcomeCounts, outcomeNames, parseCounts } from '../../domain/outcome.ts'
import { parseSums } from '../../domain/sums.ts'
import { retriedOnce } from '../../planning/waiting/retry.ts'
import type { BatchRow, RunRow } from '../../ports/state.ts'
import type { Store } from '../../ports/store.ts'
import type { RetryRule } from '../../ports/store/requests.ts'
import { retryRule } from '../build/retry-rule.ts'
import { specOf } from '../spec.ts'

/** By which rules a run sends again without anybody's word; null: it does not, or a person is asked whether it is to. */
export function automaticRule(run: RunRow): RetryRule | null {
  // The spec of a run that is over is not read: lists are full of them.
  if (run.liveKey === null || run.pauseKind === 'unusable') return null
  return retryRule(run, specOf(run))
}

/**
 * The records of a run that it sends again automatically, by batch. Of the first files stored counters tell it; of
 * files that were sent again, or of which the rules leave some alone or somebody has chosen some, which are few, and
 * where only chosen requests are, those that went wrong are counted.
 */
export async function retryingOf(
  store: Pick<Store, 'retryingIn'>,
  run: RunRow,
  batches: readonly Pick<BatchRow, 'n' | 'round' | 'counts' | 'usage'>[],
): Promise<ReadonlyMap<number, number>> {
  const rule = automaticRule(run)
  if (rule === null) return new Map()
  const most = batches.map(({ n, round, counts, usage }) => ({
    n,
    isCounted: round > 0 || rule.onlyChosen || isNoted(usage),
    isTroubled: isTroubled(parseCounts(counts)),
    first: retriedOnce(parseCounts(counts), { ...rule, infrastructureFailures: rule.ruled === 'all' }),
  }))
  const again = most.filter((batch) => batch.isCounted && batch.isTroubled).map(({ n }) => n)
  const counted = await store.retryingIn(run.id, again, rule)
  return new Map(
    most.map(({ n, isCounted, first }) => [n, isCounted ? (counted.get(n) ?? 0) : first] as const),
  )
}

/** Whether some of a batch's requests are left alone, or chosen, against the rules. */
function isNoted(usage: string): boolean {
  const { leftAlone = 0, chosen = 0 } = parseSums(usage)
  return leftAlone + chosen > 0
}

/** Whether a batch has records that somebody could have chosen to be sent again. */
function isTroubled(counts: OutcomeCounts): boolean {
  return outcomeNames.some((name) => name !== 'merged' && (counts[name] ?? 0) > 0)
}

/** All of them. */
export function sumOf(retrying: ReadonlyMap<number, number>): number {
  return [...retrying.values()].reduce((sum, count) => sum + count, 0)
}
