import { stepsChanged } from '../pipeline/cursor.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { ReadOptions, SourcePage, SourceReader, SourceRecord } from '../../ports/source.ts'
import { didYouMean } from './near-names.ts'
import { keyList, selection, withKey, withoutKey, type KeyColumn } from '../postgres/selection.ts'
import type { Cells, QueryDatabase } from './query-database.ts'
import { Unreadable } from './unreadable.ts'
import { keyOf, keyParts } from '../../domain/record-key.ts'
import { checkedRecord, nullKey, repeatedKey } from '../record.ts'
import { joinSql, rawSql, sql, type Sql } from '../database/sql.ts'

const keysPerStatement = 500
const everything = rawSql('q.*')

export interface QueryReaderOptions<Row> {
  /** Closed with the reader. */
  readonly database: QueryDatabase
  readonly query: Sql
  readonly key: readonly string[]
  readonly row: StandardSchema<unknown, Row>
  /** The file of the database, as an absolute path; null: it has none. */
  readonly file: string | null
  /** The source's own limit. */
  readonly limit: number | null
}

interface Shape {
  readonly columns: readonly KeyColumn[]
  readonly key: readonly KeyColumn[]
}

/** Where a reading stands: the last key, how many rows without a key were told, and how many rows in all. */
interface Position {
  readonly after: readonly string[] | null
  readonly nulls: number
  readonly taken: number
}

