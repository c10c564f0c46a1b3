/** How far two sides are apart, the second less the first, and where the true difference lies. */
export interface Difference {
  readonly difference: number
  /** The borders of its 95 % interval. */
  readonly low: number
  readonly high: number
  /** Whether the interval has none in it: chance alone makes such a difference, too. */
  readonly mayBeChance: boolean
}

/** Fewer records tell nothing apart: that all of eight agree happens by chance once in 128 times. */
export const fewestCompared = 8

/** Running sums of numbers, from which mean and variance follow (Welford). */
export class Moments {
  #count = 0
  #mean = 0
  #squares = 0

  add(value: number): void {
    this.#count += 1
    const before = value - this.#mean
    this.#mean += before / this.#count
    this.#squares += before * (value - this.#mean)
  }

  get count(): number {
    return this.#count
  }

  /** Null: there are no numbers. */
  get mean(): number | null {
    return this.#count === 0 ? null : this.#mean
  }

  /** The squared standard error of the mean. */
  get squaredError(): number {
    return this.#count < 2 ? Infinity : this.#squares / (this.#count - 1) / this.#count
  }
}

/**
 * Difference of two shares over the same records: `onlyA` and `onlyB` are the records in which just one side has it.
 * (Agresti and Min: half a record is added to each cell, so that it also holds near none and all.) `sides`: how many
 * are compared with the first one, each of which could differ by chance. Null: too few records.
 */
export function pairedShares(
  { records, onlyA, onlyB }: { readonly records: number; readonly onlyA: number; readonly onlyB: number },
  sides = 1,
): Difference | null {
  if (records < fewestCompared) return null
  const [all, plus, minus] = [records + 2, onlyB + 0.5, onlyA + 0.5]
  const middle = (plus - minus) / all
  const error = Math.sqrt(plus + minus - (plus - minus) ** 2 / all) / all
  return around((onlyB - onlyA) / records, middle, deviations(sides) * error)
}

/**
 * Difference of two shares over different records. (Agresti and Caffo: one of each kind is added to each side.) Null:
 * too few records.
 */
export function unpairedShares(
  a: { readonly records: number; readonly having: number },
  b: { readonly records: number; readonly having: number },
): Difference | null {
  if (Math.min(a.records, b.records) < fewestCompared) return null
  const adjusted = ({ records, having }: typeof a): { readonly share: number; readonly variance: number } => {
    const share = (having + 1) / (records + 2)
    return { share, variance: (share * (1 - share)) / (records + 2) }
  }
  const [one, other] = [adjusted(a), adjusted(b)]
  return around(
    b.having / b.records - a.having / a.records,
    other.share - one.share,
    deviations(1) * Math.sqrt(one.variance + other.variance),
  )
}

/**
 * Difference of a number that both sides have for the same records, from the differences record by record. Null: too
 * few.
 */
export function pairedMeans(differences: Moments, sides = 1): Difference | null {
  const { count, mean, squaredError } = differences
  if (count < fewestCompared || mean === null) return null
  return around(mean, mean, studentDeviations(count - 1, sides) * Math.sqrt(squaredError))
}

/** Difference of the means of a number over different records (Welch). Null: too few. */
export function unpairedMeans(a: Moments, b: Moments): Difference | null {
  if (Math.min(a.count, b.count) < fewestCompared || a.mean === null || b.mean === null) return null
  const sum = a.squaredError + b.squaredError
  const freedom =
    sum === 0
      ? a.count
      : sum ** 2 / (a.squaredError ** 2 / (a.count - 1) + b.squaredError ** 2 / (b.count - 1))
  const difference = b.mean - a.mean
  return around(difference, difference, studentDeviations(freedom, 1) * Math.sqrt(sum))
}

function around(difference: number, middle: number, half: number): Difference {
  const [low, high] = [middle - half, middle + half]
  return { difference, low, high, mayBeChance: low <= 0 && high >= 0 }
}

/** Beyond so many standard deviations, chance leads once in twenty times, whichever of so many sides it is. */
function deviations(sides: number): number {
  return normalQuantile(1 - 0.05 / 2 / sides)
}

/** The same where the standard deviation itself is only known from a few numbers (Cornish and Fisher's expansion). */
function studentDeviations(freedom: number, sides: number): number {
  const z = deviations(sides)
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  )
}

/** For shares above a half (Hastings' approximation, within 0.0005). */
function normalQuantile(share: number): number {
  const t = Math.sqrt(-2 * Math.log(1 - share))
  return (
    t -
    (2.515517 + 0.802853 * t + 0.010328 * t ** 2) / (1 + 1.432788 * t + 0.189269 * t ** 2 + 0.001308 * t ** 3)
  )
}
