import { hash } from 'node:crypto'
import { base62 } from '../../core/ids.ts'

/** An id that follows from a digest, so that work repeated after a crash writes the same one. */
export function derivedId(prefix: string, digest: string): string {
  return `${prefix}_01${base62(hash('sha256', digest, 'buffer').subarray(0, 22))}`
}
