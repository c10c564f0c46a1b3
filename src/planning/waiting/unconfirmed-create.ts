/** What a service offers against a create that nobody answered. */
export interface CreateRecovery {
  /** Whether a create that names a deleted input file certainly comes to nothing. */
  readonly fence: boolean
}

/** A batch in a service's list. */
export interface Candidate {
  readonly id: string
  readonly nonce: string | null
  readonly inputFileId: string | null
  readonly createdAtMs: number | null
}

export interface UnconfirmedCreate {
  readonly nonce: string
  readonly fileId: string | null
  /** How often the list has been searched. */
  readonly lookups: number
  /** When the input file was deleted; null: it is still there. */
  readonly fencedAt: number | null
}

/** What the service answered when it was asked for its batches. */
export type Listed =
  | { readonly kind: 'refused'; readonly words: string }
  | { readonly kind: 'shown'; readonly batches: readonly Candidate[] }

export type CreateDecision =
  | { readonly kind: 'adopt'; readonly id: string; readonly duplicates: readonly string[] }
  | { readonly kind: 'look-again'; readonly afterMs: number }
  | { readonly kind: 'fence' }
  /** Nothing was made: the file may be sent anew. */
  | { readonly kind: 'replace' }
  /** Nothing can be proven; a person decides. */
  | { readonly kind: 'ask'; readonly words: string }

/**
 * What to do about a create whose fate is not known. A batch with the attempt's nonce or its input file is adopted,
 * whatever any clock says. A list proves that there is none only where it can be matched and shows the batches that
 * are known to exist (`known`); then it is searched again (`settleMs`), the input file is deleted where that helps,
 * and only after one more look is the file sent anew.
 */
export function decideUnconfirmed(
  create: UnconfirmedCreate,
  recovery: CreateRecovery,
  listed: Listed,
  known: readonly string[],
  settleMs: readonly number[],
): CreateDecision {
  if (listed.kind === 'refused')
    return { kind: 'ask', words: `the list of batches is refused: ${listed.words}` }
  const [oldest, ...others] = madeBy(create, listed.batches)
  if (oldest) return { kind: 'adopt', id: oldest.id, duplicates: others.map(({ id }) => id) }
  const hidden = hiddenFrom(listed.batches, known)
  if (hidden !== null)
    return { kind: 'ask', words: `the list of batches does not show ${hidden}, which is known to exist` }
  const isKnown = new Set(known)
  if (
    listed.batches.some(
      ({ id, nonce, inputFileId }) => !isKnown.has(id) && nonce === null && inputFileId === null,
    )
  )
    return { kind: 'ask', words: 'the list of batches names neither metadata nor input files' }
  const afterMs = settleMs[create.lookups]
  if (afterMs !== undefined) return { kind: 'look-again', afterMs }
  if (create.fencedAt === null && recovery.fence && create.fileId !== null) return { kind: 'fence' }
  return { kind: 'replace' }
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
function madeBy({ nonce, fileId }: UnconfirmedCreate, batches: readonly Candidate[]): readonly Candidate[] {
  return batches
    .filter((batch) => batch.nonce === nonce || (fileId !== null && batch.inputFileId === fileId))
    .toSorted((a, b) => (a.createdAtMs ?? 0) - (b.createdAtMs ?? 0))
}
