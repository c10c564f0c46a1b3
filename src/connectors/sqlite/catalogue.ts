import type { DatabaseSync } from 'node:sqlite'
import { OffpeakError } from '../../domain/errors.ts'
import { didYouMean } from '../../planning/text/near-names.ts'
import type { Table } from '../tables/sink-table.ts'
import { quoteName } from '../database/sql.ts'
import { columnRules } from './column-rules.ts'

/**
 * A table by its name, with the rules by which `keys` of its columns are compared; E_SINK_TABLE names those with a
 * similar name when there is none.
 */
export function readSqliteTable(
  database: DatabaseSync,
  name: string,
  path: string,
  keys: readonly string[] = [],
): Table {
  const list = (text: string, ...values: string[]): Record<string, unknown>[] =>
    database.prepare(text).all(...values)
  const tables = list(`select name from sqlite_schema where type = 'table'`).map((row) => String(row['name']))
  if (!tables.includes(name)) {
    if (list(`select name from sqlite_schema where type = 'view' and name = ?`, name).length > 0)
      throw new OffpeakError(
        'E_SINK_TABLE',
        `The table ${name} of the sink is a view in the database ${path}, which holds no rows of its own`,
        {
          where: path,
          fix: 'Name the table that the view reads in the sink of the job.',
        },
      )
    throw new OffpeakError(
      'E_SINK_TABLE',
      `There is no table ${name} in the database ${path}.${didYouMean(name, tables)}`,
      { where: path, fix: 'Create the table, or correct its name in the sink of the job.' },
    )
  }
  const columns = list('select name, type, hidden, pk from pragma_table_xinfo(?)', name)
  const primary = columns.filter((column) => Number(column['pk']) > 0).map((column) => String(column['name']))
  const indexes = list(
    `select name from pragma_index_list(?) where "unique" = 1 and partial = 0 and origin <> 'pk'`,
    name,
  )
  const quoted = quoteName(name)
  const isStrict = list('select strict from pragma_table_list(?)', name).some(
    (row) => Number(row['strict']) === 1,
  )
  return {
    text: name,
    quoted,
    versioned: false,
    columns: new Map(
      columns.map((column) => [
        String(column['name']),
        {
          name: String(column['name']),
          type: String(column['type']),
          // In a strict table `any` is what it says, elsewhere a number (https://sqlite.org/stricttables.html).
          baseType: isStrict && /^any$/i.test(String(column['type'])) ? '' : String(column['type']),
          keyType: String(column['type']),
          ...(keys.includes(String(column['name']))
            ? columnRules(database, quoted, {
                name: String(column['name']),
                type: String(column['type']),
                isStrict,
              })
            : { equality: 'own' as const, collation: null }),
          compareAs: '',
          sentAs: 'value',
          mostCharacters: null,
          elements: null,
          computed: Number(column['hidden']) === 0 ? null : 'generated',
        },
      ]),
    ),
    uniqueKeys: [
      ...(primary.length > 0 ? [primary] : []),
      // A part of an index that is an expression has no name.
      ...indexes.map((index) =>
        list('select name from pragma_index_info(?)', String(index['name'])).map((row) =>
          String(row['name']),
        ),
      ),
    ],
    addColumn: (column, value) =>
      `alter table ${quoted} add column "${column.replaceAll('"', '""')}" ${guessType(value)};`,
    addUnique: (key) =>
      `create unique index ${quoteName(`${name}_${key.join('_')}`)} on ${quoted} (${key.map(quoteName).join(', ')});`,
  }
}

const fewRows = 10_000

/**
 * The guard against a table of many rows to whose key no index leads: throws E_SINK_KEY, as every record would then
 * read all of it.
 */
export function requireIndex(database: DatabaseSync, table: Table, key: readonly string[]): void {
  const condition = key.map((name) => `${quoteName(name)} = ?`).join(' and ')
  const [step] = database
    .prepare(`explain query plan select 1 from ${table.quoted} where ${condition}`)
    .all(...key.map(() => null))
  if (!String(step?.['detail']).startsWith('SCAN')) return
  const some = database.prepare(
    `select count(*) as n from (select 1 from ${table.quoted} limit ${fewRows + 1})`,
  )
  if (Number(some.get()?.['n']) <= fewRows) return
  throw new OffpeakError(
    'E_SINK_KEY',
    `No index of ${table.text} leads to its key (${key.join(', ')}), so that each record would read the whole table`,
    {
      where: table.text,
      fix: `create index ${quoteName(`${table.text}_${key.join('_')}`)} on ${table.quoted} (${key.map(quoteName).join(', ')});`,
    },
  )
}

/** The SQLite type that a value of JavaScript fits best. */
function guessType(value: unknown): string {
  if (typeof value === 'boolean' || typeof value === 'bigint') return 'integer'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'real'
  return value instanceof Uint8Array ? 'blob' : 'text'
}
