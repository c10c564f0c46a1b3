import type { SQLInputValue } from 'node:sqlite'
import { bytesText } from '../tables/plain-values.ts'
import { quoteName } from '../database/sql.ts'

/** What a key of text may be in the column: the text, a number, or bytes. */
const forms = 3

/**
 * Whether a row `t` has these keys, each bound in its forms. SQLite keeps any kind of value in any column, and `1`,
 * `'1'` and `1.0` are one key in a text: what is looked for is all that it can be.
 */
export function keyCondition(key: readonly string[]): string {
  const places = Array.from({ length: forms }, () => '?').join(', ')
  return key.map((name) => `t.${quoteName(name)} in (${places})`).join(' and ')
}

/** A key's text and what else may be stored where it was read. */
export function keyForms(text: string): readonly SQLInputValue[] {
  return [text, numberOf(text) ?? text, bytesOf(text) ?? text]
}

/** A value that can be nothing else. */
export function sameForms(value: SQLInputValue): readonly SQLInputValue[] {
  return Array.from({ length: forms }, () => value)
}

/** The number of which a key's text is the text: one of 64 bits, or a double as JavaScript writes it. */
export function numberOf(text: string): bigint | number | null {
  if (/^-?(?:0|[1-9]\d{0,18})$/.test(text)) {
    const whole = BigInt(text)
    if (BigInt.asIntN(64, whole) === whole) return whole
  }
  const number = Number(text)
  return text !== '' && String(number) === text && !Number.isNaN(number) ? number : null
}

/** The bytes of which a key's text is the text. */
export function bytesOf(text: string): Buffer | null {
  if (!text.startsWith('\\x')) return null
  const bytes = Buffer.from(text.slice(2), 'hex')
  return bytesText(bytes) === text ? bytes : null
}
