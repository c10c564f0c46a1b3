import type { UnknownIntent } from '../../ports/store/attempts.ts'

export type IntentChoice =
  /** The intent is this file's own, made by a state that is gone. */
  | { readonly kind: 'take'; readonly intent: UnknownIntent }
  /** What was made before may answer some of this file's records, and cannot be matched to it: a person decides. */
  | { readonly kind: 'ask'; readonly unmatched: readonly UnknownIntent[] }
  | { readonly kind: 'none' }

/**
 * Which of the intents that a state did not know is that of a file about to be sent: the one with its nonce, else the
 * oldest of the same content. While others are open, nothing of the job is sent without a word: their batches may
 * have been paid for the same records.
 */
export function chooseIntent(
  unknown: readonly UnknownIntent[],
  { nonce, inputHash }: { readonly nonce: string; readonly inputHash: string },
): IntentChoice {
  const own = unknown.find((intent) => intent.nonce === nonce)
  const same = unknown.find((intent) => intent.inputHash !== '' && intent.inputHash === inputHash)
  const intent = own ?? same
  if (intent) return { kind: 'take', intent }
  const unmatched = unknown.filter(({ status }) => status === 'open')
  return unmatched.length === 0 ? { kind: 'none' } : { kind: 'ask', unmatched }
}
