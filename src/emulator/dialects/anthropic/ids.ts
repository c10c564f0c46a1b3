import { randomBytes } from 'node:crypto'
import { base62 } from '../../core/ids.ts'

/** `msgbatch_01` and 22 base62 characters (Anthropic document, Message Batches). */
export function newBatchId(): string {
  return `msgbatch_01${base62(randomBytes(22))}`
}
