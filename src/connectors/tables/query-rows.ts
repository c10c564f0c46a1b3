import { OffpeakError } from '../../domain/errors.ts'
import { keyOf, keyParts } from '../../domain/record-key.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { SourceRecord } from '../../ports/source.ts'
import { rawSql, sql, type Sql } from '../database/sql.ts'
import { type KeyColumn, type Selection, selection } from '../postgres/selection.ts'
import { checkedRecord, nullKey } from '../record.ts'
import { didYouMean } from '../../planning/text/near-names.ts'
import { Unreadable } from './plain-values.ts'
import type { Cells, QueryDatabase } from './query-database.ts'

const keysPerStatement = 500
export const everything = rawSql('q.*')

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

export interface Shape {
  readonly columns: readonly KeyColumn[]
  readonly key: readonly KeyColumn[]
}

/** The rows of a query: how they are found, and how they become records. */
export class QueryRows<Row> {
  readonly database: QueryDatabase
  readonly selected: Selection
  readonly key: readonly string[]
  readonly limit: number | null
  readonly #row: StandardSchema<unknown, Row>
  #shape: Shape | null = null

  constructor({ database, query, key, row, limit }: QueryReaderOptions<Row>) {
    this.database = database
    this.selected = selection(query, key)
    this.key = key
    this.limit = limit
    this.#row = row
  }

  /** Throws E_SOURCE_KEY when a key column is not there or not unique by name. */
  async shape(): Promise<Shape> {
    this.#shape ??= await readShape(
      this.database,
      sql`${this.selected.select(everything, null)} limit 0`,
      this.key,
    )
    return this.#shape
  }

  /** The rows of a short statement. */
  async run(statement: Sql): Promise<Cells[]> {
    const found: Cells[] = []
    for await (const block of this.database.read({ kind: 'once', statement })) found.push(...block)
    return found
  }

  async count(rest?: Sql, inside: number | null = this.limit): Promise<number> {
    const [cells] = await this.run(this.selected.select(rawSql('count(*)'), inside, rest))
    return Number(cells?.[0] ?? 0)
  }

  /** The key's cells as the texts of a cursor; null when one of them is null. */
  partsIn({ columns }: Shape): (cells: Cells) => readonly string[] | null {
    const { database } = this
    const places = this.key.map((name) => columns.findIndex((column) => column.name === name))
    return (cells) => {
      const parts = places.map((place) => database.cursorPart(cells[place]))
      const whole = parts.filter((part) => part !== null)
      return whole.length === parts.length ? whole : null
    }
  }

  /** The key of a record, by the texts of a cursor. */
  keyText(parts: readonly string[]): string {
    return keyOf(parts.map((part) => this.database.keyText(part)))
  }

  record(cells: Cells, text: string, { columns }: Shape): Promise<SourceRecord<Row>> {
    const value: [string, unknown][] = []
    for (const [index, column] of columns.entries()) {
      try {
        value.push([column.name, this.database.plain(cells[index], column)])
      } catch (thrown) {
        if (!(thrown instanceof Unreadable)) throw thrown
        return Promise.resolve({ key: text, problem: `The column ${column.name} ${thrown.message}` })
      }
    }
    return checkedRecord(text, Object.fromEntries(value), this.#row)
  }

  async records(found: readonly Cells[]): Promise<SourceRecord<Row>[]> {
    const shape = await this.shape()
    const partsOf = this.partsIn(shape)
    let nulls = 0
    const made: SourceRecord<Row>[] = []
    for (const cells of found) {
      const parts = partsOf(cells)
      made.push(
        parts ? await this.record(cells, this.keyText(parts), shape) : nullKey((nulls += 1), this.key),
      )
    }
    return made
  }

  /** The records with these keys, as far as they are there. */
  async withKeys(keys: readonly string[]): Promise<SourceRecord<Row>[]> {
    const { key } = await this.shape()
    const found: SourceRecord<Row>[] = []
    for (let start = 0; start < keys.length; start += keysPerStatement) {
      const wanted = new Set(keys.slice(start, start + keysPerStatement))
      const parts = [...wanted].map(keyParts).filter(({ length }) => length === key.length)
      if (parts.length === 0) continue
      const statement = this.selected.select(everything, null, sql` where ${this.database.oneOf(key, parts)}`)
      const made = await this.records(await this.run(statement))
      found.push(...made.filter((one) => wanted.has(one.key)))
    }
    return found
  }
}

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
