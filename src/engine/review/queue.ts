import type { Outcome } from '../../domain/outcome.ts'
import type { VerdictCounts, VerdictName } from '../../domain/verdict.ts'
import { acceptance, type Acceptance } from '../../planning/waiting/acceptance.ts'
import { shuffled } from '../../planning/requests/shuffled.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { VerdictRow } from '../../ports/store/answers.ts'
import type { Flow } from '../flow.ts'
import { statusOf } from '../queries/status.ts'
import { accepted, notAccepted } from '../answers/judged-record.ts'

/**
 * Which answers are looked at: `review` those below the minimum of the score, `sample` some of those that were written,
 * `failed` those that are there and were not accepted.
 */
export type ReviewSource = 'review' | 'sample' | 'failed'

export interface ReviewItem {
  readonly key: string
  readonly outcome: Outcome
  readonly score: number | null
  readonly verdict: VerdictName | null
}

/** Answers to be reviewed, with the verdicts on them so far. */
export interface ReviewQueue {
  readonly schema: 'offpeak.review/2'
  readonly run: string
  readonly job: string
  readonly items: readonly ReviewItem[]
  /** How many there are in all; of a long list only the first are given. */
  readonly total: number
  readonly verdicts: VerdictCounts
  /** Accepted or edited, of those judged; null: none yet. */
  readonly accepted: Acceptance | null
}

/** As many as a person will ever look at, one after the other. */
const maxItems = 1_000
const placesPerLook = 500

/**
 * Answers to be reviewed, in the same order at every call: the lowest scores first, or a sample that the run decides.
 */
export async function reviewQueue(
  flow: Pick<Flow, 'store'>,
  run: RunRow,
  { source, sample }: { readonly source: ReviewSource; readonly sample: number },
): Promise<ReviewQueue> {
  const { requests, verdicts, total, given } =
    source === 'sample' ? await sampled(flow, run, sample) : await waiting(flow, run, source)
  const judged = given.accept + given.edit + given.reject
  return {
    schema: 'offpeak.review/2',
    run: run.id,
    job: run.job,
    items: requests.map(({ seq, key, outcome, scorePermille }) => ({
      key,
      outcome,
      score: scorePermille === null ? null : scorePermille / 1_000,
      verdict: verdicts.get(seq)?.verdict ?? null,
    })),
    total,
    verdicts: given,
    accepted: acceptance(given.accept + given.edit, judged),
  }
}

interface Found {
  readonly requests: readonly RequestRow[]
  readonly verdicts: ReadonlyMap<number, VerdictRow>
  readonly total: number
  readonly given: VerdictCounts
}

/** Records that were not accepted; what was said of those that are no longer among them counts all the same. */
async function waiting(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
  source: Exclude<ReviewSource, 'sample'>,
): Promise<Found> {
  const outcomes: readonly Outcome[] = source === 'review' ? ['review'] : notAccepted
  const { counts } = await statusOf({ store }, run)
  const total = outcomes.reduce((sum, name) => sum + (counts[name] ?? 0), 0)
  const requests = total === 0 ? [] : await store.requestsByScore(run.id, outcomes, maxItems)
  const said = (await store.verdictCounts(run.id)).filter(({ was }) => outcomes.includes(was))
  return {
    requests,
    verdicts: await verdictsOn(store, run, requests),
    total,
    given: countsOf(said),
  }
}

/** The first written records in an order that the run decides, less those that are written because a person said so. */
async function sampled({ store }: Pick<Flow, 'store'>, run: RunRow, size: number): Promise<Found> {
  const wanted = Math.min(size, maxItems)
  const requests: RequestRow[] = []
  const verdicts = new Map<number, VerdictRow>()
  let places: number[] = []
  const look = async (): Promise<void> => {
    const found = await store.requestsAt(run.id, places)
    const merged = found.filter(({ outcome }) => outcome === 'merged')
    const said = await verdictsOn(store, run, merged)
    const bySeq = new Map(merged.map((request) => [request.seq, request]))
    for (const place of places) {
      const request = bySeq.get(place)
      const verdict = said.get(place)
      if (!request || requests.length >= wanted || (verdict && !accepted.includes(verdict.was))) continue
      requests.push(request)
      if (verdict) verdicts.set(place, verdict)
    }
    places = []
  }
  for (const place of shuffled(run.id, run.nextSeq)) {
    places.push(place)
    if (places.length === placesPerLook) await look()
    if (requests.length >= wanted) break
  }
  await look()
  const given = [...verdicts.values()].flatMap(({ verdict }) =>
    verdict === null ? [] : [{ verdict, count: 1 }],
  )
  return { requests, verdicts, total: requests.length, given: countsOf(given) }
}

/** Verdicts on the answers that these records have now. */
async function verdictsOn(
  store: Flow['store'],
  run: RunRow,
  requests: readonly RequestRow[],
): Promise<ReadonlyMap<number, VerdictRow>> {
  const found = new Map<number, VerdictRow>()
  for (let at = 0; at < requests.length; at += placesPerLook) {
    const bySeq = new Map(requests.slice(at, at + placesPerLook).map((request) => [request.seq, request]))
    for (const row of await store.verdicts(run.id, [...bySeq.keys()])) {
      const request = bySeq.get(row.seq)
      if (request && (request.deduplicatedInto !== null || request.attemptId === row.attemptId))
        found.set(row.seq, row)
    }
  }
  return found
}

function countsOf(said: readonly { readonly verdict: VerdictName; readonly count: number }[]): VerdictCounts {
  const of = (name: VerdictName): number =>
    said.reduce((sum, { verdict, count }) => sum + (verdict === name ? count : 0), 0)
  return { accept: of('accept'), edit: of('edit'), reject: of('reject'), skip: of('skip') }
}
