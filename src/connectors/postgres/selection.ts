import { joinSql, quoteName, rawSql, sql, type Sql } from '../database/sql.ts'
import { arrayText } from './values.ts'
import { readStatement } from '../database/statement.ts'

/** A key column and the type that its texts are cast to when they are compared. */
export interface KeyColumn {
  readonly name: string
  readonly type: string
}

/** The user's query as a subquery `q`: what a reader asks of it. */
export interface Selection {
  /** `select <what> from (<query>) as q …`, at most `limit` rows of the query. */
  select(what: Sql, limit: number | null, rest?: Sql): Sql
  /** The user's query alone, as it is explained. */
  readonly query: Sql
}

/**
 * A limit goes inside, around the user's query, so that the query's own order decides which rows are taken; a query
 * without an order is taken by key, so that the same rows are taken again.
 */
export function selection(userQuery: Sql, key: readonly string[]): Selection {
  const { query, ordered } = readStatement(userQuery)
  return {
    query,
    select(what, limit, rest = rawSql('')) {
      const order = ordered ? rawSql('') : sql` order by ${keyList(key, 's')}`
      const limited = limit === null ? query : sql`select * from (\n${query}\n) as s${order} limit ${limit}`
      return sql`select ${what} from (\n${limited}\n) as q${rest}`
    },
  }
}

/** The column under its subquery, quoted. */
function column(name: string, table: string): Sql {
  return rawSql(`${table}.${quoteName(name)}`)
}

export function keyList(key: readonly string[], table = 'q'): Sql {
  return joinSql(
    key.map((name) => column(name, table)),
    ', ',
  )
}

/** Rows after this key, in key order. */
export function afterKey(key: readonly KeyColumn[], after: readonly string[]): Sql {
  const values = key.map(({ type }, index) => sql`${after[index] ?? null}::text::${rawSql(type)}`)
  return sql`(${keyList(key.map(({ name }) => name))}) > (${joinSql(values, ', ')})`
}

/** Rows with one of these keys; keys are lists of texts, one per column. */
export function oneOfKeys(key: readonly KeyColumn[], keys: readonly (readonly string[])[]): Sql {
  const lists = key.map(({ type }, index) => {
    const texts = arrayText(keys.map((parts) => parts[index] ?? null))
    return sql`${texts}::text::text[]::${rawSql(type)}[]`
  })
  const [single] = lists
  // A list of lists has no dimension of its own in PostgreSQL: `any` would compare their elements.
  if (key.some(({ type }) => type.endsWith('[]'))) return oneOfListed(key, keys)
  if (single && lists.length === 1) return sql`${keyList(key.map(({ name }) => name))} = any (${single})`
  return sql`(${keyList(key.map(({ name }) => name))}) in (select * from unnest(${joinSql(lists, ', ')}))`
}

function oneOfListed(key: readonly KeyColumn[], keys: readonly (readonly string[])[]): Sql {
  const texts = key.map(
    (_, index) => sql`${arrayText(keys.map((parts) => parts[index] ?? null))}::text::text[]`,
  )
  const names = key.map((_, index) => `k${index}`)
  const values = key.map(({ type }, index) => `k${index}::${type}`)
  return sql`(${keyList(key.map(({ name }) => name))}) in (select ${rawSql(values.join(', '))} from unnest(${joinSql(texts, ', ')}) as u(${rawSql(names.join(', '))}))`
}

/** Rows without a key: one of its columns is null. */
export function withoutKey(key: readonly string[]): Sql {
  return joinSql(
    key.map((name) => sql`${column(name, 'q')} is null`),
    ' or ',
  )
}

/** Rows whose key is whole. */
export function withKey(key: readonly string[]): Sql {
  return joinSql(
    key.map((name) => sql`${column(name, 'q')} is not null`),
    ' and ',
  )
}
