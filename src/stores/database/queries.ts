import {
  CamelCasePlugin,
  type Dialect as Driver,
  HandleEmptyInListsPlugin,
  Kysely,
  type PluginTransformResultArgs,
  type QueryResult,
  replaceWithNoncontingentExpression,
  type UnknownRow,
} from 'kysely'
import type { Tables } from '../schema/schema.ts'
import type { Dialect } from './json-rows.ts'
import type { Traces } from './traces.ts'

/** The tables of a state over an open database; what each statement leaves there is noted in `traces`. */
export function queries(driver: Driver, dialect: Dialect, traces: Traces): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: driver,
    log: (event) => traces.note(event),
    plugins: [
      new ColumnNames(),
      // To SQLite an empty list is one that nothing is in; PostgreSQL does not understand it.
      ...(dialect === 'postgres'
        ? [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })]
        : []),
    ],
  })
}

/**
 * Columns in snake case are properties in camel case. What a result has for columns is looked at once and not for
 * every row: renaming them one by one takes longer than reading them.
 */
export class ColumnNames extends CamelCasePlugin {
  override async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    const [first] = result.rows
    if (first === undefined) return result
    const columns = Object.keys(first)
    const names = columns.map((column) => this.camelCase(column))
    const rows = result.rows.map((row) => {
      const renamed: UnknownRow = {}
      for (let at = 0; at < columns.length; at++) renamed[names[at] ?? ''] = row[columns[at] ?? '']
      return renamed
    })
    return { ...result, rows }
  }
}
