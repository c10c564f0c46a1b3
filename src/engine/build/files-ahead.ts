import type { Timings } from '../flow.ts'

/**
 * How many files may wait to be uploaded before no more are built. While some that a state which is gone has sent match
 * no file yet, more are: a file waits that asks some of the same, and the one that is the same may come after it.
 */
export function filesAhead({ filesAhead: usual }: Pick<Timings, 'filesAhead'>, unmatched: number): number {
  return usual + 2 * unmatched
}
