import { formatMost, formatUsd } from './amount.ts'

/** Amount spent, in words: ended batches that are not booked yet are paid, and nobody knows yet how much they cost. */
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
