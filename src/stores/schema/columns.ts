import { type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely, sql } from 'kysely'

type Columns = Readonly<Record<string, string>>

export const integer = 'bigint'
const required = (column: ColumnDefinitionBuilder): ColumnDefinitionBuilder => column.notNull()

/** A table whose columns are written as `type`, `type?` (nullable) or `type=default`. */
export function table(
  db: Kysely<unknown>,
  name: string,
  columns: Columns,
): CreateTableBuilder<string, string> {
  let builder: CreateTableBuilder<string, string> = db.schema.createTable(name)
  for (const [column, type] of Object.entries(columns)) {
    const [base = '', fallback] = type.split('=')
    const nullable = base.endsWith('?')
    const sqlType = sql.raw(nullable ? base.slice(0, -1) : base)
    builder = builder.addColumn(column, sqlType, (c) => {
      const kept = nullable ? c : required(c)
      return fallback === undefined
        ? kept
        : kept.defaultTo(Number.isNaN(Number(fallback)) ? fallback : Number(fallback))
    })
  }
  return builder
}
