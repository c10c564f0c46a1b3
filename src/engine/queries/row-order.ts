import { OffpeakError } from '../../domain/errors.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { PageFilter } from '../../ports/store/requests.ts'
import type { Flow } from '../flow.ts'
import { ReadRowAnswers } from './row-answers.ts'
import type { ReadResult } from './answer-reader.ts'

/** In which order the records of a run are listed. */
export interface RowSort {
  /** A field of a row, or one of the output as `output.topic`. */
  readonly field: string
  readonly descending: boolean
}

/** Fields of a row that a list can be sorted by, besides `output.<name>`. */
export const sortableFields = [
  'key',
  'outcome',
  'reason',
  'output',
  'text',
  'score',
  'inputTokens',
  'outputTokens',
  'costUsd',
  'tries',
] as const

/** Answers that are read for one order, at most: each is read from its file. */
const mostOrdered = 50_000
const pageSize = 500

/**
 * The places (`seq`) of the records whose answers have a text in them, in whatever case, and in the order that is asked for:
 * numbers before texts, records without a value last. Throws E_USAGE for a field that there is not, and when more than
 * 50,000 answers would have to be read.
 */
export async function rowOrder(
  flow: Flow,
  run: RunRow,
  filter: PageFilter,
  { answer, sort }: { readonly answer: string | null; readonly sort: RowSort | null },
): Promise<readonly number[]> {
  requireSortable(sort)
  const wanted = answer === null ? null : answer.toLowerCase()
  await using answers = await ReadRowAnswers.of(flow, run)
  const found: { readonly seq: number; readonly value: Comparable }[] = []
  let visited = 0
  for (let afterSeq = -1; ;) {
    const page = await flow.store.requests(run.id, { ...filter, afterSeq, limit: pageSize })
    const last = page.at(-1)
    if (!last) break
    afterSeq = last.seq
    visited += page.length
    if (visited > mostOrdered) throw tooMany()
    const read = await answers.read(page)
    for (const request of page) {
      const answered = read.get(request.seq) ?? null
      if (wanted !== null && !has(answered, wanted)) continue
      found.push({
        seq: request.seq,
        value: sort === null ? request.seq : comparable(valueOf(request, answered, sort.field)),
      })
    }
  }
  const turn = sort?.descending === true ? -1 : 1
  return found
    .sort((one, other) => compare(one.value, other.value, turn) || one.seq - other.seq)
    .map(({ seq }) => seq)
}

function requireSortable(sort: RowSort | null): void {
  if (sort === null) return
  if (/^output\../.test(sort.field) || sortableFields.some((name) => name === sort.field)) return
  throw new OffpeakError('E_USAGE', `there is no field ${sort.field} to sort by`, {
    fix: `the fields are ${sortableFields.join(', ')}, and output.<name> for a part of the output`,
  })
}

function tooMany(): OffpeakError {
  return new OffpeakError(
    'E_USAGE',
    `more than ${mostOrdered.toLocaleString('en-US')} answers would have to be read to search or sort them`,
    { fix: 'narrow the list first (outcome, key, error, batch), or take all of it: offpeak results' },
  )
}

function has(read: ReadResult | null, wanted: string): boolean {
  if (read === null) return false
  if (read.text?.toLowerCase().includes(wanted) === true) return true
  return read.output !== null && JSON.stringify(read.output).toLowerCase().includes(wanted)
}

function valueOf(request: RequestRow, read: ReadResult | null, field: string): unknown {
  if (field === 'output') return read?.output
  if (field === 'text') return read?.text
  if (field.startsWith('output.')) {
    const output: unknown = read?.output
    const name = field.slice('output.'.length)
    return typeof output === 'object' && output !== null && Object.hasOwn(output, name)
      ? Reflect.get(output, name)
      : null
  }
  if (field === 'costUsd') return request.costPicoUsd
  if (field === 'score') return request.scorePermille
  return Reflect.get(request, field)
}

/** Null: there is nothing to compare by. */
type Comparable = number | string | null

function comparable(value: unknown): Comparable {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return Number.isNaN(value) ? null : value
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
  if (typeof value === 'string') return value
  return JSON.stringify(value)
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

function compare(one: Comparable, other: Comparable, turn: 1 | -1): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1
  if (typeof one === 'number') return typeof other === 'number' ? turn * (one - other) : -turn
  return typeof other === 'number' ? turn : turn * collator.compare(one, other)
}
