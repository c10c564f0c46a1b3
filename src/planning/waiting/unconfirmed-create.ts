import type { Recovery } from '../../domain/limits.ts'

/** A batch in a service's list. */
export interface Candidate {
  readonly id: string
  readonly nonce: string | null
  /** The handle of its input. */
  readonly staged: string | null
  readonly createdAtMs: number | null
  /** What its own ids say, where the service must be asked for them: `hidden` ones may be anybody's. */
  readonly ids?: 'ours' | 'others' | 'hidden'
}

export interface UnconfirmedCreate {
  readonly nonce: string
  readonly staged: string | null
  /** How often the list has been searched. */
  readonly lookups: number
  /** When the input file was deleted; null: it is still there. */
  readonly withdrawnAt: number | null
}

/** The service's answer to a request for its batches. */
export type Listed =
  | { readonly kind: 'refused'; readonly words: string }
  | { readonly kind: 'shown'; readonly batches: readonly Candidate[] }

export type CreateDecision =
  | { readonly kind: 'adopt'; readonly id: string; readonly duplicates: readonly string[] }
  | { readonly kind: 'look-again'; readonly afterMs: number }
  /** A batch may be ours, and says whose it is once it has ended. */
  | { readonly kind: 'wait'; readonly words: string }
  | { readonly kind: 'fence' }
  /** The same create with the same key: it makes no second batch. */
  | { readonly kind: 'submit-again' }
  /** Nothing was made: the file may be sent anew. */
  | { readonly kind: 'replace' }
  /** Nothing can be proven; a person decides. */
  | { readonly kind: 'ask'; readonly words: string }

/**
 * The next step for a create whose result is not known. A batch with the attempt's nonce, its input file or its ids is
 * adopted, whatever any clock says. Where a create may be repeated with its key, it is. A list proves that there is no
 * batch only where it can be matched and shows the batches that are known to exist (`known`); then it is searched again
 * (`settleMs`), the input file is deleted where that helps, and only after one more look is the file sent anew. Where
 * deleting it does not help, nothing but time keeps a late create from being a second one: ten times as long. A service
 * whose list can only make a batch possible proves nothing by its silence: nothing is ever sent anew there.
 */
export function decideUnconfirmed(
  create: UnconfirmedCreate,
  recovery: Recovery,
  listed: Listed,
  known: readonly string[],
  settleMs: readonly number[],
): CreateDecision {
  if (listed.kind === 'shown') {
    const [oldest, ...others] = madeBy(create, listed.batches)
    if (oldest) return { kind: 'adopt', id: oldest.id, duplicates: others.map(({ id }) => id) }
  }
  if (recovery.create === 'idempotent') return { kind: 'submit-again' }
  if (listed.kind === 'refused')
    return { kind: 'ask', words: `the list of batches is refused: ${listed.words}` }
  const hidden = hiddenFrom(listed.batches, known)
  if (hidden !== null)
    return { kind: 'ask', words: `the list of batches does not show ${hidden}, which is known to exist` }
  const isKnown = new Set(known)
  const unknown = listed.batches.filter(({ id }) => !isKnown.has(id))
  if (recovery.proof === 'possible') {
    const undecided = unknown.find(({ ids }) => ids === 'hidden')
    if (undecided)
      return { kind: 'wait', words: `${undecided.id} has as many requests, and does not show them yet` }
  } else if (unknown.some(({ nonce, staged }) => nonce === null && staged === null))
    return { kind: 'ask', words: 'the list of batches names neither metadata nor input files' }
  const afterMs = pausesOf(recovery, settleMs)[create.lookups]
  if (afterMs !== undefined) return { kind: 'look-again', afterMs }
  if (recovery.proof === 'possible')
    return {
      kind: 'ask',
      words:
        'no batch of this attempt is in the list, and this service has no means to prove that none was made',
    }
  if (create.withdrawnAt === null && recovery.fence && create.staged !== null) return { kind: 'fence' }
  return { kind: 'replace' }
}

/** Of how many times the usual pauses the further looks are made of where no fence can be set. */
const withoutFence = [3, 6]

/** The pauses between the looks at a list; those of a service that takes a late create all the same are followed by longer ones. */
function pausesOf({ fence, proof }: Recovery, settleMs: readonly number[]): readonly number[] {
  if (fence || proof === 'possible') return settleMs
  const usualMs = settleMs.reduce((sum, pauseMs) => sum + pauseMs, 0)
  return [...settleMs, ...withoutFence.map((times) => times * usualMs)]
}

/** The first of the batches that are known to exist and are not in a list; null: it shows them all. */
export function hiddenFrom(
  listed: readonly Pick<Candidate, 'id'>[],
  known: readonly string[],
): string | null {
  if (known.length === 0) return null
  const ids = new Set(listed.map(({ id }) => id))
  return known.find((id) => !ids.has(id)) ?? null
}

/** Batches that one attempt has made, oldest first. */
function madeBy({ nonce, staged }: UnconfirmedCreate, batches: readonly Candidate[]): readonly Candidate[] {
  return batches
    .filter(
      (batch) =>
        batch.nonce === nonce || batch.ids === 'ours' || (staged !== null && batch.staged === staged),
    )
    .toSorted((a, b) => (a.createdAtMs ?? 0) - (b.createdAtMs ?? 0))
}
