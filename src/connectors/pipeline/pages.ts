import { OffpeakError } from '../../domain/errors.ts'
import type { ReadOptions, SourcePage, SourceRecord } from '../../ports/source.ts'
import { cursorText, parseCursor, type PipelinePosition } from './cursor.ts'
import { derive, type PipelineOptions, rootKeys } from './derive.ts'
import { type Moment, Tally } from './tally.ts'

/** Parts of a page's records make pages of their own beyond so many, and beyond as many as the page had records. */
const minPageRecords = 256

/** Where the record at an index of a page left the source: texts are made only when somebody asks. */
interface Place {
  readonly cursor: () => string | null
  readonly within: PipelinePosition['within']
  readonly moments: readonly Moment[]
}

/** The pages of one reading; see `SourceReader.read` for the contract. */
export async function* pipelinePages<In, Row>(
  pipeline: PipelineOptions<In, Row>,
  { after, order, only, limit }: ReadOptions,
): AsyncGenerator<SourcePage<Row>, void> {
  const { root, limits, beginsWithRootKey, makesParts } = pipeline
  if (limit === 0 || only?.length === 0) return
  // The key of a whole record names all of its parts; elsewhere it could be the key of another record's part.
  const takesRecords = makesParts && beginsWithRootKey
  const from = after === null ? { cursor: null, within: null, counts: [] } : parseCursor(after)
  const wanted = only === null ? null : new Set(only)
  // Keys that are asked for by name are found wherever they are, so no limit holds for them.
  const tallies = wanted ? null : limits.map((_, index) => new Tally(from.counts[index] ?? []))
  const isOver = (): boolean =>
    limits.some(({ isOfAll, most }, index) => isOfAll && (tallies?.[index]?.of('') ?? -1) >= most)
  if (isOver()) return
  const now = (): readonly Moment[] => tallies?.map((tally) => tally.now) ?? []
  let left = limit ?? Infinity
  let { within } = from
  let before = (): string | null => from.cursor
  const rootOnly = wanted && beginsWithRootKey ? rootKeys(pipeline, wanted) : null
  for await (const rootPage of root.read({ after: from.cursor, limit: null, order, only: rootOnly })) {
    let [records, places]: [SourceRecord<Row>[], Place[]] = [[], []]
    const most = Math.max(minPageRecords, rootPage.records.length)
    for (const [index, record] of rootPage.records.entries()) {
      const momentsBefore = now()
      const whole = wanted === null || (takesRecords && wanted.has(record.key))
      const made = derive(pipeline, record, tallies).filter(({ key }) => whole || wanted.has(key))
      const behind: Place = { cursor: () => rootPage.cursorAt(index), within: null, moments: now() }
      const ahead = before
      let taken = within?.key === record.key ? within.taken : 0
      within = null
      for (const one of made.slice(taken)) {
        taken += 1
        records.push(one)
        places.push(
          taken === made.length
            ? behind
            : { cursor: ahead, within: { key: record.key, taken }, moments: momentsBefore },
        )
        left -= 1
        if (records.length >= most || left === 0) {
          yield pageOf(records, places, rootPage.mark, tallies)
          ;[records, places] = [[], []]
          if (left === 0) return
        }
      }
      before = behind.cursor
      if (isOver()) break
    }
    if (records.length > 0) yield pageOf(records, places, rootPage.mark, tallies)
    if (isOver()) return
  }
}

/** Records with their places; the text of a cursor is made when somebody asks for it. */
function pageOf<Row>(
  records: readonly SourceRecord<Row>[],
  places: readonly Place[],
  mark: string | null,
  tallies: readonly Tally[] | null,
): SourcePage<Row> {
  return {
    records,
    mark,
    cursorAt(index) {
      const place = places[index]
      if (!place)
        throw new OffpeakError('E_BUG', `A page of ${records.length} records has no record ${index}`)
      const { cursor, within, moments } = place
      return cursorText({
        cursor: cursor(),
        within,
        counts: tallies?.map((tally, index) => tally.at(moments[index] ?? tally.now)) ?? [],
      })
    },
  }
}
