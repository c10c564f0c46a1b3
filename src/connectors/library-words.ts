import { messageOf } from '../domain/errors.ts'

/**
 * What a library has found wrong with a file, as the end of a sentence: `: unexpected end of data`. Empty where it has
 * only stumbled over it (a TypeError, a RangeError), whose words are about the library's own code.
 */
export function libraryWords(thrown: unknown): string {
  return thrown instanceof TypeError || thrown instanceof RangeError ? '' : `: ${messageOf(thrown)}`
}
