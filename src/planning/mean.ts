import { OffpeakError } from '../domain/errors.ts'

/**
 * The mean of vectors, scaled to length 1: one vector for a text that was embedded in chunks. Throws E_JOB_INVALID for
 * none, and for vectors of different lengths.
 */
export function mean(vectors: readonly (readonly number[])[]): readonly number[] {
  const [first] = vectors
  if (!first || vectors.some(({ length }) => length !== first.length)) {
    throw new OffpeakError(
      'E_JOB_INVALID',
      first ? 'the vectors have different lengths' : 'there is no vector to take the mean of',
    )
  }
  const sums = Array.from({ length: first.length }, () => 0)
  for (const vector of vectors) {
    for (const [at, value] of vector.entries()) sums[at] = (sums[at] ?? 0) + value
  }
  const length = Math.hypot(...sums)
  // Vectors that cancel each other out have no direction, and stay as they are.
  return length === 0 ? sums : sums.map((value) => value / length)
}
