import type { Plan } from './plan.ts'

/**
 * Whether a plan has nothing to send, and something to do for nothing: records that changed and are to be taken as done,
 * or old chunks of texts.
 */
export function isFreeWork({ toSend, exact, isKept, changed, oldChunks }: Plan): boolean {
  return toSend === 0 && exact && ((isKept && changed > 0) || oldChunks > 0)
}
