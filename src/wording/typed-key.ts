import { hexOf, keyEscape, keyOf, keyParts, keySeparator, unitOf } from '../domain/record-key.ts'
import { shellWord } from './shell-word.ts'

/**
 * What nobody sees, or what a terminal, a shell or an editor takes away: control characters, blanks other than one
 * space between words, marks of direction and width. U+200D joins emoji and stays.
 */
const unseen =
  /[\p{Cc}\p{Cs}\u00ad\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[^\S ]|^ | $|(?<= ) /gu
const unitName = /\\u[0-9a-f]{4}/g

/**
 * A key as people read and type it. A text alone is itself. Those of a composite key have slashes between them, and a
 * slash or backslash in one has a backslash before it. What nobody would see is `\u` and four hexadecimal digits.
 */
export function typedKey(key: string): string {
  const [only = '', ...others] = keyParts(key)
  if (others.length > 0) return [only, ...others].map((part) => shown(part, /[\\/]/g)).join('/')
  return only.search(unseen) >= 0 || namesUnits(only) ? shown(only, /\\/g) : only
}

/** A key as it is typed in a list, which has commas between keys, or the name of a file behind `@`. */
export function listedKey(key: string): string {
  const typed = typedKey(key)
  const text = typed === key && /^@|,/.test(key) ? shown(key, /\\/g) : typed
  return text.replaceAll(',', '\\u002c').replace(/^@/, '\\u0040')
}

function shown(part: string, marked: RegExp): string {
  return part.replaceAll(marked, '\\$&').replaceAll(unseen, (unit) => `\\u${hexOf(unit)}`)
}

/**
 * The key that was typed, of a source whose keys have so many parts: of one text where it was not typed with as many.
 * One that is in the form of `keyOf` is that key.
 */
export function keyOfTyped(text: string, parts: number): string {
  if (isKey(text)) return text
  const typed = typedParts(text)
  // Of a marked slash nobody has to guess that it is in a text, also in the key of a whole that has fewer parts.
  if (parts > 1 && (typed.length === parts || text.includes('\\/'))) return keyOf(typed)
  return keyOf([namesUnits(text) ? text.replaceAll(/\\u[0-9a-f]{4}|\\\\/g, unmarked) : text])
}

/** The parts of a text that was typed as a composite key, or as the beginning of one. */
export function typedParts(text: string): readonly string[] {
  if (isKey(text)) return keyParts(text)
  const parts = ['']
  for (const [piece] of text.matchAll(/\\u[0-9a-f]{4}|\\[\\/]|[^]/g)) {
    if (piece === '/') parts.push('')
    else parts[parts.length - 1] += unmarked(piece)
  }
  return parts
}

/** Whether a text has what only a composite key or one with escapes has: people do not type that. */
function isKey(text: string): boolean {
  return text.includes(keySeparator) || text.includes(keyEscape)
}

function namesUnits(text: string): boolean {
  return text.match(unitName)?.some((name) => unmarked(name) !== name) === true
}

/** What a piece of a typed key stands for; a name of what nobody has to name is none. */
function unmarked(piece: string): string {
  if (!piece.startsWith('\\') || piece.length === 1) return piece
  if (piece.length === 2) return piece.slice(1)
  const unit = unitOf(piece.slice(2))
  return unit === ',' || unit === '@' || unit.search(unseen) >= 0 ? unit : piece
}

/** A key as the last argument of a command that people copy, so that it is read back as this key and as no option. */
export function keyArgument(key: string): string {
  const typed = typedKey(key)
  return `${typed.startsWith('-') ? '-- ' : ''}${shellWord(typed)}`
}
