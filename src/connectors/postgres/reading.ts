import type { ReadOptions, SourcePage, SourceRecord } from '../../ports/source.ts'
import type { Database } from '../database/database.ts'
import type { RawRows } from '../database/driver.ts'
import { isTransient } from './errors.ts'
import { cursorFeed, keptFeed, pageFeed, type Feed, type FeedPage } from './feed.ts'
import {
  afterKey,
  keyList,
  oneOfKeys,
  withKey,
  withoutKey,
  type KeyColumn,
  type Selection,
} from './selection.ts'
import { queryError } from './shape.ts'
import { keyOf, keyParts } from '../../domain/record-key.ts'
import { nullKey, repeatedKey } from '../record.ts'
import { type KeyPosition, KeyWalk, pageOf, startAt } from '../tables/key-walk.ts'
import { retrying } from '../database/retry.ts'
import { joinSql, rawSql, sql, type Sql } from '../database/sql.ts'

/** In characters of all cells. Larger pages are no faster to read, and live so long that they fill the heap as garbage. */
const pageBytes = 500_000
const firstRows = 32
const maxRows = 4_000
const maxFailures = 5

export const everything = rawSql('q.*')

export interface Reading<Row> {
  readonly database: Database
  readonly selected: Selection
  readonly key: readonly KeyColumn[]
  /** The source's own limit. */
  readonly limit: number | null
  readonly record: (
    raw: RawRows,
    cells: readonly (string | null)[],
    parts: readonly string[],
  ) => Promise<SourceRecord<Row>>
  countNulls(statement: Sql): Promise<number>
}

interface ReadingStatements {
  rows(after: readonly string[] | null, which: 'all keys' | 'whole keys'): Sql
  countNulls(): Sql
}

/** The statements of one reading. Rows without a key are left out where a page may begin behind a key. */
export function readingStatements(
  selected: Selection,
  key: readonly KeyColumn[],
  { order, only }: ReadOptions,
  limit: number | null,
): ReadingStatements {
  const names = key.map(({ name }) => name)
  const keys = only?.map(keyParts) ?? null
  return {
    rows(after, which) {
      const conditions = [
        ...(keys === null ? [] : [oneOfKeys(key, keys)]),
        ...(which === 'whole keys' ? [withKey(names)] : []),
        ...(after === null ? [] : [afterKey(key, after)]),
      ]
      const where = conditions.length === 0 ? rawSql('') : sql` where ${joinSql(conditions, ' and ')}`
      return selected.select(
        everything,
        limit,
        order === 'given' ? where : sql`${where} order by ${keyList(names)}`,
      )
    },
    countNulls: () => selected.select(rawSql('count(*)'), limit, sql` where ${withoutKey(names)}`),
  }
}

/** The pages of one reading; see `SourceReader.read` for the contract. */
export async function* readPages<Row>(
  reading: Reading<Row>,
  options: ReadOptions,
): AsyncGenerator<SourcePage<Row>, void> {
  const { database, selected, key } = reading
  const { order, only } = options
  const names = key.map(({ name }) => name)
  const start = startAt(options)
  const walk = new KeyWalk(start, options, start.after && keyOf(start.after))
  let left = Math.min(options.limit ?? Infinity, (reading.limit ?? Infinity) - start.taken)
  // The limit inside the query is that of the whole reading; rows that leave the selection meanwhile make no room.
  const inside =
    only === null ? Math.min(start.taken + (options.limit ?? Infinity), reading.limit ?? Infinity) : Infinity
  const statements = readingStatements(selected, key, options, inside === Infinity ? null : inside)
  const embedded = database.kind === 'pglite'
  // A reading from the start by one cursor meets rows without a key by itself; any other has to ask for them.
  let which: 'all keys' | 'whole keys' =
    order === 'key' && (embedded || options.after !== null) ? 'whole keys' : 'all keys'
  let mark: string | null = null

  const openFeed = (): Promise<Feed> => {
    if (!embedded) return cursorFeed(database, statements.rows(walk.position.after, which))
    if (order === 'given') return keptFeed(database, statements.rows(null, which))
    return Promise.resolve(pageFeed(database, () => statements.rows(walk.position.after, which)))
  }

  let failures = 0
  let ended = false
  while (!ended && left > 0) {
    const pages = fetching(openFeed, left, !embedded)
    try {
      for await (const page of pages) {
        failures = 0
        left -= page.raw.rows.length
        mark = page.mark
        if (page.raw.rows.length > 0) yield await toPage(reading, walk, page)
      }
      ended = true
    } catch (thrown) {
      failures += 1
      if (order === 'given' || failures > maxFailures || !isTransient(thrown)) {
        throw queryError(thrown, statements.rows(walk.position.after, which), selected.query, database.where)
      }
      // The snapshot is gone with the connection; going on behind the last key is what a resumed run does too.
      which = 'whole keys'
      await retrying(() => database.transaction('read only', () => Promise.resolve()), isTransient)
    }
  }
  if (which === 'all keys' || only !== null || left <= 0) return
  const nulls = await reading.countNulls(statements.countNulls())
  const last = walk.nullsLeft<Row>(nulls, left, names, mark)
  if (last !== null) yield last
}

