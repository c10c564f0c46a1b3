import type { Outcome, OutcomeCounts } from '../../../src/server/contract/outcome.ts'
import type { Shape } from '../design/shape.tsx'
import type { Tone } from './tone.ts'

interface OutcomeWords {
  readonly shape: Shape
  readonly tone: Tone
  /** Whether it waits for a person. */
  readonly person: boolean
  readonly words: string
}

/** What became of a request, in the order in which people want to read it. */
export const outcomes: Readonly<Record<Outcome, OutcomeWords>> = {
  merged: { shape: 'check', tone: 'good', person: false, words: 'written to the sink' },
  pending: { shape: 'dots', tone: 'faint', person: false, words: 'not answered yet' },
  held: {
    shape: 'half',
    tone: 'accent',
    person: false,
    words: 'accepted; waits for the other parts of its record',
  },
  review: { shape: 'eye', tone: 'warn', person: true, words: 'scored below the minimum; waits for a person' },
  invalid: {
    shape: 'cross',
    tone: 'bad',
    person: true,
    words: 'the answer does not fit the schema or the check',
  },
  truncated: { shape: 'cut', tone: 'bad', person: true, words: 'the answer was cut at the output limit' },
  refused: {
    shape: 'bar',
    tone: 'bad',
    person: true,
    words: 'refused by the model or a content filter',
  },
  failed: { shape: 'cross', tone: 'bad', person: true, words: 'refused by the provider as a bad request' },
  rejected: { shape: 'bar', tone: 'bad', person: true, words: 'the sink did not take the value' },
  declined: { shape: 'bar', tone: 'faint', person: false, words: 'declined by a person' },
  stale: {
    shape: 'doubt',
    tone: 'warn',
    person: true,
    words: 'the row changed meanwhile and was not overwritten',
  },
  transient: { shape: 'doubt', tone: 'warn', person: true, words: 'the provider failed on this line' },
  expired: {
    shape: 'clock',
    tone: 'warn',
    person: true,
    words: 'the batch ran out of time before this line',
  },
  missing: {
    shape: 'doubt',
    tone: 'warn',
    person: true,
    words: 'in no answer file, and not counted by the provider',
  },
  unsure: {
    shape: 'doubt',
    tone: 'warn',
    person: true,
    words: 'asked in real time, and nobody knows whether it was answered; it may have been paid',
  },
  lost: {
    shape: 'doubt',
    tone: 'bad',
    person: true,
    words: 'the provider may have answered it, and the answer is not at hand',
  },
  unrenderable: {
    shape: 'bar',
    tone: 'bad',
    person: true,
    words: 'the row or its prompt could not be used',
  },
  oversize: { shape: 'bar', tone: 'bad', person: true, words: "over the provider's limits" },
  rescued: { shape: 'check', tone: 'faint', person: false, words: 'answered by a later run' },
  cancelled: { shape: 'dash', tone: 'faint', person: false, words: 'cancelled before it ran' },
}

/** The outcomes by name, in their order. */
export const outcomeNames: readonly Outcome[] = Object.keys(outcomes).filter(
  (name): name is Outcome => name in outcomes,
)

/** Those that occur, in their order. */
export function presentOutcomes(
  counts: OutcomeCounts,
): readonly { readonly outcome: Outcome; readonly count: number }[] {
  return outcomeNames
    .map((outcome) => ({ outcome, count: counts[outcome] ?? 0 }))
    .filter(({ count }) => count > 0)
}
