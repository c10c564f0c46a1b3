/** A share with how far it may be from the truth. */
export interface Acceptance {
  readonly percent: number
  /** So far the borders of its 95 % interval are away, at most. */
  readonly errorPercent: number
}

/** 95 % of a normal distribution are within so many standard deviations. */
const deviations = 1.959964

/**
 * The share that was accepted, with the 95 % interval of Wilson, which also holds for few answers and for shares near
 * none and all. The interval is not symmetric there: what is told is the distance to its farther border. Null: none was judged.
 */
export function acceptance(accepted: number, judged: number): Acceptance | null {
  if (judged === 0) return null
  const share = accepted / judged
  const square = deviations ** 2 / judged
  const middle = (share + square / 2) / (1 + square)
  const half =
    (deviations / (1 + square)) *
    Math.sqrt((share * (1 - share)) / judged + deviations ** 2 / (4 * judged ** 2))
  const error = Math.max(share - Math.max(0, middle - half), Math.min(1, middle + half) - share)
  return { percent: 100 * share, errorPercent: 100 * error }
}
