/*
 * Parts of what a provider has sent, none of which can be relied on. Every line of every answer file is taken apart with
 * these; schemas, which are made for doors that are opened less often, take many times as long (`npm run bench:parts`).
 */

export type Fields = Readonly<Record<string, unknown>>

/** The fields of an object; null for anything else. */
export function asFields(value: unknown): Fields | null {
  return isFields(value) ? value : null
}

/** A text; null for anything else. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** The items of a list; none for anything else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The objects in a list, past whatever else stands in it; null unless it is a list. */
export function asObjects(value: unknown): readonly Fields[] | null {
  if (!Array.isArray(value)) return null
  const items: readonly unknown[] = value
  return items.every(isFields) ? items : items.filter(isFields)
}

/** A whole number from 0 on; null for anything else. */
export function asCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
