import type { Intent } from '../../domain/intent.ts'
import type { UnknownIntent } from '../../ports/store/attempts.ts'

export type IntentChoice =
  /** The intent is this file's own, made by a state of the project that is gone. */
  | { readonly kind: 'take'; readonly intent: UnknownIntent }
  /** What was made before may answer some of this file's records, and cannot be matched to it: a person decides. */
  | { readonly kind: 'ask'; readonly unmatched: readonly UnknownIntent[] }
  | { readonly kind: 'none' }

/**
 * Which of the intents that a state did not know is that of a file about to be sent: the one with its nonce, else the
 * oldest of the same content. While others are open, nothing of the job is sent without a word: their batches may
 * have been paid for the same records. What a project made that is none of `ownIds` is never taken: it may be somebody
 * else's.
 */
export function chooseIntent(
  unknown: readonly UnknownIntent[],
  {
    nonce,
    inputHash,
    ownIds,
  }: { readonly nonce: string; readonly inputHash: string; readonly ownIds: ReadonlySet<string> },
): IntentChoice {
  const ours = unknown.filter((other) => isOwn(other, ownIds))
  const own = ours.find((other) => other.nonce === nonce)
  const same = ours.find((other) => other.inputHash !== '' && other.inputHash === inputHash)
  const intent = own ?? same
  if (intent) return { kind: 'take', intent }
  const unmatched = unknown.filter(({ status }) => status === 'open')
  return unmatched.length === 0 ? { kind: 'none' } : { kind: 'ask', unmatched }
}

/** Whether a project of these ids has made an intent; one whose note cannot be read lay beside our own state. */
export function isOwn({ projectId }: Pick<Intent, 'projectId'>, ownIds: ReadonlySet<string>): boolean {
  return projectId === '' || ownIds.has(projectId)
}
