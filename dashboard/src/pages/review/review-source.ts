import type { Outcome, OutcomeCounts } from '../../../../src/server/contract/outcome.ts'

/** What is judged: what waits for a person, some of what was written, or answers that were not accepted. */
export const reviewSources = ['review', 'sample', 'failed'] as const
export type ReviewSource = (typeof reviewSources)[number]

const failed: readonly Outcome[] = ['invalid', 'truncated', 'refused', 'rejected']

/** The list of answers in which those that ended so are; null: nobody can judge them. */
export function sourceOf(outcome: Outcome): Exclude<ReviewSource, 'sample'> | null {
  if (outcome === 'review') return 'review'
  return failed.includes(outcome) ? 'failed' : null
}

/** How many each list has, from the counts of a run. */
export function sourceCounts(counts: OutcomeCounts, sample: number): Readonly<Record<ReviewSource, number>> {
  return {
    review: counts.review ?? 0,
    sample: Math.min(sample, counts.merged ?? 0),
    failed: failed.reduce((sum, name) => sum + (counts[name] ?? 0), 0),
  }
}

/** The same list on the command line. */
export function reviewCommand(run: string, source: ReviewSource, sample: number): string {
  if (source === 'sample') return `offpeak review ${run} --sample ${sample}`
  return `offpeak review ${run}${source === 'failed' ? ' --failed' : ''}`
}
