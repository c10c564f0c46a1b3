import { CamelCasePlugin, type PluginTransformResultArgs, type QueryResult, type UnknownRow } from 'kysely'

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
