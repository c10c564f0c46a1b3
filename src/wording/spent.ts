import { formatMost, formatUsd } from './amount.ts'

/** What was spent, in words: what has ended and is not booked yet is paid, and nobody knows yet how much of it. */
export function spentWords({
  spentMicroUsd,
  unbookedMicroUsd,
}: {
  readonly spentMicroUsd: number
  readonly unbookedMicroUsd: number
}): string {
  const spent = formatUsd(spentMicroUsd)
  return unbookedMicroUsd === 0
    ? `${spent} spent`
    : `at least ${spent} spent, and up to ${formatMost(unbookedMicroUsd)} by batches that have ended and are not booked yet`
}
