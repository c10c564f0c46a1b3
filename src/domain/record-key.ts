/** Between the parts of a composite key (U+001F, unit separator). */
export const keySeparator = '\u001f'
/** Before four hexadecimal digits: a unit of a part that would be taken for something else, or that no state holds. */
export const keyEscape = '\u0010'

/**
 * The key of a record, of the texts that identify it: with U+001F between them, and nothing added to any usual text. In
 * a text, U+001F, U+0010, NUL (which PostgreSQL does not store) and halves of surrogate pairs (which UTF-8 has not) are
 * U+0010 and four hexadecimal digits, so that no two lists of texts have the same key.
 */
export function keyOf(parts: readonly string[]): string {
  const [only = ''] = parts
  return parts.length === 1 ? escaped(only) : parts.map(escaped).join(keySeparator)
}

/** The texts that a key was made of by `keyOf`. */
export function keyParts(key: string): readonly string[] {
  const parts = key.split(keySeparator)
  return key.includes(keyEscape) ? parts.map(unescaped) : parts
}

// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const special = /[\u0000\u0010\u001f]/

function escaped(part: string): string {
  if (!special.test(part) && part.isWellFormed()) return part
  // oxlint-disable-next-line no-control-regex -- as above
  return part.replaceAll(/[\u0000\u0010\u001f\p{Cs}]/gu, (unit) => keyEscape + hexOf(unit))
}

function unescaped(part: string): string {
  // oxlint-disable-next-line no-control-regex -- as above
  return part.replaceAll(/\u0010([0-9a-f]{4})/g, (_, digits: string) => unitOf(digits))
}

/** A UTF-16 unit as four hexadecimal digits. */
export function hexOf(unit: string): string {
  return unit.charCodeAt(0).toString(16).padStart(4, '0')
}

/** The UTF-16 unit of four hexadecimal digits. */
export function unitOf(digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 16))
}
