import { CompiledQuery, type Transaction } from 'kysely'
import type { ColumnType, Dialect } from './json-rows.ts'
import type { Tables } from '../schema/schema.ts'

type Value = string | number | null

export interface OverRows {
  readonly rows: readonly Readonly<Record<string, Value | undefined>>[]
  readonly columns: Readonly<Record<string, ColumnType>>
  /** Values that are the same for all rows. */
  readonly given: readonly Value[]
  /** The statement, in which `rows` is a relation with the columns in snake case; told what stands for each given value. */
  readonly text: (given: readonly string[]) => string
}

/** In PostgreSQL, a JSON parameter of well under a megabyte. */
const rowsPerJson = 2_000
/** In SQLite, so many rows and halves of that: nine statements in all, each compiled once. */
const rowsPerValues = 256

/**
 * Runs a statement over wide rows, in a few pieces. SQLite takes their values as parameters, which is faster than
 * reading them out of JSON; PostgreSQL takes JSON, where parameters are what is slow.
 */
export async function overRows(trx: Transaction<Tables>, dialect: Dialect, over: OverRows): Promise<void> {
  const { rows } = over
  for (let at = 0; at < rows.length;) {
    const left = rows.length - at
    const count = dialect === 'sqlite' ? piece(left) : Math.min(rowsPerJson, left)
    const { text, values } = (dialect === 'sqlite' ? asValues : asJson)(over, rows.slice(at, at + count))
    await trx.executeQuery(CompiledQuery.raw(text, [...values]))
    at += count
  }
}

function piece(left: number): number {
  let count = rowsPerValues
  while (count > left) count /= 2
  return count
}

interface Bound {
  readonly text: string
  readonly values: readonly Value[]
}

function asValues({ columns, given, text }: OverRows, rows: OverRows['rows']): Bound {
  const names = Object.keys(columns)
  const marks = (list: readonly unknown[]): string => `(${list.map(() => '?').join(',')})`
  const values: Value[] = [...given]
  for (const row of rows) for (const name of names) values.push(row[name] ?? null)
  const givenNames = given.map((_, index) => `given_${index + 1}`)
  return {
    // A numbered parameter would count as a named one, which is bound one by one.
    text: `with given (${givenNames.join(', ')}) as materialized (values ${marks(given)}),
      rows (${names.map(snake).join(', ')}) as materialized (values ${rows.map(() => marks(names)).join(',')})
      ${text(givenNames.map((name) => `(select ${name} from given)`))}`,
    values,
  }
}

function asJson({ columns, given, text }: OverRows, rows: OverRows['rows']): Bound {
  const names = Object.keys(columns)
  const fields = names.map((name, index) => {
    const type = columns[name] === 'integer' ? 'bigint' : 'text'
    return `(value->>${index})::${type} as ${snake(name)}`
  })
  return {
    text: `with rows as materialized (select ${fields.join(', ')} from json_array_elements($${given.length + 1}::json))
      ${text(given.map((_, index) => `$${index + 1}`))}`,
    values: [...given, JSON.stringify(rows.map((row) => names.map((name) => row[name] ?? null)))],
  }
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
