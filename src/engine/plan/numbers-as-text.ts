import { hasNumbersAsText, isNumberAsText } from '../../planning/text/exact-numbers.ts'
import type { Values } from '../../ports/job.ts'

/**
 * Warnings of columns into which a job writes JSON of its row in which a number is a text, as no number of JavaScript holds
 * it: it would come back in quotes. None where a schema has made the row anew.
 */
export function numbersAsTextWarnings(
  records: readonly { readonly row: unknown; readonly values: Values }[],
): readonly string[] {
  const warned = new Map<string, string>()
  for (const { row, values } of records) {
    const texts = new Set<string>()
    for (const value of Object.values(Object(row)))
      for (const json of Array.isArray(value) ? [value, ...value] : [value])
        if (hasNumbersAsText(json)) collect(json, texts)
    for (const [column, value] of texts.size === 0 ? [] : Object.entries(values)) {
      const text = typeof value === 'object' ? firstOf(value, texts) : null
      if (text !== null && !warned.has(column))
        warned.set(
          column,
          `${column}: the number ${text} of the row is written as a text, in quotes; exactNumbers(…) around the value writes the number`,
        )
    }
  }
  return [...warned.values()]
}

function collect(value: unknown, texts: Set<string>): void {
  if (typeof value === 'string' && isNumberAsText(value)) texts.add(value)
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) collect(item, texts)
}

function firstOf(value: unknown, texts: ReadonlySet<string>): string | null {
  if (typeof value === 'string') return texts.has(value) ? value : null
  // What `exactNumbers` gives has no prototype.
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === null) return null
  for (const item of Object.values(value)) {
    const found = firstOf(item, texts)
    if (found !== null) return found
  }
  return null
}
