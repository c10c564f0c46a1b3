import { type RawBuilder, sql } from 'kysely'

export type Dialect = 'sqlite' | 'postgres'

export type ColumnType = 'text' | 'integer'

/**
 * A list of objects as a relation, from one JSON parameter: the only statement text that differs between the two
 * databases. Use it behind `with … as materialized`, or SQLite plans a scan per row.
 */
export function jsonRows(
  dialect: Dialect,
  rows: readonly Readonly<Record<string, string | number | null | undefined>>[],
  columns: Readonly<Record<string, ColumnType>>,
): RawBuilder<unknown> {
  const names = Object.keys(columns)
  const data = JSON.stringify(rows.map((row) => names.map((name) => row[name] ?? null)))
  const picked = names.map((name, index) => {
    const type = columns[name] === 'integer' ? 'bigint' : 'text'
    const value = dialect === 'sqlite' ? `value->>${index}` : `(value->>${index})::${type}`
    return sql`${sql.raw(value)} as ${sql.ref(name)}`
  })
  const each = dialect === 'sqlite' ? sql`json_each(${data})` : sql`json_array_elements(${data}::json)`
  return sql`select ${sql.join(picked)} from ${each}`
}
