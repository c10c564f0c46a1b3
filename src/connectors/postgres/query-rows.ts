import { keyOf } from '../../domain/record-key.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { SourceRecord } from '../../ports/source.ts'
import { type DatabaseConnection, type Database, rowObject } from '../database/database.ts'
import type { RawRows } from '../database/driver.ts'
import { retrying } from '../database/retry.ts'
import { rawSql, type Sql } from '../database/sql.ts'
import { checkedRecord, nullKey } from '../record.ts'
import { isTransient } from './errors.ts'
import { keyReader, type Reading } from './reading.ts'
import { type Selection, selection } from './selection.ts'
import { queryError, readShape, type Shape } from './shape.ts'

export interface ReaderOptions<Row> {
  /** Closed with the reader. */
  readonly database: Database
  readonly query: Sql
  readonly key: readonly string[]
  readonly row: StandardSchema<unknown, Row>
  /** The source's own limit. */
  readonly limit: number | null
}

/** The rows of a query: how they are asked for, and how they become records. */
export class QueryRows<Row> {
  readonly database: Database
  readonly selected: Selection
  readonly key: readonly string[]
  readonly limit: number | null
  readonly #row: StandardSchema<unknown, Row>
  #shape: Promise<Shape> | null = null

  constructor({ database, query, key, row, limit }: ReaderOptions<Row>) {
    this.database = database
    this.selected = selection(query, key)
    this.key = key
    this.limit = limit
    this.#row = row
  }

  /** Runs statements in a read-only transaction, again when the connection is lost; failures tell the query's place. */
  async inSnapshot<T>(
    act: (connection: DatabaseConnection, run: (statement: Sql) => Promise<RawRows>) => Promise<T>,
  ): Promise<T> {
    const { database, selected } = this
    let statement: Sql | null = null
    try {
      return await retrying(
        () =>
          database.transaction('read only', (connection) =>
            act(connection, (next) => {
              statement = next
              return connection.raw(next)
            }),
          ),
        isTransient,
      )
    } catch (thrown) {
      throw queryError(thrown, statement, selected.query, database.where)
    }
  }

  shape(): Promise<Shape> {
    this.#shape ??= this.inSnapshot((connection, run) =>
      readShape({ ...connection, raw: run }, this.selected, this.key),
    ).catch((thrown: unknown) => {
      this.#shape = null
      throw thrown
    })
    return this.#shape
  }

  async count(): Promise<number> {
    const counting = this.selected.select(rawSql('count(*)'), this.limit)
    const { rows } = await this.inSnapshot((_, run) => run(counting))
    return Number(rows[0]?.[0] ?? 0)
  }

  /** Makes a record of a row that has a key. */
  recordOf({ decoders }: Shape): Reading<Row>['record'] {
    return (raw, cells, parts) =>
      checkedRecord(keyOf(parts), rowObject(raw.columns, cells, decoders), this.#row)
  }

  async records(raw: RawRows): Promise<SourceRecord<Row>[]> {
    const partsOf = keyReader(raw, this.key)
    const recordOf = this.recordOf(await this.shape())
    const found: SourceRecord<Row>[] = []
    let nulls = 0
    for (const cells of raw.rows) {
      const parts = partsOf(cells)
      found.push(parts ? await recordOf(raw, cells, parts) : nullKey((nulls += 1), this.key))
    }
    return found
  }
}
