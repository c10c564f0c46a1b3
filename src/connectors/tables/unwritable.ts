/** A value that a sink cannot hold, with the reason and where it stands; it concerns its own record alone. */
export class Unwritable extends Error {}

/** The value as a text that UTF-8 can hold. Throws Unwritable for half of a surrogate pair, which it would replace. */
export function wellFormed(name: string, text: string): string {
  if (text.isWellFormed()) return text
  throw new Unwritable(`${name}: holds half of a surrogate pair, which is not text`)
}
