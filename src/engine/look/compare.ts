import type { PreferenceCounts } from '../../domain/preference.ts'
import type { Flow } from '../flow.ts'
import { bothAnswered } from './compare-records.ts'
import { preferredOf } from './preferences.ts'
import { belongsTo, isAccepted, requestsFrom, requireOneJob, type Side, sideName } from './sides.ts'

/** How the answers of one side turned out. Means are over its accepted answers; null where there are none. */
export interface SideFigures {
  readonly name: string
  readonly records: number
  /** Accepted, in percent of those that were answered. */
  readonly validPercent: number | null
  readonly costMicroUsd: number
  readonly microUsdPerRecord: number | null
  readonly outputTokens: number | null
  /** From 0 to 1. */
  readonly score: number | null
}

export interface Comparison {
  readonly schema: 'offpeak.compare/1'
  readonly job: string
  readonly a: SideFigures
  readonly b: SideFigures
  /** Records whose accepted answers were looked at on both sides, and how many of them differ. */
  readonly both: number
  readonly changed: number
  /** Some of those that differ. */
  readonly examples: readonly { readonly key: string; readonly a: string; readonly b: string }[]
  /** What people preferred so far. */
  readonly preferred: PreferenceCounts
}

const shownExamples = 5

/**
 * Sets two runs of a job, or two prompt variants, beside each other. Reads the texts of at most `sample` records that
 * both have. Throws E_USAGE for runs of different jobs and E_DISK when an answer is not kept any more.
 */
export async function compareSides(flow: Flow, a: Side, b: Side, sample: number): Promise<Comparison> {
  requireOneJob(a, b)
  const [one, other] = [await gather(flow, a), await gather(flow, b)]
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
    schema: 'offpeak.compare/1',
    job: a.run.job,
    a: one,
    b: other,
    both,
    changed,
    examples,
    preferred: await preferredOf(flow, a, b),
  }
}

async function gather(flow: Flow, side: Side): Promise<SideFigures> {
  const isOfSide = await belongsTo(flow, side)
  let [records, answered, good, tokens, costPico, scored, score] = [0, 0, 0, 0, 0, 0, 0]
  for await (const request of requestsFrom(flow, side.run, -1)) {
    if (!isOfSide(request)) continue
    records += 1
    costPico += request.costPicoUsd ?? 0
    if (request.scorePermille !== null) {
      scored += 1
      score += request.scorePermille / 1_000
    }
    if (request.outcome === 'pending') continue
    answered += 1
    if (!isAccepted(request)) continue
    good += 1
    tokens += request.outputTokens ?? 0
  }
  return {
    name: sideName(side),
    records,
    validPercent: answered === 0 ? null : (100 * good) / answered,
    costMicroUsd: Math.round(costPico / 1e6),
    microUsdPerRecord: records === 0 ? null : costPico / 1e6 / records,
    outputTokens: good === 0 ? null : tokens / good,
    score: scored === 0 ? null : score / scored,
  }
}
