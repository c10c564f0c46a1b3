/** What stands behind the `?`: texts by name, without quotes or brackets, so that an address can be read and typed. */
export type Search = Readonly<Record<string, unknown>>

export function readSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}

/** What is absent, empty or false is left out. */
export function writeSearch(search: Search): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(search))
    if ((typeof value === 'string' && value !== '') || typeof value === 'number' || value === true)
      given.set(name, String(value))
  return given.size === 0 ? '' : `?${given}`
}

/** A text of the address; absent when it is empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A whole number of the address. */
export function countOf(value: unknown): number | undefined {
  const count = Number(value)
  return (typeof value === 'string' || typeof value === 'number') &&
    value !== '' &&
    Number.isSafeInteger(count) &&
    count >= 0
    ? count
    : undefined
}

/** `true`, or absent. */
export function flagOf(value: unknown): true | undefined {
  return value === true || value === 'true' ? true : undefined
}

/** One of some words of the address. */
export function oneOf<Word extends string>(words: readonly Word[], value: unknown): Word | undefined {
  return words.find((word) => word === value)
}
