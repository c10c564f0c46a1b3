import { ownValue } from '../../domain/own-value.ts'
import type { Values } from '../../ports/job.ts'

/** A text that is longer than the column that it is for. */
export interface TooLong {
  readonly column: string
  readonly text: string
  readonly problem: string
}

/** Of these values those that are longer than their column takes, by the most characters of each bounded column. */
export function tooLongIn(values: Values, bounds: ReadonlyMap<string, number>): readonly TooLong[] {
  const found: TooLong[] = []
  for (const [column, most] of bounds) {
    const text = ownValue(values, column)
    if (typeof text !== 'string' || text.length <= most) continue
    // PostgreSQL counts code points.
    const characters = Array.from(text).length
    if (characters <= most) continue
    const [has, takes] = [characters, most].map((count) => count.toLocaleString('en-US'))
    found.push({ column, text, problem: `${column}: has ${has} characters, and the column takes ${takes}` })
  }
  return found
}
