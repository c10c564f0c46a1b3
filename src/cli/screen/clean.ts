import { typedKey } from '../../wording/typed-key.ts'
import { stripVTControlCharacters } from 'node:util'

// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

/** Text from outside (keys, reasons, answers) without anything that a terminal obeys; tabs and line ends stay. */
export function cleanText(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replaceAll(control, '')
}

/** The same on one line. */
export function cleanLine(text: string): string {
  return cleanText(text).replaceAll(/\s+/g, ' ').trim()
}

/** The key of a record for people, the parts of a composite one apart. */
export function cleanKey(key: string): string {
  return cleanLine(typedKey(key))
}
