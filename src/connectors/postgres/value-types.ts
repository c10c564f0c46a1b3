import type { DatabaseConnection } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import { parseComposite } from './composite.ts'
import {
  arrayText,
  decode,
  type Decoder,
  type Decoders,
  isBuiltIn,
  isBuiltInList,
  isJson,
  jsonList,
  parseArray,
} from './values.ts'

/** `int2vector` and `oidvector` (pg_type.dat) are shown without braces, although they count as arrays. */
const vectors: ReadonlySet<number> = new Set([22, 30])

/**
 * How values of types are read that a database has of its own, and of all that these are made of: arrays as arrays,
 * composites as objects of their fields, domains as what they are based on. Asks the catalogue once, or not at all.
 */
export async function readDecoders(
  connection: DatabaseConnection,
  types: readonly number[],
): Promise<Decoders> {
  const unknown = [...new Set(types)].filter((type) => !isBuiltIn(type))
  const decoders = new Map<number, Decoder>()
  if (unknown.length === 0) return decoders
  const { rows } = await connection.raw(sql`
    with recursive needed (oid) as (
      select unnest(${arrayText(unknown.map(String))}::text::oid[])
      union
      select made.oid from needed join pg_type t on t.oid = needed.oid cross join lateral (
        select t.typbasetype where t.typtype = 'd'
        union all select t.typelem where t.typcategory = 'A' and t.typelem <> 0
        union all select a.atttypid from pg_attribute a
          where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
      ) as made (oid)
    )
    select t.oid, t.typtype, case when t.typtype = 'd' then t.typbasetype when t.typcategory = 'A' then t.typelem else 0 end,
      e.typdelim, case when t.typtype = 'c' then (
        select json_agg(json_build_array(a.attname, a.atttypid::int8) order by a.attnum) from pg_attribute a
        where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) end
    from needed join pg_type t on t.oid = needed.oid left join pg_type e on e.oid = t.typelem`)
  const found = new Map(rows.map(([oid, kind, inner]) => [Number(oid), { kind, of: Number(inner) }]))
  const isList = (type: number): boolean => isBuiltInList(type) || (found.get(type)?.of ?? 0) !== 0
  const baseOf = (type: number): number => {
    const { kind, of } = found.get(type) ?? {}
    return kind === 'd' && of !== undefined ? baseOf(of) : type
  }
  for (const [oid, kind, inner, delimiter, fields] of rows) {
    const type = Number(oid)
    const of = Number(inner)
    if (isBuiltIn(type) || vectors.has(type)) continue
    // Looked up when a value is read: a composite may hold arrays of itself.
    const read: Decoder = (text) => decode(of, text, decoders)
    if (kind === 'c') {
      const parts = fieldsOf(fields ?? null)
      decoders.set(type, (text) =>
        parseComposite(text, parts, (field, value) => decode(field, value, decoders)),
      )
    } else if (kind === 'd') decoders.set(type, read)
    else if (of !== 0) decoders.set(type, listOf(baseOf(of), isList, read, delimiter ?? ','))
  }
  return decoders
}

/** A list whose items are lists themselves, by a domain, leaves these as text: in a list they would be a dimension. */
function listOf(base: number, isList: (type: number) => boolean, read: Decoder, delimiter: string): Decoder {
  if (isJson(base)) return jsonList
  const item: Decoder = isList(base) ? (text) => text : read
  return (text) => parseArray(text, item, delimiter)
}

function fieldsOf(json: string | null): readonly (readonly [string, number])[] {
  const list: unknown = json === null ? [] : JSON.parse(json)
  return (Array.isArray(list) ? list : []).flatMap((field: unknown) =>
    Array.isArray(field) ? [[String(field[0]), Number(field[1])] as const] : [],
  )
}
