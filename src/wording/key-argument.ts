import { typedKey } from './typed-key.ts'
import { shellWord } from './shell-word.ts'

/** A key as the last argument of a command that people copy, so that it is read back as this key and as no option. */
export function keyArgument(key: string): string {
  const typed = typedKey(key)
  return `${typed.startsWith('-') ? '-- ' : ''}${shellWord(typed)}`
}
