import type { ErrorGroup } from '../../../../src/server/contract/row.ts'
import type { RetryChoice } from '../run/use-retry.ts'

/** So long may the text be that a reason is found by. */
const longestReason = 1_000

/**
 * The choice that takes a group: its outcome, and those whose reason has the reason of the group. It takes groups along
 * whose reason says the same and more, and without a reason all of its outcome; `count` has them in it.
 */
export function retryReach(
  group: ErrorGroup,
  all: readonly ErrorGroup[],
): { readonly choice: RetryChoice; readonly count: number } {
  const { outcome } = group
  const reason = group.reason?.slice(0, longestReason) ?? null
  const wanted = reason?.toLowerCase()
  const count = all
    .filter((other) => other.outcome === outcome)
    .filter((other) => wanted === undefined || other.reason?.toLowerCase().includes(wanted) === true)
    .reduce((sum, other) => sum + other.count, 0)
  return { choice: { outcomes: [outcome], ...(reason === null ? {} : { reason }) }, count }
}
