import { OffpeakError } from '../../domain/errors.ts'
import type { Connection } from '../database/database.ts'
import { didYouMean } from '../tables/near-names.ts'
import type { Table, TableColumn } from '../tables/sink-table.ts'
import { quoteIdentifier, quoteName, splitName, sql, tableText } from '../database/sql.ts'

/** Looks a table up; E_SINK_TABLE names those with a similar name when there is none. */
export async function readTable(connection: Connection, name: string, where: string): Promise<Table> {
  const [found] = await connection.query(sql`
    select c.oid::text as oid, n.nspname as schema, c.relname as name, c.relkind as kind
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = to_regclass(${quoteIdentifier(name)}::text)::oid and c.relkind in ('r', 'p', 'v', 'f')`)
  if (!found) throw await noTable(connection, name, where)
  const oid = String(found['oid'])
  const columns = await connection.query(sql`
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attgenerated <> '' as generated,
      a.attidentity = 'a' as identity, format_type(t.oid, -1) as key_type,
      case when t.typname in ('int2', 'int4', 'int8', 'oid') then 'whole' when t.typname = 'uuid' then 'uuid'
        when t.typname in ('text', 'varchar') or t.typtype = 'e' then
          case when coalesce(l.collisdeterministic, true) then 'text' end end as equality,
      case when a.attcollation <> t.typcollation then quote_ident(ln.nspname) || '.' || quote_ident(l.collname) end as collation,
      case when coalesce(nullif(e.typname, ''), t.typname) in ('json') and t.typelem = 0 then '::jsonb'
        when coalesce(e.typname, t.typname) in ('json', 'xml', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'citext') then '::text'
        when t.typtype = 'c' or e.typtype = 'c' then '::text'
        when t.typtype = 'b' and t.typnamespace <> 'pg_catalog'::regnamespace and not exists
          (select from pg_operator o where o.oprname = '=' and o.oprleft = t.oid and o.oprright = t.oid) and e.oid is null then '::text'
        else '' end as compare,
      case when t.oid = 'float4[]'::regtype then 'float4' when t.oid = 'float8[]'::regtype then 'float8'
        when t.typname in ('vector', 'halfvec') and exists
          (select from pg_cast where castsource = 'float4[]'::regtype and casttarget = t.oid) then 'float4' end as elements
    from pg_attribute a
    join pg_type d on d.oid = a.atttypid
    join pg_type t on t.oid = case when d.typtype = 'd' then d.typbasetype else d.oid end
    left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
    left join pg_collation l on l.oid = a.attcollation
    left join pg_namespace ln on ln.oid = l.collnamespace
    where a.attrelid = ${oid}::text::oid and a.attnum > 0 and not a.attisdropped order by a.attnum`)
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
  const { collation, compare, elements, equality } = column
  return {
    name: String(column['name']),
    type: String(column['type']),
    keyType: String(column['key_type']),
    equality: equality === 'text' || equality === 'whole' || equality === 'uuid' ? equality : 'own',
    collation: typeof collation === 'string' ? collation : null,
    compareAs: compare === '::jsonb' || compare === '::text' ? compare : '',
    elements: elements === 'float4' || elements === 'float8' ? elements : null,
    computed: column['generated'] === true ? 'generated' : column['identity'] === true ? 'identity' : null,
  }
}

async function noTable(connection: Connection, name: string, where: string): Promise<OffpeakError> {
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