/** Reads a query's rows by key from a database in a file; see `SourceReader` for the contract. */
export function queryReader<Row>(options: QueryReaderOptions<Row>): SourceReader<Row> {
  const { database, file, query, key, row, limit } = options
  const selected = selection(query, key)
  let known: Shape | null = null

  const shape = async (): Promise<Shape> => {
    known ??= await readShape(database, sql`${selected.select(everything, null)} limit 0`, key)
    return known
  }
  const rows = async (statement: Sql): Promise<Cells[]> => {
    const found: Cells[] = []
    for await (const block of database.read({ kind: 'once', statement })) found.push(...block)
    return found
  }
  const countRows = async (rest?: Sql, inside: number | null = limit): Promise<number> => {
    const [cells] = await rows(selected.select(rawSql('count(*)'), inside, rest))
    return Number(cells?.[0] ?? 0)
  }
  /** The key's cells as the texts of a cursor; null when one of them is null. */
  const partsIn = ({ columns }: Shape): ((cells: Cells) => readonly string[] | null) => {
    const places = key.map((name) => columns.findIndex((column) => column.name === name))
    return (cells) => {
      const parts = places.map((place) => database.cursorPart(cells[place]))
      const whole = parts.filter((part) => part !== null)
      return whole.length === parts.length ? whole : null
    }
  }
  const keyText = (parts: readonly string[]): string => keyOf(parts.map((part) => database.keyText(part)))
  const record = (cells: Cells, text: string, { columns }: Shape): Promise<SourceRecord<Row>> => {
    const value: [string, unknown][] = []
    for (const [index, column] of columns.entries()) {
      try {
        value.push([column.name, database.plain(cells[index], column)])
      } catch (thrown) {
        if (!(thrown instanceof Unreadable)) throw thrown
        return Promise.resolve({ key: text, problem: `The column ${column.name} ${thrown.message}` })
      }
    }
    return checkedRecord(text, Object.fromEntries(value), row)
  }
  const records = async (found: readonly Cells[], known: Shape): Promise<SourceRecord<Row>[]> => {
    let nulls = 0
    const made: SourceRecord<Row>[] = []
    for (const cells of found) {
      const parts = partsIn(known)(cells)
      made.push(parts ? await record(cells, keyText(parts), known) : nullKey((nulls += 1), key))
    }
    return made
  }
  const withKeys = async (keys: readonly string[]): Promise<SourceRecord<Row>[]> => {
    const known = await shape()
    const found: SourceRecord<Row>[] = []
    for (let start = 0; start < keys.length; start += keysPerStatement) {
      const wanted = new Set(keys.slice(start, start + keysPerStatement))
      const parts = [...wanted].map(keyParts).filter(({ length }) => length === key.length)
      if (parts.length === 0) continue
      const statement = selected.select(everything, null, sql` where ${database.oneOf(known.key, parts)}`)
      const made = await records(await rows(statement), known)
      found.push(...made.filter((one) => wanted.has(one.key)))
    }
    return found
  }

  async function* read({
    after,
    limit: most,
    order,
    only,
  }: ReadOptions): AsyncGenerator<SourcePage<Row>, void> {
    if (most === 0 || only?.length === 0) return
    const known = await shape()
    let position = startAt(after, order)
    let left = Math.min(most ?? Infinity, (limit ?? Infinity) - position.taken)
    // The limit inside the query is that of the whole reading; rows that leave the selection meanwhile make no room.
    const taken = only === null ? Math.min(position.taken + (most ?? Infinity), limit ?? Infinity) : Infinity
    const inside = taken === Infinity ? null : taken
    const conditions = [
      ...(only === null ? [] : [database.oneOf(known.key, only.map(keyParts))]),
      ...(order === 'given' ? [] : [withKey(key)]),
    ]
    const statement = (behind: readonly string[] | null): Sql => {
      const all = behind === null ? conditions : [...conditions, database.after(known.key, behind)]
      const where = all.length === 0 ? rawSql('') : sql` where ${joinSql(all, ' and ')}`
      const ordered = order === 'given' ? where : sql`${where} order by ${database.order(known.key)}`
      return selected.select(everything, inside, ordered)
    }
    const wanted = only === null ? null : new Set(only)
    let lastKey: string | null = null
    let repeats = 0
    const blocks = database.read(
      order === 'given'
        ? { kind: 'whole', statement: statement(null) }
        : {
            kind: 'keyed',
            statement,
            from: position.after,
            keyOf: partsIn(known),
            seekable: known.key.length === 1,
          },
    )
    for await (const block of left > 0 ? blocks : []) {
      const found: SourceRecord<Row>[] = []
      const positions: Position[] = []
      for (const cells of block) {
        if (left <= 0) break
        const parts = partsIn(known)(cells)
        const text = parts && keyText(parts)
        if (wanted && (text === null || !wanted.has(text))) continue
        left -= 1
        position = { ...position, taken: position.taken + 1 }
        if (!parts || text === null) {
          position = { ...position, nulls: position.nulls + 1 }
          found.push(nullKey(position.nulls, key))
        } else {
          repeats = order === 'key' && text === lastKey ? repeats + 1 : 0
          found.push(repeats > 0 ? repeatedKey(text, repeats) : await record(cells, text, known))
          lastKey = text
          position = { ...position, after: parts }
        }
        positions.push(position)
      }
      if (found.length > 0) yield pageOf(found, positions)
      if (left <= 0) return
    }
    if (order === 'given' || only !== null || left <= 0) return
    const nulls = await countRows(sql` where ${withoutKey(key)}`, inside)
    const found: SourceRecord<Row>[] = []
    const positions: Position[] = []
    for (; position.nulls < nulls && left > 0; left -= 1) {
      position = { ...position, nulls: position.nulls + 1, taken: position.taken + 1 }
      positions.push(position)
      found.push(nullKey(position.nulls, key))
    }
    if (found.length > 0) yield pageOf(found, positions)
  }

  return {
    files: () => (file === null ? [] : [file]),
    async check() {
      const known = await shape()
      const first = await records(await rows(sql`${selected.select(everything, limit)} limit 20`), known)
      const [problem] = first.filter((found) => found.problem !== undefined)
      if (!problem || first.some((found) => found.problem === undefined)) return
      throw new OffpeakError(
        'E_SOURCE_ROW',
        `None of the first ${first.length} rows can be used. ${problem.problem ?? ''}`,
        {
          where: database.where,
          fix: `Fix the row schema or the query, which has: ${known.columns.map(({ name }) => name).join(', ')}`,
        },
      )
    },
    count: () => countRows(),
    async sample(size) {
      const known = await shape()
      const total = await countRows()
      if (total <= size) return records(await rows(selected.select(everything, limit)), known)
      const stride = Math.floor(total / Math.max(1, size))
      const numbered = selected.select(
        sql`${keyList(key)}, row_number() over (order by ${database.order(known.key)}) as offpeak_n`,
        limit,
        sql` where ${withKey(key)}`,
      )
      const drawn = await rows(
        sql`select ${keyList(key, 'n')} from (${numbered}) as n where offpeak_n % ${stride} = 0 order by offpeak_n limit ${size}`,
      )
      const texts = drawn.map((cells) => keyText(cells.map((cell) => database.cursorPart(cell) ?? '')))
      const found = new Map((await withKeys(texts)).map((one) => [one.key, one]))
      return texts.map((text) => found.get(text)).filter((one) => one !== undefined)
    },
    async repeatedKeys() {
      const { key: columns } = await shape()
      const groups = joinSql(
        columns.map(({ name }, index) => sql`${database.keyGroup(name)} as ${rawSql(`k${index}`)}`),
        ', ',
      )
      const places = joinSql(
        columns.map((_, index) => rawSql(String(index + 1))),
        ', ',
      )
      const grouped = selected.select(
        sql`${groups}, count(*) as n`,
        limit,
        sql` where ${withKey(key)} group by ${places} having count(*) > 1`,
      )
      const names = rawSql(columns.map((_, index) => `k${index}`).join(', '))
      const [first] = await rows(
        sql`select ${names}, sum(n - 1) over () from (${grouped}) as g order by n desc limit 1`,
      )
      const of = await countRows()
      if (first === undefined) return { records: 0, of, example: null }
      const example = columns.map((column, index) => String(database.plain(first[index], column)))
      return { records: Number(first[columns.length]), of, example: keyOf(example) }
    },
    read,
    async reread(keys) {
      const found = new Map<string, Row>()
      for (const one of await withKeys(keys)) if (one.problem === undefined) found.set(one.key, one.row)
      return found
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

/** E_SOURCE_KEY when a key column is not there or not unique by name. */
async function readShape(database: QueryDatabase, empty: Sql, key: readonly string[]): Promise<Shape> {
  const columns = await database.columns(empty)
  const names = columns.map(({ name }) => name)
  return {
    columns,
    key: key.map((name) => {
      const [only, ...others] = columns.filter((column) => column.name === name)
      if (only && others.length === 0) return only
      const count = only ? 'has more than one column' : 'has no column'
      throw new OffpeakError(
        'E_SOURCE_KEY',
        `The query ${count} "${name}", which the key names.${didYouMean(name, names)}`,
        {
          where: database.where,
          fix: `Select it, or choose another key. The query has: ${names.join(', ')}`,
        },
      )
    }),
  }
}

function startAt(after: string | null, order: ReadOptions['order']): Position {
  if (after === null) return { after: null, nulls: 0, taken: 0 }
  if (order === 'given') throw new OffpeakError('E_BUG', 'A reading in the given order cannot be resumed')
  if (after.includes('\n')) throw stepsChanged()
  const parsed: unknown = JSON.parse(after)
  if (!Array.isArray(parsed)) throw new OffpeakError('E_BUG', `Not a cursor of this source: ${after}`)
  const [taken, nulls, ...parts] = parsed.map(String)
  return { after: parts.length === 0 ? null : parts, nulls: Number(nulls), taken: Number(taken) }
}

function pageOf<Row>(records: readonly SourceRecord<Row>[], positions: readonly Position[]): SourcePage<Row> {
  return {
    records,
    mark: null,
    cursorAt(index) {
      const position = positions[index]
      if (!position)
        throw new OffpeakError('E_BUG', `A page of ${records.length} records has no record ${index}`)
      return JSON.stringify([position.taken, position.nulls, ...(position.after ?? [])])
    },
  }
}
