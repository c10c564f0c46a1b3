import { OffpeakError } from '../../domain/errors.ts'
import { typedKey } from '../../wording/typed-key.ts'
import type { ReadOptions, SourcePage, SourceReader, SourceRecord } from '../../ports/source.ts'

const pageRecords = 500

/**
 * A reader of records that are all in memory, for sources whose whole is small. A cursor is the key of the last record.
 */
export function listReader<Row>(
  records: readonly SourceRecord<Row>[],
  {
    where,
    path,
    check,
  }: { readonly where: string; readonly path: string; readonly check: () => Promise<void> },
): SourceReader<Row> {
  async function* read({ after, limit, only }: ReadOptions): AsyncGenerator<SourcePage<Row>, void> {
    const wanted = only === null ? null : new Set(only)
    const from = after === null ? 0 : placeBehind(after)
    const left = records.slice(from).filter(({ key }) => wanted === null || wanted.has(key))
    const all = limit === null ? left : left.slice(0, limit)
    for (let at = 0; at < all.length; at += pageRecords) {
      const page = all.slice(at, at + pageRecords)
      yield { records: page, mark: null, cursorAt: (index) => page[index]?.key ?? '' }
    }
  }
  function placeBehind(key: string): number {
    const place = records.findIndex((record) => record.key === key)
    if (place !== -1) return place + 1
    throw new OffpeakError(
      'E_SOURCE_CHANGED',
      `${where} no longer has ${typedKey(key)}, where reading stopped`,
      {
        where,
        fix: 'put the file back as it was; or `offpeak cancel` this run, and run the job again: what is merged already is not paid again',
      },
    )
  }
  return {
    check,
    count: () => Promise.resolve(records.length),
    sample(size) {
      const stride = Math.max(1, Math.floor(records.length / Math.max(1, size)))
      return Promise.resolve(records.filter((_, index) => index % stride === 0))
    },
    read,
    files: () => [path],
    reread(keys) {
      const wanted = new Set(keys)
      const rows = new Map<string, Row>()
      for (const record of records)
        if (record.problem === undefined && wanted.has(record.key)) rows.set(record.key, record.row)
      return Promise.resolve(rows)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