/** The records of what was fetched, in their order. */
async function toPage<Row>(
  { key, record }: Reading<Row>,
  walk: KeyWalk,
  { raw, mark }: FeedPage,
): Promise<SourcePage<Row>> {
  const names = key.map(({ name }) => name)
  const partsOf = keyReader(raw, names)
  const records: SourceRecord<Row>[] = []
  const positions: KeyPosition[] = []
  for (const cells of raw.rows) {
    const parts = partsOf(cells)
    if (!parts) records.push(nullKey(walk.passNull(), names))
    else {
      const text = keyOf(parts)
      const repeats = walk.pass(parts, text)
      records.push(repeats > 0 ? repeatedKey(text, repeats) : await record(raw, cells, parts))
    }
    positions.push(walk.position)
  }
  return pageOf(records, positions, mark)
}

/** Fetches at most `most` rows in parts of about a page, one part ahead where the connection is ours alone. */
async function* fetching(
  openFeed: () => Promise<Feed>,
  most: number,
  aheadOfUse: boolean,
): AsyncGenerator<FeedPage, void> {
  const feed = await openFeed()
  let left = most
  let wanted = Math.min(firstRows, left)
  let pending: Promise<FeedPage> | null = feed.next(wanted)
  try {
    while (pending !== null) {
      const page: FeedPage = await pending
      pending = null
      left -= page.raw.rows.length
      const more = page.raw.rows.length === wanted && left > 0
      wanted = Math.min(rowsFor(page.raw, wanted), left)
      if (more && aheadOfUse) {
        pending = feed.next(wanted)
        // It is awaited by the next turn; until then a failure must not count as unhandled.
        pending.catch(() => undefined)
      }
      yield page
      if (more) pending ??= feed.next(wanted)
    }
  } finally {
    await pending?.catch(() => undefined)
    await feed.close()
  }
}

/** How many rows make a page, after what this one weighed. */
function rowsFor(raw: RawRows, wanted: number): number {
  if (raw.rows.length === 0) return wanted
  const bytes = raw.rows.reduce(
    (sum, cells) => cells.reduce((sum, cell) => sum + (cell?.length ?? 0), sum + 16),
    0,
  )
  const fitting = Math.floor((pageBytes * raw.rows.length) / bytes)
  return Math.max(1, Math.min(maxRows, fitting, wanted * 8))
}

/** A reader of a row's key as texts; null when one of its columns is null. */
export function keyReader(
  raw: RawRows,
  key: readonly string[],
): (cells: readonly (string | null)[]) => readonly string[] | null {
  const places = key.map((name) => raw.columns.findIndex((column) => column.name === name))
  return (cells) => {
    const parts: string[] = []
    for (const place of places) {
      const part = cells[place]
      if (part === null || part === undefined) return null
      parts.push(part)
    }
    return parts
  }
}
