import { Refusal } from '../problem.ts'

/** The refusal of what goes over a bound, with how long to stay away. */
export function tooMany(words: string, waitMs: number): Refusal {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000))
  return new Refusal('E_RATE', words, {
    fix: `ask again in ${seconds} s`,
    headers: { 'retry-after': String(seconds) },
  })
}
