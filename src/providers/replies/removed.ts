import type { Answered } from '../http/exchange.ts'
import { asFields } from './fields.ts'

/**
 * Whether an answer to a DELETE says that it was done: a 204, which has no words, or JSON that does not deny it. Null for
 * anything else: an empty 200 may be of something in between, and a late create can still find the file.
 */
export function readRemoved(json: unknown, { status }: Pick<Answered, 'status'>): true | null {
  if (status === 204) return true
  const fields = asFields(json)
  return fields !== null && fields['deleted'] !== false ? true : null
}
