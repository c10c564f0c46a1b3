import { OffpeakError } from '../../../domain/errors.ts'
import type { Preference } from '../../../domain/preference.ts'
import type { RequestRow } from '../../../ports/state.ts'
import type { Flow } from '../../flow.ts'
import { answeredBy } from '../../answers/judged-record.ts'
import { readStoredAnswer } from '../../answers/stored-answer.ts'
import { prepareReading } from '../../job/prepare.ts'
import { preferencesOf } from './preferences.ts'
import { belongsTo, isAccepted, requestsFrom, requireOneJob, type Side } from './sides.ts'

/** A record that both sides have an accepted answer to. */
export interface ComparedRecord {
  readonly key: string
  readonly a: string
  readonly b: string
  readonly scoreA: number | null
  readonly scoreB: number | null
  readonly preference: Preference | null
}

export interface ComparedPage {
  readonly items: readonly ComparedRecord[]
  readonly nextCursor: string | null
}

export interface ComparedFilter {
  /** Only records whose answers differ. */
  readonly changedOnly: boolean
  readonly cursor: string | null
  readonly limit: number
}

/** So many records are looked at for one page, however few of them both sides have. */
const mostVisited = 2_000

/**
 * A page of the records that both sides have an accepted answer to, in the order of the first one's source. Two
 * variants of one run have none in common, as a record is asked with one of them: the page is empty. Throws E_USAGE for
 * runs of different jobs and E_DISK when an answer is not kept any more.
 */
export async function comparedRecords(
  flow: Flow,
  a: Side,
  b: Side,
  { changedOnly, cursor, limit }: ComparedFilter,
): Promise<ComparedPage> {
  requireOneJob(a, b)
  const found: Omit<ComparedRecord, 'preference'>[] = []
  let visited = 0
  let nextCursor: string | null = null
  for await (const { seq, answered } of bothAnswered(flow, a, b, placeOf(cursor))) {
    visited += 1
    if (answered !== null && (!changedOnly || answered.a !== answered.b)) found.push(answered)
    if (found.length < limit && visited < mostVisited) continue
    nextCursor = String(seq)
    break
  }
  const preferences = await preferencesOf(
    flow,
    a,
    b,
    found.map(({ key }) => key),
  )
  return {
    items: found.map((record) => ({ ...record, preference: preferences.get(record.key) ?? null })),
    nextCursor,
  }
}

/** The place in the run after which the page begins. */
function placeOf(cursor: string | null): number {
  if (cursor === null) return -1
  const seq = /^\d{1,15}$/.test(cursor) ? Number(cursor) : null
  if (seq === null)
    throw new OffpeakError('E_USAGE', 'the cursor is not one of ours', {
      fix: 'take `nextCursor` of the page before, or begin without one',
    })
  return seq
}

/**
 * Every record of the first side behind a place in its run, with both answers where both have one that was accepted.
 * Nothing for two variants of one run.
 */
export async function* bothAnswered(
  flow: Flow,
  a: Side,
  b: Side,
  after: number,
): AsyncGenerator<
  { readonly seq: number; readonly answered: Omit<ComparedRecord, 'preference'> | null },
  void
> {
  if (a.run.id === b.run.id) return
  const isOfA = await belongsTo(flow, a)
  const isOfB = await belongsTo(flow, b)
  const textOf = await textReader(flow, a)
  for await (const request of requestsFrom(flow, a.run, after)) {
    const { seq, key } = request
    const other = isOfA(request) && isAccepted(request) ? await flow.store.request(b.run.id, key) : null
    if (!other || !isOfB(other) || !isAccepted(other)) {
      yield { seq, answered: null }
      continue
    }
    const [one, two] = [await textOf(request), await textOf(other)]
    const answered =
      one === null || two === null
        ? null
        : { key, a: one, b: two, scoreA: scoreOf(request), scoreB: scoreOf(other) }
    yield { seq, answered }
  }
}

function scoreOf({ scorePermille }: RequestRow): number | null {
  return scorePermille === null ? null : scorePermille / 1_000
}

/** Reads what the model wrote; null where it wrote no text. */
async function textReader(
  flow: Flow,
  { run }: Side,
): Promise<(request: RequestRow) => Promise<string | null>> {
  const { provider } = await prepareReading(flow, run)
  return async (request) => {
    const { answerFile, answerOffset, answerLength } = await answeredBy(flow.store, request)
    if (answerFile === null || answerOffset === null || answerLength === null) return null
    const answer = await readStoredAnswer(flow.filesDir, answerFile, answerOffset, answerLength, provider)
    return answer?.kind === 'text' ? answer.text : null
  }
}
