import { setImmediate } from 'node:timers/promises'
import { OffpeakError } from '../../domain/errors.ts'
import { type Outcome, outcomeNames } from '../../domain/outcome.ts'
import { keyOf } from '../../domain/record-key.ts'
import { keyOfTyped, typedParts } from '../../wording/typed-key.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { PageFilter } from '../../ports/store/requests.ts'
import type { Flow } from '../flow.ts'
import type { ReadResult } from './answer-reader.ts'
import { recordCosts } from './record-costs.ts'
import { matchingOf } from './matching.ts'
import { firstsOf, ReadRowAnswers } from './row-answers.ts'
import { rowOrder, type RowSort } from './row-order.ts'
import { RowOrders } from './row-orders.ts'
import { partsOf } from '../job/typed-keys.ts'

/** One record of a run in a list. */
export interface Row {
  readonly key: string
  readonly seq: number
  readonly outcome: Outcome
  readonly reason: string | null
  /** In the shape of the job's schema; null when there is no answer that fits it. */
  readonly output: unknown
  /** What the model wrote, whether it fits or not. */
  readonly text: string | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** Of all tries. */
  readonly costUsd: number | null
  readonly tries: number
  readonly batch: number | null
  /** From 0 to 1; null without a `score`. */
  readonly score: number | null
  /** The record whose identical request was paid for this one too. */
  readonly sameAs: string | null
}

export interface RowPage {
  readonly items: readonly Row[]
  readonly nextCursor: string | null
  /** How many match in all; null when counting would take long. */
  readonly matching: number | null
  /** Whether the files of answers are still there. */
  readonly answersKept: boolean
}

export interface RowsFilter {
  readonly outcomes?: readonly Outcome[]
  /** Those whose reason has this. */
  readonly reason?: string
  /** Those whose key begins so; they come in the order of their keys. */
  readonly keyPrefix?: string
  readonly batchN?: number
  /** Those whose answer has this in it, in whatever case. */
  readonly answer?: string
  /** In this order, and not in that of the source. */
  readonly sort?: RowSort
  /** False: `output` and `text` stay null, and no file is read. */
  readonly answers: boolean
  readonly cursor: string | null
  readonly limit: number
}

/** Requests that are looked at in one go: the state answers nobody else meanwhile. By key they lie far apart. */
const visited = { inOrder: 5_000, byKey: 500 }
/** After so many goes a page is given out although it is not full. */
const mostGoes = { inOrder: 40, byKey: 10 }

/**
 * A page of a run's records, in the order of its source or the one that is asked for. What was removed with the answer files is null. A page may be
 * short, or empty, and still have a next one, where those that match lie far apart. Throws E_USAGE for a cursor that was
 * not given out, and for what `rowOrder` refuses.
 */
export async function rowsOf(
  flow: Flow,
  run: RunRow,
  wanted: RowsFilter,
  orders: RowOrders = new RowOrders(),
): Promise<RowPage> {
  const { answers, limit } = wanted
  const filter = await pageFilter(flow, run, wanted)
  const cursor = cursorOf(wanted.cursor)
  // Behind a row that is not there, the list would begin anew.
  if (cursor !== null && (await flow.store.requestsAt(run.id, [cursor])).length === 0) throw notOurs()
  const { requests, next, matching } =
    (await inOrder(flow, run, wanted, { filter, cursor, orders })) ??
    (await inRunOrder(flow, run, filter, { cursor, limit }))
  const answersKept = run.filesRemoved === 0
  const firsts = await firstsOf(flow.store, requests)
  const read = answers ? await readAll(flow, run, requests) : new Map<number, ReadResult>()
  const costs = await recordCosts(flow, requests)
  return {
    items: requests.map((request) => ({
      ...rowOf(request, firsts.get(request.seq) ?? request, read.get(request.seq)),
      costUsd: costs.get(request.seq) ?? null,
    })),
    nextCursor: next === null ? null : String(next),
    matching,
    answersKept,
  }
}

interface Found {
  readonly requests: readonly RequestRow[]
  readonly next: number | null
  readonly matching: number | null
}

async function inRunOrder(
  flow: Flow,
  run: RunRow,
  filter: PageFilter,
  { cursor, limit }: { readonly cursor: number | null; readonly limit: number },
): Promise<Found> {
  const matching = await matchingOf(flow, run, filter)
  if (matching === 0) return { requests: [], next: null, matching }
  return { ...(await find(flow, run, filter, cursor, limit)), matching }
}

