import { parseSums, type Sums } from './sums.ts'

/**
 * Outcomes of a request, with their rules. `pending` is the only one that is not final for the try at hand; the rule
 * beside each says whether Offpeak sends the request again by itself and whether a person is needed when it stays so.
 */
export const outcomes = {
  pending: { retry: false, person: false, paid: false, words: 'not answered yet' },
  merged: { retry: false, person: false, paid: true, words: 'written to the sink' },
  held: {
    retry: false,
    person: false,
    paid: true,
    words: 'accepted; waits for the other parts of its record',
  },
  invalid: {
    retry: true,
    person: true,
    paid: true,
    words: 'the answer does not fit the schema or the check',
  },
  review: {
    retry: false,
    person: true,
    paid: true,
    words: 'scored below the minimum; waits for a person',
  },
  declined: { retry: false, person: false, paid: true, words: 'declined by a person' },
  truncated: { retry: false, person: true, paid: true, words: 'the answer was cut at the output limit' },
  refused: { retry: false, person: true, paid: true, words: 'refused by the model or a content filter' },
  failed: { retry: false, person: true, paid: false, words: 'refused by the provider as a bad request' },
  transient: { retry: true, person: true, paid: false, words: 'the provider failed on this line' },
  expired: { retry: true, person: true, paid: false, words: 'the batch ran out of time before this line' },
  missing: {
    retry: true,
    person: true,
    paid: false,
    words: 'in no answer file, and not counted by the provider',
  },
  unsure: {
    retry: true,
    person: true,
    paid: true,
    words: 'asked in real time, and nobody knows whether it was answered; it may have been paid',
  },
  rescued: { retry: false, person: false, paid: true, words: 'answered by a later run' },
  cancelled: { retry: false, person: false, paid: false, words: 'cancelled before it ran' },
  lost: {
    retry: false,
    person: true,
    paid: true,
    words: 'the provider may have answered it, and the answer is not at hand',
  },
  stale: {
    retry: false,
    person: true,
    paid: true,
    words: 'the row changed meanwhile and was not overwritten',
  },
  rejected: { retry: false, person: true, paid: true, words: 'the sink did not take the value' },
  unrenderable: { retry: false, person: true, paid: false, words: 'the row or its prompt could not be used' },
  oversize: { retry: false, person: true, paid: false, words: "over the provider's limits" },
} as const satisfies Record<string, OutcomeRule>

interface OutcomeRule {
  readonly retry: boolean
  readonly person: boolean
  readonly paid: boolean
  readonly words: string
}

/** Outcome of a request: one of `outcomes`. */
export type Outcome = keyof typeof outcomes

export const outcomeNames: readonly Outcome[] = Object.keys(outcomes).filter(
  (name): name is Outcome => name in outcomes,
)

/** Outcomes of answers that are paid and of no use. */
export const unusableOutcomes: readonly Outcome[] = outcomeNames.filter(
  (name) => name !== 'merged' && name !== 'held' && outcomes[name].paid,
)

/** How many requests ended in each outcome; absent means none. */
export type OutcomeCounts = Partial<Record<Outcome, number>>

/** Counts by outcome, from the text of a JSON column. */
export function parseCounts(column: string): OutcomeCounts {
  return countsOf(parseSums(column))
}

/** Counts by outcome, picked from named sums; other sums are left out. */
export function countsOf(sums: Sums): OutcomeCounts {
  const counts: OutcomeCounts = {}
  for (const name of outcomeNames) if (sums[name] !== undefined) counts[name] = sums[name]
  return counts
}

/** A new object with the sum of two sets of counts. */
export function addCounts(counts: OutcomeCounts, more: OutcomeCounts): OutcomeCounts {
  const sum: OutcomeCounts = { ...counts }
  for (const name of outcomeNames) {
    const added = more[name]
    if (added !== undefined) sum[name] = (sum[name] ?? 0) + added
  }
  return sum
}

/** The requests that will not be written without somebody's decision. */
export function needsAttention(counts: OutcomeCounts): number {
  return outcomeNames.reduce((sum, name) => sum + (outcomes[name].person ? (counts[name] ?? 0) : 0), 0)
}
