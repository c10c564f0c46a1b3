import { keyParts } from '../../domain/record-key.ts'
import type { ReadOptions, SourcePage, SourceRecord } from '../../ports/source.ts'
import { joinSql, rawSql, sql, type Sql } from '../database/sql.ts'
import { withKey, withoutKey } from '../postgres/selection.ts'
import { nullKey, repeatedKey } from '../record.ts'
import { type KeyPosition, KeyWalk, pageOf, startAt } from './key-walk.ts'
import type { Reading } from './query-database.ts'
import { everything, type QueryRows, type Shape } from './query-rows.ts'

/** The pages of one reading; see `SourceReader.read` for the contract. */
export async function* queryPages<Row>(
  source: QueryRows<Row>,
  options: ReadOptions,
): AsyncGenerator<SourcePage<Row>, void> {
  const { database, key, limit } = source
  const { limit: most, order, only } = options
  if (most === 0 || only?.length === 0) return
  const shape = await source.shape()
  const partsOf = source.partsIn(shape)
  const start = startAt(options)
  const walk = new KeyWalk(start, options)
  let left = Math.min(most ?? Infinity, (limit ?? Infinity) - start.taken)
  // The limit inside the query is that of the whole reading; rows that leave the selection meanwhile make no room.
  const taken = only === null ? Math.min(start.taken + (most ?? Infinity), limit ?? Infinity) : Infinity
  const inside = taken === Infinity ? null : taken
  const wanted = only === null ? null : new Set(only)
  const blocks = left > 0 ? database.read(readingOf(source, shape, options, start.after, inside)) : []
  for await (const block of blocks) {
    const found: SourceRecord<Row>[] = []
    const positions: KeyPosition[] = []
    for (const cells of block) {
      if (left <= 0) break
      const parts = partsOf(cells)
      const text = parts && source.keyText(parts)
      if (wanted && (text === null || !wanted.has(text))) continue
      left -= 1
      if (!parts || text === null) found.push(nullKey(walk.passNull(), key))
      else {
        const repeats = walk.pass(parts, text)
        found.push(repeats > 0 ? repeatedKey(text, repeats) : await source.record(cells, text, shape))
      }
      positions.push(walk.position)
    }
    if (found.length > 0) yield pageOf(found, positions, null)
    if (left <= 0) return
  }
  if (order === 'given' || only !== null || left <= 0) return
  const nulls = await source.count(sql` where ${withoutKey(key)}`, inside)
  const last = walk.nullsLeft<Row>(nulls, left, key, null)
  if (last !== null) yield last
}

/** What is read: in the order of the query in one go, or by key, where rows without one come last. */
function readingOf<Row>(
  source: QueryRows<Row>,
  shape: Shape,
  { order, only }: ReadOptions,
  from: readonly string[] | null,
  inside: number | null,
): Reading {
  const { database, key, selected } = source
  const conditions = [
    ...(only === null ? [] : [database.oneOf(shape.key, only.map(keyParts))]),
    ...(order === 'given' ? [] : [withKey(key)]),
  ]
  const statement = (behind: readonly string[] | null): Sql => {
    const all = behind === null ? conditions : [...conditions, database.after(shape.key, behind)]
    const where = all.length === 0 ? rawSql('') : sql` where ${joinSql(all, ' and ')}`
    const ordered = order === 'given' ? where : sql`${where} order by ${database.order(shape.key)}`
    return selected.select(everything, inside, ordered)
  }
  return order === 'given'
    ? { kind: 'whole', statement: statement(null) }
    : { kind: 'keyed', statement, from, keyOf: source.partsIn(shape), seekable: shape.key.length === 1 }
}