/** A page of what the answers are searched or sorted for; null: they are not. */
async function inOrder(
  flow: Flow,
  run: RunRow,
  { answer, sort, limit }: RowsFilter,
  {
    filter,
    cursor,
    orders,
  }: { readonly filter: PageFilter; readonly cursor: number | null; readonly orders: RowOrders },
): Promise<Found | null> {
  if (answer === undefined && sort === undefined) return null
  const seqs = await orders.get(flow, run, JSON.stringify([filter, answer, sort]), () =>
    rowOrder(flow, run, filter, { answer: answer ?? null, sort: sort ?? null }),
  )
  const at = cursor === null ? null : seqs.indexOf(cursor)
  if (at === -1) throw notOurs()
  const from = at === null ? 0 : at + 1
  const page = seqs.slice(from, from + limit)
  const bySeq = new Map((await flow.store.requestsAt(run.id, page)).map((request) => [request.seq, request]))
  return {
    requests: page.flatMap((seq) => bySeq.get(seq) ?? []),
    next: from + limit < seqs.length ? (page.at(-1) ?? null) : null,
    matching: seqs.length,
  }
}

async function readAll(
  flow: Flow,
  run: RunRow,
  requests: readonly RequestRow[],
): Promise<ReadonlyMap<number, ReadResult>> {
  await using answers = await ReadRowAnswers.of(flow, run)
  return await answers.read(requests)
}

function rowOf(request: RequestRow, first: RequestRow, read: ReadResult | undefined): Omit<Row, 'costUsd'> {
  const { key, seq, outcome, inputTokens, outputTokens, batchN, scorePermille } = request
  return {
    key,
    seq,
    outcome,
    reason: read?.problem ?? request.reason,
    output: read?.output ?? null,
    text: read?.text ?? null,
    inputTokens,
    outputTokens,
    tries: first.tries,
    batch: batchN,
    score: scorePermille === null ? null : scorePermille / 1_000,
    sameAs: first === request ? null : first.key,
  }
}

/** What of the filter the state answers. */
async function pageFilter(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
  { outcomes, reason, keyPrefix, batchN }: RowsFilter,
): Promise<PageFilter> {
  // What is written or waited for has no reason; without these, few are looked through.
  const meant =
    outcomes ?? (reason === undefined ? undefined : outcomeNames.filter((name) => hasReason(name)))
  return {
    ...(meant === undefined ? {} : { outcomes: meant }),
    ...(reason === undefined ? {} : { reason }),
    ...(keyPrefix === undefined ? {} : { keyPrefix: await typedPrefix(store, run, keyPrefix) }),
    ...(batchN === undefined ? {} : { batchN }),
  }
}

function hasReason(outcome: Outcome): boolean {
  return outcome !== 'merged' && outcome !== 'pending'
}

/** The beginning of a key as it was typed: the parts of a composite one have slashes between them. */
async function typedPrefix(store: Flow['store'], run: RunRow, typed: string): Promise<string> {
  const isComposite = (await partsOf(store, run)) > 1
  return isComposite ? keyOf(typedParts(typed)) : keyOfTyped(typed, 1)
}

async function find(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
  filter: PageFilter,
  cursor: number | null,
  limit: number,
): Promise<{ readonly requests: readonly RequestRow[]; readonly next: number | null }> {
  const requests: RequestRow[] = []
  const order = filter.keyPrefix === undefined ? 'inOrder' : 'byKey'
  let next = cursor
  for (let goes = 0; goes < mostGoes[order]; goes++) {
    if (goes > 0) await setImmediate()
    const page = await store.requestPage(run.id, filter, {
      after: next,
      limit: limit - requests.length,
      visit: visited[order],
    })
    requests.push(...page.rows)
    next = page.next
    if (next === null || requests.length >= limit) break
  }
  return { requests, next }
}

function cursorOf(cursor: string | null): number | null {
  if (cursor === null) return null
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  throw notOurs()
}

function notOurs(): OffpeakError {
  return new OffpeakError('E_USAGE', 'the cursor is not one of ours', {
    fix: 'take `nextCursor` of the page before, or begin without one',
  })
}
