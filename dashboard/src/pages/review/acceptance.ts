import type { ReviewQueue } from '../../../../src/server/contract/review.ts'

/** 95 % of a normal distribution are within so many standard deviations. */
const deviations = 1.959964

/**
 * The share that was accepted, with how far it may be from the truth: the farther border of the 95 % interval of
 * Wilson, as the server tells it of a list, so that it goes on with every verdict. Null: none was judged.
 */
export function acceptance({ accept, edit, reject }: ReviewQueue['verdicts']): ReviewQueue['accepted'] {
  const [good, judged] = [accept + edit, accept + edit + reject]
  if (judged <= 0) return null
  const share = good / judged
  const square = deviations ** 2 / judged
  const middle = (share + square / 2) / (1 + square)
  const half =
    (deviations / (1 + square)) *
    Math.sqrt((share * (1 - share)) / judged + deviations ** 2 / (4 * judged ** 2))
  const error = Math.max(share - Math.max(0, middle - half), Math.min(1, middle + half) - share)
  return { percent: 100 * share, errorPercent: 100 * error }
}

/** `accepted 94 % (±5)`. */
export function acceptedWords({ percent, errorPercent }: NonNullable<ReviewQueue['accepted']>): string {
  return `accepted ${Math.round(percent)} % (±${Math.ceil(errorPercent)})`
}
