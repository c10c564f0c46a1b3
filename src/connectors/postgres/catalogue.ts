import { OffpeakError } from '../../domain/errors.ts'
import type { DatabaseConnection } from '../database/database.ts'
import { didYouMean } from '../../planning/text/near-names.ts'
import type { Table, TableColumn } from '../tables/sink-table.ts'
import { quoteIdentifier, quoteName, rawSql, splitName, sql, tableText } from '../database/sql.ts'

/**
 * Types whose values are the same where `=` says so. Not among them: types without `=` (json, xml, jsonpath, point), and
 * those to which different values are equal, so that one would be left where the other is to be written: numeric (1.1 and
 * 1.10), interval (1 month and 30 days), citext and collations without case, boxes and circles of one area.
 */
const exactTypes = [
  ['bool', 'int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'money'],
  ['text', 'varchar', 'bpchar', 'name', 'char', 'bytea', 'uuid', 'bit', 'varbit', 'jsonb', 'tsvector'],
  [
    'date',
    'time',
    'timetz',
    'timestamp',
    'timestamptz',
    'inet',
    'cidr',
    'macaddr',
    'macaddr8',
    'pg_lsn',
    'xid8',
  ],
]
  .flat()
  .map((name) => `'${name}'`)
  .join(', ')

/** A table by its name; E_SINK_TABLE names those with a similar name when there is none. */
export async function readTable(connection: DatabaseConnection, name: string, where: string): Promise<Table> {
  const [found] = await connection.query(sql`
    select c.oid::text as oid, n.nspname as schema, c.relname as name, c.relkind as kind,
      c.relkind = 'v' and pg_relation_is_updatable(c.oid, true) & 4 = 0 as is_fixed
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = to_regclass(${quoteIdentifier(name)}::text)::oid and c.relkind in ('r', 'p', 'v', 'f')`)
  if (!found) throw await noTable(connection, name, where)
  // A view of several tables, of groups or of distinct rows, without a trigger that writes for it.
  if (found['is_fixed'] === true)
    throw new OffpeakError(
      'E_SINK_TABLE',
      `The table ${name} of the sink is a view that cannot be written to, in the database at ${where}`,
      {
        where,
        fix: 'Name the table that holds the rows in the sink of the job, or give the view an INSTEAD OF UPDATE trigger.',
      },
    )
  const oid = String(found['oid'])
  const columns = await connection.query(sql`
    with recursive made (attnum, oid, lists) as (
      select attnum, atttypid, 0 from pg_attribute
        where attrelid = ${oid}::text::oid and attnum > 0 and not attisdropped
      union all
      select made.attnum, case when t.typtype = 'd' then t.typbasetype else t.typelem end, made.lists + (t.typtype <> 'd')::int
        from made join pg_type t on t.oid = made.oid
        where t.typtype = 'd' or (t.typcategory = 'A' and t.typelem <> 0 and t.typname not in ('int2vector', 'oidvector'))
    ), typed as (
      select a.*, made.lists, t.typname, t.typtype, t.typnamespace = 'pg_catalog'::regnamespace as own,
        k.oid as key_oid, k.typname as key_name, k.typtype as key_kind, k.typcollation as key_collation,
        coalesce(l.collisdeterministic, true) as exactly, quote_ident(ln.nspname) || '.' || quote_ident(l.collname) as collated,
        case when t.oid in ('float4'::regtype, 'float8'::regtype) and d.typelem = t.oid then t.typname::text
          when t.typname in ('vector', 'halfvec') and made.lists = 0 and exists
            (select from pg_cast where castsource = 'float4[]'::regtype and casttarget = t.oid) then 'float4' end as elements
      from made join pg_type t on t.oid = made.oid and t.typtype <> 'd'
        and not (t.typcategory = 'A' and t.typelem <> 0 and t.typname not in ('int2vector', 'oidvector'))
      join pg_attribute a on a.attrelid = ${oid}::text::oid and a.attnum = made.attnum
      join pg_type d on d.oid = a.atttypid
      join made as whole on whole.attnum = made.attnum and whole.lists = 0
      join pg_type k on k.oid = whole.oid and k.typtype <> 'd'
      left join pg_collation l on l.oid = a.attcollation
      left join pg_namespace ln on ln.oid = l.collnamespace
    )
    select attname as name, format_type(atttypid, atttypmod) as type, attgenerated <> '' as generated,
      attidentity = 'a' as identity, elements, format_type(key_oid, -1) as key_type,
      case when key_name in ('int2', 'int4', 'int8', 'oid', 'numeric') then 'whole' when key_name = 'uuid' then 'uuid'
        when (key_name in ('text', 'varchar') or key_kind = 'e') and exactly then 'text' end as equality,
      (with recursive whole (oid, typmod, depth) as (
          select atttypid, atttypmod, 0
          union all select b.typbasetype, greatest(w.typmod, b.typtypmod), w.depth + 1
            from whole w join pg_type b on b.oid = w.oid and b.typtype = 'd')
        select format_type(oid, typmod) from whole order by depth desc limit 1) as base_type,
      case when attcollation <> key_collation then collated end as collation,
      case when key_name in ('varchar', 'bpchar') and lists = 0 then (
        with recursive whole (oid, typmod) as (
          select atttypid, atttypmod
          union all select b.typbasetype, b.typtypmod from whole w join pg_type b on b.oid = w.oid and b.typtype = 'd'
        ) -- Four more than the characters (varchar.c).
        select min(typmod) - 4 from whole where typmod > 4) end as most_characters,
      elements is not null or typtype = 'e' or (own and typname in (${rawSql(exactTypes)}) and exactly) as exact,
      case when typname = 'json' and own and lists = 0 then 'json'
        when typname in ('json', 'jsonb') and own and lists > 0 then 'json list' else 'value' end as sent
    from typed order by attnum`)
  const keys = await connection.query(sql`
    select array_agg(a.attname::text) as columns from pg_index i
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey[0:i.indnkeyatts - 1])
    where i.indrelid = ${oid}::text::oid and i.indisunique and i.indisvalid and i.indimmediate
      and i.indpred is null and i.indexprs is null
      -- By another collation than the column's own, keys that the column takes for one may be two.
      and not exists (select from unnest(i.indcollation[0:i.indnkeyatts - 1], i.indkey[0:i.indnkeyatts - 1]) as c(own, num)
        join pg_attribute b on b.attrelid = i.indrelid and b.attnum = c.num
        join pg_collation l on l.oid = b.attcollation
        where not l.collisdeterministic and c.own <> b.attcollation)
    group by i.indexrelid`)
  const schema = String(found['schema'])
  const table = String(found['name'])
  const quoted = quoteIdentifier(tableText(schema, table))
  return {
    text: tableText(schema, table),
    quoted,
    versioned: found['kind'] === 'r' || found['kind'] === 'p',
    columns: new Map(columns.map((column) => [String(column['name']), tableColumn(column)])),
    addColumn: (name, value) =>
      `alter table ${quoted} add column "${name.replaceAll('"', '""')}" ${guessType(value)};`,
    addUnique: (names) =>
      `create unique index concurrently on ${quoted} (${names.map(quoteName).join(', ')});`,
    uniqueKeys: keys.map(({ columns }) => (Array.isArray(columns) ? columns.map(String) : [])),
  }
}

function tableColumn(column: Record<string, unknown>): TableColumn {
  const { collation, elements, equality, sent } = column
  return {
    name: String(column['name']),
    type: String(column['type']),
    baseType: String(column['base_type']),
    mostCharacters: typeof column['most_characters'] === 'number' ? column['most_characters'] : null,
    keyType: String(column['key_type']),
    equality: equality === 'text' || equality === 'whole' || equality === 'uuid' ? equality : 'own',
    collation: typeof collation === 'string' ? collation : null,
    compareAs: column['exact'] === true ? '' : '::text collate "C"',
    sentAs: sent === 'json' || sent === 'json list' ? sent : 'value',
    elements: elements === 'float4' || elements === 'float8' ? elements : null,
    computed: column['generated'] === true ? 'generated' : column['identity'] === true ? 'identity' : null,
  }
}

async function noTable(connection: DatabaseConnection, name: string, where: string): Promise<OffpeakError> {
  const rows = await connection.query(sql`
    select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v') and n.nspname not in ('pg_catalog', 'information_schema') limit 10000`)
  const wanted = splitName(name).at(-1) ?? name
  const suggestion = didYouMean(wanted, [...new Set(rows.map((row) => String(row['name'])))])
  return new OffpeakError(
    'E_SINK_TABLE',
    `There is no table ${name} in the database at ${where}.${suggestion}`,
    {
      where,
      fix: 'Create the table, or correct its name (and schema) in the sink of the job.',
    },
  )
}

/** The PostgreSQL type that a value of JavaScript fits best. */
function guessType(value: unknown): string {
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'bigint') return 'bigint'
  if (typeof value === 'number') return Number.isInteger(value) ? 'bigint' : 'double precision'
  if (value instanceof Date) return 'timestamptz'
  if (value instanceof Uint8Array) return 'bytea'
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string') ? 'text[]' : 'jsonb'
  return typeof value === 'object' && value !== null ? 'jsonb' : 'text'
}
