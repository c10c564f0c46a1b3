import type { Ending } from '../../domain/attempt.ts'

/** The service's account of an ended batch, and the lines that were read of its files. */
export interface Evidence {
  readonly ending: Ending
  /** Null: the service named no counts. Zeros are what many say who do not count. */
  readonly counts: { readonly completed: number; readonly failed: number } | null
  /** Tokens that the service says the whole batch used; null: it did not say. */
  readonly usedTokens: number | null
  /** Lines in output and error file, blank ones left out. */
  readonly lines: number
  /** Those of them that belong to a request of the batch. */
  readonly matched: number
  /** Tokens that the lines themselves tell; null: some of the answers do not say. */
  readonly readTokens: number | null
  /** Requests of the batch that no line has answered. */
  readonly unanswered: number
}

/**
 * `agreed`: every request has its answer, or those without one certainly did not run. `contradiction`: the service
 * says that it has done more than could be read, or nothing that proves the contrary; what is unanswered may be paid.
 */
export type Reconciliation =
  | { readonly kind: 'agreed' }
  | {
      readonly kind: 'contradiction'
      readonly words: string
      readonly isNothingReadable: boolean
      /** So many of those without an answer can have run at most, whichever they are. */
      readonly mostRan: number
    }

/**
 * The comparison of a service's account of a batch with the lines that could be read. The absence of an answer is no
 * proof that nothing ran: requests count as not run only where the service's own sum of answered and failed ones is
 * found line by line, or where the batch ended early and counted no more than that. Sums are compared and not their
 * parts, because some services count failed lines as completed.
 */
export function reconcile(evidence: Evidence): Reconciliation {
  const { ending, counts, usedTokens, lines, matched, readTokens, unanswered } = evidence
  if (unanswered === 0) return { kind: 'agreed' }
  const contradiction = (words: string, mostRan = unanswered): Reconciliation => ({
    kind: 'contradiction',
    words,
    isNothingReadable: matched === 0,
    mostRan: Math.min(unanswered, mostRan),
  })
  const counted = counts === null ? 0 : counts.completed + counts.failed
  if (lines > matched)
    return contradiction(
      `${lines - matched} of ${lines} lines of its files belong to no request that was sent`,
    )
  // A batch that ended early has run what it counts, and no more.
  if (counted > lines)
    return contradiction(
      `the service counts ${counted} answers, its files hold ${lines}`,
      ending === 'completed' ? unanswered : counted - lines,
    )
  if (usedTokens !== null && readTokens !== null && usedTokens > readTokens)
    return contradiction(`the service counts ${usedTokens} tokens, its files tell ${readTokens}`)
  // Whoever stops a batch early need not count what did not run.
  if (ending !== 'completed') return { kind: 'agreed' }
  return counted === 0
    ? contradiction(`the service calls it completed, and ${unanswered} answers are in none of its files`)
    : { kind: 'agreed' }
}

/** How many requests without an answer do not stop a batch: they are held, and the run goes on. */
export function mayGoOn(unanswered: number, matched: number, requests: number, maxShare: number): boolean {
  return matched > 0 && unanswered <= Math.max(1, Math.floor(requests * maxShare))
}
