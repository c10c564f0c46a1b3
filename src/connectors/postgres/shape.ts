import { ownValue } from '../../domain/own-value.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { DatabaseConnection } from '../database/database.ts'
import { didYouMean } from '../../planning/text/near-names.ts'
import { databaseError, failureText, isTransient, sqlFailure } from './errors.ts'
import type { KeyColumn, Selection } from './selection.ts'
import { joinSql, quoteName, rawSql, sql, tableText, type Sql } from '../database/sql.ts'
import { readDecoders } from './value-types.ts'
import type { Decoders } from './values.ts'

/** The shape of a query, known from the database before any row is read. */
export interface Shape {
  readonly columns: readonly string[]
  readonly key: readonly KeyColumn[]
  /** How values of types are read that are not built in. */
  readonly decoders: Decoders
}

/**
 * The columns of the query and the types of its key. Throws E_SOURCE_KEY when a key column is not there or not unique by
 * name, and E_SOURCE_QUERY when other columns have one name, of which a row could hold only the last.
 */
export async function readShape(
  connection: DatabaseConnection,
  selected: Selection,
  key: readonly string[],
): Promise<Shape> {
  const { columns } = await connection.raw(sql`${selected.select(rawSql('q.*'), null)} limit 0`)
  const names = columns.map(({ name }) => name)
  const types = key.map((name) => {
    const found = columns.filter((column) => column.name === name)
    const [only] = found
    if (only && found.length === 1) return only.type
    const count = found.length === 0 ? 'has no column' : 'has more than one column'
    throw new OffpeakError(
      'E_SOURCE_KEY',
      `The query ${count} "${name}", which the key names.${didYouMean(name, names)}`,
      {
        fix: `Select it, or choose another key. The query has: ${names.join(', ')}`,
      },
    )
  })
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
  if (repeated.length > 0) {
    const list = repeated.map((name) => `"${name}"`).join(', ')
    throw new OffpeakError('E_SOURCE_QUERY', `The query has more than one column named ${list}`, {
      fix: `Give each a name of its own, as in \`b.${quoteName(repeated[0] ?? '')} as other_name\`, and name the columns one by one instead of \`*\`. The query has: ${names.join(', ')}`,
    })
  }
  const decoders = await readDecoders(
    connection,
    columns.map(({ type }) => type),
  )
  const shown = types.map((type, index) => sql`format_type(${type}::text::oid, -1) as ${rawSql(`k${index}`)}`)
  const { rows } = await connection.raw(sql`select ${joinSql(shown, ', ')}`)
  return {
    columns: names,
    key: key.map((name, index) => ({ name, type: rows[0]?.[index] ?? 'text' })),
    decoders,
  }
}

/**
 * The tables that the query reads, as the planner sees them. A table is listed once for every time it is read, and
 * once more when the key is not this table's own column of the same name: exactly one entry means that a row of the
 * query is one row of that table, found by the key. What a function reads inside is not seen.
 */
export async function readTables(
  connection: DatabaseConnection,
  query: Sql,
  key: readonly string[],
  columns: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await connection.raw(sql`explain (verbose, format json) ${query}`)
  const plan: unknown = JSON.parse(rows.map((row) => row[0] ?? '').join('\n'))
  const root: unknown = Array.isArray(plan) ? Reflect.get(Object(plan[0]), 'Plan') : null
  const tables: string[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const relation: unknown = Reflect.get(node, 'Relation Name')
    const schema: unknown = Reflect.get(node, 'Schema')
    if (typeof relation === 'string' && typeof schema === 'string') tables.push(tableText(schema, relation))
    const children: unknown = Reflect.get(node, 'Plans')
    if (Array.isArray(children)) children.forEach(visit)
  }
  visit(root)
  const [table] = tables
  if (table === undefined || tables.length > 1) return tables
  const output: unknown = Reflect.get(Object(root), 'Output')
  const shown = Array.isArray(output) ? output : []
  const own = key.every((name) => isOwnColumn(shown[columns.indexOf(name)], name))
  return own ? tables : [table, table]
}

/** Whether an output expression of the plan is a bare column of this name: `id`, `c.id`, `"c"."id"`. */
function isOwnColumn(expression: unknown, name: string): boolean {
  if (typeof expression !== 'string') return false
  const ends = [name, `"${name.replaceAll('"', '""')}"`]
  return ends.some(
    (end) =>
      expression === end ||
      (expression.endsWith(`.${end}`) && !/[(): ]/.test(expression.slice(0, -end.length))),
  )
}

/** What helps against a failure of a query, by SQLSTATE. */
const queryFixes: Readonly<Record<string, string>> = {
  '25006': 'Write a query that only reads.',
  '42P01':
    'Create the table, or correct its name: a table outside of the search_path is written with its schema.',
  '42703': 'Correct the name of the column; one with capitals is written in double quotes.',
  '42883':
    'Correct the name of the function or the types it is given: a cast such as `x::text` may be missing.',
}

/** A failure of the user's query: E_SOURCE_QUERY with the place in the query; other failures of the database as they are. */
export function queryError(thrown: unknown, statement: Sql | null, query: Sql, where: string): OffpeakError {
  const failure = sqlFailure(thrown)
  if (thrown instanceof OffpeakError || !failure || isTransient(thrown)) return databaseError(thrown, where)
  if (/^(28|3D|53|57|58|XX)/.test(failure.code)) return databaseError(thrown, where)
  const start = statement?.text.indexOf(query.text) ?? -1
  const at = failure.position !== null && start >= 0 ? failure.position - 1 - start : -1
  const place = at >= 0 && at <= query.text.length ? placeIn(query.text, at) : ''
  const fix = failure.hint ?? ownValue(queryFixes, failure.code) ?? 'Correct the query, as the message says.'
  return new OffpeakError('E_SOURCE_QUERY', `The query failed: ${failureText(failure)}${place}`, {
    where,
    fix,
    cause: thrown,
  })
}

/** ` at line 2, column 8: …` with the line. */
function placeIn(text: string, at: number): string {
  const before = text.slice(0, at).split('\n')
  const line = text.split('\n')[before.length - 1] ?? ''
  return ` at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}: ${line.trim().slice(0, 120)}`
}
