/** Joins the parts of a composite key; no text that people write has it (U+001F, unit separator). */
export const keySeparator = '\u001f'

/** A composite key as people read and type it: its parts with slashes between. */
export function typedKey(key: string): string {
  return key.replaceAll(keySeparator, '/')
}

/** A key as it was typed, for a source whose keys have so many parts. */
export function keyOfTyped(text: string, parts: number): string {
  if (parts < 2 || text.includes(keySeparator)) return text
  const typed = text.split('/')
  return typed.length === parts ? typed.join(keySeparator) : text
}
