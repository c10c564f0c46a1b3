import { OffpeakError } from '../../domain/errors.ts'
import { SeenKeys } from '../seen-keys.ts'
import type {
  Part,
  ReadOptions,
  RepeatedKeys,
  SourcePage,
  SourceReader,
  SourceRecord,
} from '../../ports/source.ts'
import { cursorText, parseCursor, type PipelinePosition } from './cursor.ts'
import { type Moment, Tally } from './tally.ts'
import { pipelineSample } from './sample.ts'
import type { Limit, Run } from './steps.ts'
import { keySeparator } from '../../domain/record-key.ts'

/** Parts of a page's records make pages of their own beyond so many, and beyond as many as the page had records. */
const minPageRecords = 256

const looksAt = 20

/** Of keys that steps make, so many are looked at: each costs a whole row. */
const mostMade = 200_000

export interface PipelineOptions<In, Row> {
  readonly root: SourceReader<In>
  readonly run: Run<In, Row>
  readonly limits: readonly Limit[]
  /** Of how many parts the key of the source is; the first of every key here, when records can be found by them. */
  readonly rootKeyParts: number
  readonly beginsWithRootKey: boolean
  /** Records of the source become several: each is told of what it is a part. */
  readonly makesParts: boolean
  readonly keepsKey: boolean
  /** Keys are those of the source, or begin with them: no two records of one key come of two. */
  readonly keysFollow: boolean
  /** No step leaves records out or makes more of them. */
  readonly keepsCount: boolean
}

/** Where the record at an index of a page left the source: texts are made only when somebody asks. */
interface Place {
  readonly cursor: () => string | null
  readonly within: PipelinePosition['within']
  readonly moments: readonly Moment[]
}

/** A source read through steps; see `SourceReader` for the contract. */
export function pipelineReader<In, Row>(options: PipelineOptions<In, Row>): SourceReader<Row> {
  const { root, run, limits, rootKeyParts, beginsWithRootKey, makesParts, keepsKey, keepsCount, keysFollow } =
    options
  // The key of a whole record names all of its parts; elsewhere it could be the key of another record's part.
  const takesRecords = makesParts && beginsWithRootKey
  const rootKeys = (keys: Iterable<string>): readonly string[] => [
    ...new Set(Array.from(keys, (key) => key.split(keySeparator).slice(0, rootKeyParts).join(keySeparator))),
  ]

  /** What comes of one record, told of what it is a part, without what the limits leave out. */
  const derive = (
    record: SourceRecord<In>,
    tallies: readonly Tally[] | null,
  ): readonly SourceRecord<Row>[] => {
    const drafts = run(record, tallies)
    return drafts.flatMap(({ record: made, isLeftOut }, index): readonly SourceRecord<Row>[] => {
      if (isLeftOut) return []
      if (made.problem !== undefined) return [made]
      // What is a part already, as the connector read it, stays one.
      if (!makesParts)
        return [record.problem === undefined && record.part ? { ...made, part: record.part } : made]
      const part: Part = { of: record.key, index, count: drafts.length }
      return [{ ...made, part }]
    })
  }

  async function* read(options: ReadOptions): AsyncGenerator<SourcePage<Row>, void> {
    const { after, order } = options
    if (options.limit === 0 || options.only?.length === 0) return
    const from = after === null ? { cursor: null, within: null, counts: [] } : parseCursor(after)
    const wanted = options.only === null ? null : new Set(options.only)
    // Keys that are asked for by name are found wherever they are, so no limit holds for them.
    const tallies = wanted ? null : limits.map((_, index) => new Tally(from.counts[index] ?? []))
    const isOver = (): boolean =>
      limits.some(({ isOfAll, most }, index) => isOfAll && (tallies?.[index]?.of('') ?? -1) >= most)
    if (isOver()) return
    const now = (): readonly Moment[] => tallies?.map((tally) => tally.now) ?? []
    const textOf = ({ cursor, within, moments }: Place): string =>
      cursorText({
        cursor: cursor(),
        within,
        counts: tallies?.map((tally, index) => tally.at(moments[index] ?? tally.now)) ?? [],
      })
    const page = (
      records: readonly SourceRecord<Row>[],
      places: readonly Place[],
      mark: string | null,
    ): SourcePage<Row> => ({
      records,
      mark,
      cursorAt(index) {
        const place = places[index]
        if (place) return textOf(place)
        throw new OffpeakError('E_BUG', `A page of ${records.length} records has no record ${index}`)
      },
    })

    let left = options.limit ?? Infinity
    let { within } = from
    let before = (): string | null => from.cursor
    const only = wanted && beginsWithRootKey ? rootKeys(wanted) : null
    for await (const rootPage of root.read({ after: from.cursor, limit: null, order, only })) {
      let [records, places]: [SourceRecord<Row>[], Place[]] = [[], []]
      const most = Math.max(minPageRecords, rootPage.records.length)
      for (const [index, record] of rootPage.records.entries()) {
        const momentsBefore = now()
        const whole = wanted === null || (takesRecords && wanted.has(record.key))
        const made = derive(record, tallies).filter(({ key }) => whole || wanted.has(key))
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
            yield page(records, places, rootPage.mark)
            ;[records, places] = [[], []]
            if (left === 0) return
          }
        }
        before = behind.cursor
        if (isOver()) break
      }
      if (records.length > 0) yield page(records, places, rootPage.mark)
      if (isOver()) return
    }
  }

  return {
    async check() {
      await root.check()
      const problems: string[] = []
      for await (const { records } of root.read({
        after: null,
        limit: looksAt,
        order: 'given',
        only: null,
      })) {
        for (const record of records.filter(({ problem }) => problem === undefined)) {
          const made = derive(record, null)
          if (made.some(({ problem }) => problem === undefined)) return
          problems.push(...made.flatMap(({ problem }) => problem ?? []))
        }
      }
      const [problem] = problems
      if (problem === undefined) return
      throw new OffpeakError('E_SOURCE_ROW', `None of the first records can be used: ${problem}`, {
        fix: 'Correct the steps that the job puts behind its source.',
      })
    },
    read,
    ...pipelineSample({ root, derive, read, hasLimits: limits.length > 0, keepsCount }),
    repeatedKeys: async () => (keysFollow ? ((await root.repeatedKeys?.()) ?? null) : repeatedOf(read)),
    reread:
      root.reread === null || !beginsWithRootKey
        ? null
        : async (keys) => {
            const wanted = new Set(keys)
            const found = new Map<string, Row>()
            for (const [key, row] of (await root.reread?.(rootKeys(keys))) ?? []) {
              for (const made of derive({ key, row }, null))
                if (made.problem === undefined && wanted.has(made.key)) found.set(made.key, made.row)
            }
            return found
          },
    notes: async () => (await root.notes?.()) ?? [],
    files: () => root.files?.() ?? [],
    tables: async () => (keepsKey ? ((await root.tables?.()) ?? []) : []),
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  }
}

/** Keys that steps have made are only known once the rows are read. */
async function repeatedOf(read: SourceReader<unknown>['read']): Promise<RepeatedKeys> {
  const keys = new SeenKeys()
  let looked = 0
  for await (const { records } of read({ after: null, limit: mostMade + 1, order: 'key', only: null }))
    for (const { key, problem } of records) {
      looked += 1
      if (looked > mostMade) return { ...keys.result, hasMore: true }
      if (problem === undefined) keys.add(key)
    }
  return keys.result
}
