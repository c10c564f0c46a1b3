import type { SinkItem } from '../../ports/sink.ts'
import type { DatabaseConnection } from '../database/database.ts'
import { quoteName, type Sql } from '../database/sql.ts'
import { cellJson } from './cell-json.ts'
import type { PackedRow, Results } from './sink-rows.ts'
import { chunksEnd, otherKeyColumns, type SinkScope } from './sink-scope.ts'
import type { SinkTarget, Table } from './sink-table.ts'
import { underSavepoint } from './sink-writing.ts'

/** An item with its row. */
interface ItemRow {
  readonly item: Pick<SinkItem, 'part'>
  readonly row: Pick<PackedRow, 'keyJson'>
}

/**
 * Results of the items of a chunk after the old rows beside them were removed or marked in PostgreSQL, in the caller's
 * transaction. Where the database refuses that, the transaction fails, or with `careful` the items are rejected.
 */
export async function clearOldRows(
  connection: DatabaseConnection,
  scoped: { readonly table: Table; readonly target: SinkTarget; readonly scope: SinkScope },
  items: readonly (Pick<SinkItem, 'part'> & { readonly row: PackedRow | { readonly problem: string } })[],
  { careful, results }: { readonly careful: boolean; readonly results: Results },
): Promise<void> {
  const written = items.flatMap((item, index) => {
    const kind = results[index]?.kind
    const { row } = item
    return (kind === 'written' || kind === 'same') && !('problem' in row) ? [{ index, item, row }] : []
  })
  /** Halves the rows until only the one is left out beside which something must stay. */
  const clear = async (rows: typeof written): Promise<void> => {
    const found = await underSavepoint(connection, oldRowsStatement(scoped, rows), rows.length)
    if (typeof found !== 'string') return
    const [only] = rows
    if (only && rows.length === 1) {
      const reason = `it is written, but what is old next to it cannot be removed or marked: ${found}`
      results[only.index] = { kind: 'rejected', reason }
      return
    }
    const half = Math.ceil(rows.length / 2)
    await clear(rows.slice(0, half))
    await clear(rows.slice(half))
  }
  if (written.length === 0) return
  if (careful) await clear(written)
  else await connection.raw(oldRowsStatement(scoped, written))
}

/**
 * The rows behind the last chunks of texts that have not changed, counted, removed or marked, in the caller's
 * transaction; what the database wants to keep stays, with its reason.
 */
export async function behindChunks(
  connection: DatabaseConnection,
  scoped: { readonly table: Table; readonly target: SinkTarget; readonly scope: SinkScope },
  rows: readonly ItemRow[],
  act: 'count' | 'clear',
): Promise<{ readonly rows: number; readonly refused: string | null }> {
  if (rows.length === 0) return { rows: 0, refused: null }
  const found = await underSavepoint(
    connection,
    oldRowsStatement(scoped, rows, act === 'count' ? 'counted' : 'behind'),
    rows.length,
  )
  if (typeof found !== 'string') return { rows: Number(found[0]?.[0] ?? 0), refused: null }
  if (rows.length === 1) return { rows: 0, refused: found }
  const half = Math.ceil(rows.length / 2)
  const one = await behindChunks(connection, scoped, rows.slice(0, half), act)
  const other = await behindChunks(connection, scoped, rows.slice(half), act)
  return { rows: one.rows + other.rows, refused: one.refused ?? other.refused }
}

/**
 * `written` removes or marks what is old beside rows that were written; `behind` only what is behind the last chunk, and
 * tells how many that were; `counted` only tells. Exported for the rehearsal, which takes it back.
 */
export function oldRowsStatement(
  { table, target, scope }: { readonly table: Table; readonly target: SinkTarget; readonly scope: SinkScope },
  rows: readonly ItemRow[],
  what: 'written' | 'behind' | 'counted' = 'written',
): Sql {
  const { key } = target
  const at = key.indexOf(scope.chunk)
  const items = rows.map(({ item, row: { keyJson } }) => {
    const fields = keyJson.map((json, index) => `"k${index}":${json}`)
    const chunk: unknown = JSON.parse(keyJson[at] ?? 'null')
    return `{${fields.join(',')},"end":${chunksEnd(item, chunk)}}`
  })
  const typed = (names: readonly string[], letter: string): string =>
    names.map((name, index) => `${letter}${index} ${table.columns.get(name)?.type ?? 'text'}`).join(', ')
  const column = (name: string): string => `t.${quoteName(name)}`
  const field = (name: string): string => `u.k${key.indexOf(name)}`
  const same = scope.of.map((name) => `${column(name)} = ${field(name)}`).join(' and ')
  const others = otherKeyColumns(target, scope).map(
    (name) => `${column(name)} is distinct from ${field(name)}`,
  )
  const replaced =
    others.length === 0 || what !== 'written'
      ? 'false'
      : `(${column(scope.chunk)} = ${field(scope.chunk)} and (${others.join(' or ')}))`
  const old = `${same} and (${column(scope.chunk)} >= u."end" or ${replaced})`
  const from = `jsonb_to_recordset($1::jsonb) as u(${typed(key, 'k')}, "end" numeric)`
  const values = [`[${items.join(',')}]`]
  const names = Object.keys(scope.mark ?? {})
  const told = (text: string): string =>
    what === 'written' ? text : `with old as (${text} returning 1) select count(*) from old`
  if (scope.mark === null || names.length === 0) {
    const text =
      what === 'counted'
        ? `select count(*) from ${table.quoted} as t, ${from} where ${old}`
        : told(`delete from ${table.quoted} as t using ${from} where ${old}`)
    return { text, values }
  }
  const marks = names.map((name, index) => `"m${index}":${cellJson(name, scope.mark?.[name])}`)
  const set = names.map((name, index) => `${quoteName(name)} = m.m${index}`).join(', ')
  const differs = names.map((name, index) => {
    const compareAs = table.columns.get(name)?.compareAs ?? ''
    return `${column(name)}${compareAs} is distinct from m.m${index}${compareAs}`
  })
  const rest = `${from}, jsonb_to_record($2::jsonb) as m(${typed(names, 'm')})
 where ${old} and (${differs.join(' or ')})`
  return {
    text:
      what === 'counted'
        ? `select count(*) from ${table.quoted} as t, ${rest}`
        : told(`update ${table.quoted} as t set ${set} from ${rest}`),
    values: [...values, `{${marks.join(',')}}`],
  }
}
