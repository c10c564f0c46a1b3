import { atPlaceOf, type Mark } from '../postgres/mark.ts'
import { keyFields } from './sink-keys.ts'
import { tellsRowsApart, type SinkShape, type TableColumn } from './sink-table.ts'
import { quoteName } from '../database/sql.ts'
import { vectorFields } from './sink-vectors.ts'

/**
 * Both take the items as `bindRows` gives them, and tell of each that was not written now: its number, how many rows
 * have its key (null: none), whether one differs, and whether all are unchanged since the mark.
 */
export interface SinkStatements {
  /** Writes what may be written: never two rows by one key. What it tells of the rest is as the rows were before the statement began. */
  readonly write: string
  /** Writes nothing. */
  readonly look: string
}

/**
 * The two statements of a sink, of which one writes only rows that have not changed since the mark; null: every row may
 * be written. Names are quoted here, values travel as parameters.
 */
export function sinkStatements(shape: SinkShape, since: Mark | null): SinkStatements {
  const { table, key, set } = shape
  const vectors = vectorFields(set)
  const keys = keyFields(shape)
  const types = [
    'n int4',
    ...keys.fields,
    ...set.map((column, index) => `c${index} ${travels[column.sentAs] ?? column.type}`),
    ...vectors.fields,
  ]
  const fields = [
    'n',
    ...keys.values,
    ...set.map(({ sentAs, type }, index) =>
      travels[sentAs] === null ? vectors.value(index) : `c${index}::${type} as c${index}`,
    ),
  ]
  const items = `with u as materialized (select ${fields.join(', ')} from jsonb_to_recordset($1::jsonb) as u(${types.join(', ')}))`
  const match = key.map((column, index) => `t.${quoteName(column.name)} = u.k${index}`).join(' and ')
  const differs = (theirs: (column: TableColumn, index: number) => string): string =>
    set.length === 0
      ? 'false'
      : `(${set.map((column, index) => different(column, theirs(column, index))).join(' or ')})`
  const fresh = since === null ? 'true' : freshRow(since)
  const ours = differs((_, index) => `u.c${index}`)
  const tell = `select u.n, t.found, t.differs, t.fresh from u
 left join lateral (select count(*) as found, bool_or(${ours}) as differs, bool_and(${fresh}) as fresh
 from ${table.quoted} as t where ${match} having count(*) > 0) as t on true`
  const look = `${items} ${tell}`
  const tellRest = `${tell} where not exists (select from w where w.n = u.n)`
  if (shape.kind === 'update') {
    const assign = set.map((column, index) => `${quoteName(column.name)} = u.c${index}`).join(', ')
    const names = key.map(({ name }) => name)
    const one = tellsRowsApart(table, names)
      ? 'true'
      : `u.n in (select u.n from u join ${table.quoted} as t on ${match} group by u.n having count(*) = 1)`
    return {
      look,
      write: `${items}, w as (update ${table.quoted} as t set ${assign} from u where ${match} and ${ours} and ${fresh} and ${one}
 returning u.n) ${tellRest}`,
    }
  }
  const keyNames = key.map((column) => quoteName(column.name))
  const names = [...keyNames, ...set.map((column) => quoteName(column.name))].join(', ')
  const values = [...key.map((_, index) => `u.k${index}`), ...set.map((_, index) => `u.c${index}`)].join(', ')
  const assign = set
    .map((column) => `${quoteName(column.name)} = excluded.${quoteName(column.name)}`)
    .join(', ')
  const theirs = differs((column) => `excluded.${quoteName(column.name)}`)
  const action = set.length === 0 ? 'do nothing' : `do update set ${assign} where ${theirs} and ${fresh}`
  // A row that is gone since the mark was read is not brought back by an item made from it.
  const there = since === null ? 'true' : `exists (select from ${table.quoted} as t where ${match})`
  const sameKey = key.map((_, index) => `w.k${index} = u.k${index}`).join(' and ')
  return {
    look,
    write: `${items}, i as (insert into ${table.quoted} as t (${names}) select ${values} from u where ${there} order by u.n
 on conflict (${keyNames.join(', ')}) ${action}
 returning ${keyNames.map((name, index) => `t.${name} as k${index}`).join(', ')}),
 w as (select u.n from u join i as w on ${sameKey}) ${tellRest}`,
  }
}

/** The type in which a column's values are sent, where that is not its own. */
const travels = { value: null, json: 'text', 'json list': 'text[]' } as const

function different(column: TableColumn, other: string): string {
  return `t.${quoteName(column.name)}${column.compareAs} is distinct from ${other}${column.compareAs}`
}

/**
 * Whether the row version `t` was there before the mark. `xmin` has 32 bits; it is completed to a full transaction
 * number with a margin of 2^28 transactions into the future, because an update that waited for another one sees a
 * version younger than its own snapshot. Versions older than four billion transactions may look young, which only
 * costs another look at the source.
 */
function freshRow(since: Mark): string {
  const ahead = '(pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 268435456)'
  const older = `${ahead} - ((${ahead} - t.xmin::text::bigint) & 4294967295) < ${BigInt(since.before)}`
  return `(${atPlaceOf(since)} and ${older})`
}
