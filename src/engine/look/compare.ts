import { OffpeakError } from '../../domain/errors.ts'
import { variantNames } from '../../planning/render.ts'
import { variantOf } from '../../planning/variant.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import { prepareRun } from '../requests/build.ts'
import type { Flow } from '../flow.ts'
import { specOf } from '../spec.ts'
import { readStoredAnswer } from '../merge/stored-answer.ts'

/** One run, or one prompt variant of a run. */
export interface Side {
  readonly run: RunRow
  /** Null: all of the run. */
  readonly variant: string | null
}

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

/** A record that both sides have an answer to. */
export interface ComparedRecord {
  readonly key: string
  readonly a: string
  readonly b: string
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
  readonly examples: readonly ComparedRecord[]
}

const pageSize = 1_000
const shownExamples = 5

/**
 * Sets two runs of a job, or two prompt variants, beside each other. Reads the texts of at most `sample` records that
 * both have. Throws E_USAGE for runs of different jobs and E_DISK when an answer is not kept any more.
 */
export async function compareSides(flow: Flow, a: Side, b: Side, sample: number): Promise<Comparison> {
  if (a.run.job !== b.run.job)
    throw new OffpeakError('E_USAGE', `${a.run.id} is a run of ${a.run.job}, ${b.run.id} of ${b.run.job}`, {
      fix: 'compare two runs of one job',
    })
  const [one, other] = [await gather(flow, a), await gather(flow, b)]
  const differing: ComparedRecord[] = []
  let [both, changed] = [0, 0]
  // A record is asked with one variant, so that two variants of one run have no record in common.
  if (a.run.id !== b.run.id) {
    for await (const record of textsOfBoth(flow, a.run, b.run, sample)) {
      both += 1
      if (record.a === record.b) continue
      changed += 1
      if (differing.length < shownExamples) differing.push(record)
    }
  }
  return {
    schema: 'offpeak.compare/1',
    job: a.run.job,
    a: one,
    b: other,
    both,
    changed,
    examples: differing,
  }
}

const accepted: readonly RequestRow['outcome'][] = ['merged', 'held']

async function gather(flow: Flow, { run, variant }: Side): Promise<SideFigures> {
  const job = await flow.job(run.job)
  const names = job === null ? [] : variantNames(job)
  let [records, answered, good, tokens, costPico, scored, score] = [0, 0, 0, 0, 0, 0, 0]
  for await (const request of requestsOf(flow, run)) {
    if (variant !== null && variantOf(request.partOf ?? request.key, names) !== variant) continue
    records += 1
    costPico += request.costPicoUsd ?? 0
    if (request.scorePermille !== null) {
      scored += 1
      score += request.scorePermille / 1_000
    }
    if (request.outcome === 'pending') continue
    answered += 1
    if (!accepted.includes(request.outcome)) continue
    good += 1
    tokens += request.outputTokens ?? 0
  }
  return {
    name: variant === null ? run.id : `${run.id}:${variant}`,
    records,
    validPercent: answered === 0 ? null : (100 * good) / answered,
    costMicroUsd: Math.round(costPico / 1e6),
    microUsdPerRecord: records === 0 ? null : costPico / 1e6 / records,
    outputTokens: good === 0 ? null : tokens / good,
    score: scored === 0 ? null : score / scored,
  }
}

async function* requestsOf(flow: Flow, run: RunRow): AsyncGenerator<RequestRow, void> {
  for (let afterSeq = -1; ;) {
    const page = await flow.store.requests(run.id, { afterSeq, limit: pageSize })
    const last = page.at(-1)
    if (!last) return
    afterSeq = last.seq
    yield* page
  }
}

async function* textsOfBoth(
  flow: Flow,
  a: RunRow,
  b: RunRow,
  sample: number,
): AsyncGenerator<ComparedRecord, void> {
  const { provider } = await prepareRun(flow, specOf(a))
  const textOf = async (request: RequestRow): Promise<string | null> => {
    const { answerFile, answerOffset, answerLength } = request
    if (answerFile === null || answerOffset === null || answerLength === null) return null
    const answer = await readStoredAnswer(flow.filesDir, answerFile, answerOffset, answerLength, provider)
    return answer?.kind === 'text' ? answer.text : null
  }
  let left = sample
  for await (const request of requestsOf(flow, a)) {
    if (left <= 0) return
    if (!accepted.includes(request.outcome)) continue
    const other = await flow.store.request(b.id, request.key)
    if (!other || !accepted.includes(other.outcome)) continue
    const [one, two] = [await textOf(request), await textOf(other)]
    if (one === null || two === null) continue
    left -= 1
    yield { key: request.key, a: one, b: two }
  }
}
