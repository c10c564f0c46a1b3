import { visibleLine } from './visible.ts'

/** Joins the parts of a composite key (U+001F, unit separator). */
const separator = '\u001f'

/** A key as people read and type it: the parts of a composite one with slashes between. */
export function typedKey(key: string): string {
  return visibleLine(key.replaceAll(separator, '/'))
}
