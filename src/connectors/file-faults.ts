import type { Stats } from 'node:fs'
import { messageOf } from '../domain/errors.ts'

/**
 * Why what lies at a path is no file that can be read, as the end of a sentence; null when it is one. To open a pipe
 * would wait for somebody who writes into it, and a device may never end; both cannot be read twice.
 */
export function noFile(stats: Pick<Stats, 'isFile' | 'isDirectory'>): string | null {
  if (stats.isFile()) return null
  return stats.isDirectory() ? 'is a directory' : 'is a pipe or a device; save its content to a file first'
}

/**
 * A library's message about a faulty file, as the end of a sentence: `: unexpected end of data`. Empty where it has
 * only stumbled over it (a TypeError, a RangeError), whose words are about the library's own code.
 */
export function libraryWords(thrown: unknown): string {
  return thrown instanceof TypeError || thrown instanceof RangeError ? '' : `: ${messageOf(thrown)}`
}
