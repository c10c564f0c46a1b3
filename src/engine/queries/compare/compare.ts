import type { PreferenceCounts } from '../../../domain/preference.ts'
import { baseJob } from '../../../ports/candidates.ts'
import type { Flow } from '../../flow.ts'
import { compareFigures } from './common-records.ts'
import type { SilentCandidate } from './candidate-runs.ts'
import { bothAnswered } from './compare-records.ts'
import { preferredOf } from './preferences.ts'
import type { SideDifferences, SideFigures } from './side-figures.ts'
import { requireOneJob, type Side } from './sides.ts'

export interface Comparison {
  readonly schema: 'offpeak.compare/2'
  readonly job: string
  readonly a: SideFigures
  readonly b: SideFigures
  /** Records that both have an answer to, which the figures are of. 0: none, and each side is taken by itself. */
  readonly common: number
  /** How the second differs from the first. */
  readonly differences: SideDifferences
  /** Records whose accepted answers were read on both sides, and how many of them differ. */
  readonly both: number
  readonly changed: number
  /** Some of those that differ. */
  readonly examples: readonly { readonly key: string; readonly a: string; readonly b: string }[]
  /** What people preferred so far. */
  readonly preferred: PreferenceCounts
}

/** Several sides next to each other, each compared with the first. */
export interface SeveralCompared {
  readonly schema: 'offpeak.compare-several/2'
  readonly job: string
  readonly common: number
  readonly sides: readonly (SideFigures & { readonly differences: SideDifferences | null })[]
  /** Candidates without an answer, which are left out. */
  readonly silent: readonly SilentCandidate[]
}

const shownExamples = 5

/**
 * The comparison of two runs of a job, or of two prompt variants: figures over the records that both have, and the
 * texts of at most `sample` of them. Throws E_USAGE for runs of different jobs and E_DISK when an answer is not kept
 * any more.
 */
export async function compareSides(flow: Flow, a: Side, b: Side, sample: number): Promise<Comparison> {
  const {
    job,
    common,
    sides: [one, other],
  } = await compareSeveral(flow, [a, b])
  if (one === undefined || other?.differences == null) throw new Error('two sides have two figures')
  const { differences: _, ...figuresOfA } = one
  const { differences, ...figuresOfB } = other
  const examples: Comparison['examples'][number][] = []
  let [both, changed] = [0, 0]
  for await (const { answered } of bothAnswered(flow, a, b, -1)) {
    if (answered === null) continue
    both += 1
    if (answered.a !== answered.b) {
      changed += 1
      if (examples.length < shownExamples) examples.push({ key: answered.key, a: answered.a, b: answered.b })
    }
    if (both >= sample) break
  }
  return {
    schema: 'offpeak.compare/2',
    job,
    a: figuresOfA,
    b: figuresOfB,
    common,
    differences,
    both,
    changed,
    examples,
    preferred: await preferredOf(flow, a, b),
  }
}

/** The figures of two or more sides over the records that all of them have. Throws E_USAGE for runs of different jobs. */
export async function compareSeveral(flow: Flow, sides: readonly Side[]): Promise<SeveralCompared> {
  const [first, ...others] = sides
  if (first !== undefined) for (const other of others) requireOneJob(first, other)
  const { common, sides: figures, differences } = await compareFigures(flow, sides)
  return {
    schema: 'offpeak.compare-several/2',
    job: jobOf(first),
    common,
    silent: [],
    sides: figures.map((side, at) => ({
      ...side,
      differences: at === 0 ? null : (differences[at - 1] ?? null),
    })),
  }
}

function jobOf(side: Side | undefined): string {
  return side === undefined ? '' : baseJob(side.run.job)
}
