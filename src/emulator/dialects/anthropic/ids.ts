import { hash, randomBytes } from 'node:crypto'
import { base62 } from '../../core/ids.ts'

/** `msgbatch_01` and 22 base62 characters (Anthropic document, Message Batches). */
export function newBatchId(): string {
  return `msgbatch_01${base62(randomBytes(22))}`
}

/** An id that follows from a digest, so that work repeated after a crash writes the same one. */
export function derivedId(prefix: string, digest: string): string {
  return `${prefix}_01${base62(hash('sha256', digest, 'buffer').subarray(0, 22))}`
}
