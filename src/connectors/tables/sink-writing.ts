import { giveBack } from '../../planning/release-buffer.ts'
import type { SinkResult } from '../../ports/sink.ts'
import type { DatabaseConnection } from '../database/database.ts'
import type { RawRows } from '../database/driver.ts'
import { failureText, isRowFailure, isTooSlow, sqlFailure } from '../postgres/errors.ts'
import { type Mark, atPlaceOf } from '../postgres/mark.ts'
import { type PackedRow, severalRows, type PlacedRow, type Results, type RowGroup } from './sink-rows.ts'
import { isUsualKey, keepOnePerKey, sameKeys, keyFields } from './sink-keys.ts'
import { type Sql, quoteName } from '../database/sql.ts'
import { type TableColumn, tellsRowsApart, type SinkShape } from './sink-table.ts'
import { bindRows, vectorFields } from './sink-binding.ts'

const statementBytes = 1024 * 1024

/**
 * The check before a row is overwritten: `none` nothing · `version` that its version is older than the mark · `look`
 * that the caller has looked at the source, so that nothing is written now.
 */
export type ConflictCheck =
  | { readonly kind: 'none' }
  | { readonly kind: 'look' }
  | { readonly kind: 'version'; readonly since: Mark }

/** How many rows a statement may hold, which a table learns that is slow for its user's time limit. */
export interface Pace {
  mostRows: number
}

export interface Writing {
  readonly conflictCheck: ConflictCheck
  /** Statements run under savepoints, so that only the row at fault is rejected, and a slow one is halved. */
  readonly careful: boolean
  readonly pace: Pace
}

type Row = PlacedRow<PackedRow>

const written: SinkResult = { kind: 'written' }

/**
 * Results of one group that was written inside the caller's transaction, in statements of about a megabyte. Each row's
 * fate is put into `results`.
 *
 * Without `careful` a row that the database refuses fails the transaction, as does a statement that takes too long; with
 * it, only that row is rejected, and only a single row that takes too long fails all.
 */
export async function writeGroup(
  connection: DatabaseConnection,
  group: RowGroup<PackedRow>,
  { conflictCheck, careful, pace }: Writing,
  results: Results,
): Promise<void> {
  const { write, look } = sinkStatements(
    group.shape,
    conflictCheck.kind === 'version' ? conflictCheck.since : null,
  )

  /** Runs a statement over rows; when one of them is at fault, halves them until only that one is left out. */
  const run = async (text: string, rows: readonly Row[], set = group.shape.set): Promise<RawRows['rows']> => {
    if (rows.length > pace.mostRows) return halves(text, rows, set)
    const values = bindRows(rows, set)
    const found = await (careful ? underSavepoint : unprotected)(connection, { text, values }, rows.length)
    for (const { bytes } of values) giveBack(bytes)
    if (found === tooSlow) pace.mostRows = Math.ceil(rows.length / 2)
    else if (typeof found !== 'string') return found
    const [only] = rows
    if (only && rows.length === 1) {
      results[only.index] = { kind: 'rejected', reason: found }
      return []
    }
    return halves(text, rows, set)
  }
  const halves = async (
    text: string,
    rows: readonly Row[],
    set: readonly TableColumn[],
  ): Promise<RawRows['rows']> => {
    const half = Math.ceil(rows.length / 2)
    return [...(await run(text, rows.slice(0, half), set)), ...(await run(text, rows.slice(half), set))]
  }
  /** Notes what is certain of the rows that were not written, and returns those that could have been. */
  const note = (found: RawRows['rows']): ReadonlySet<number> => {
    const open = new Set<number>()
    for (const [number, met, differs, fresh] of found) {
      const index = Number(number)
      const rows = Number(met ?? 0)
      const touched =
        conflictCheck.kind === 'look' || (conflictCheck.kind === 'version' && (rows === 0 || fresh !== 't'))
      if (rows > 1) results[index] = { kind: 'rejected', reason: severalRows(group.shape, rows) }
      else if (rows === 1 && differs !== 't') results[index] = { kind: 'same' }
      else if (rows === 0 && group.shape.kind === 'update') results[index] = { kind: 'missing' }
      else if (touched) results[index] = { kind: 'changed' }
      else open.add(index)
    }
    return open
  }
  /**
   * A row that was open changed under the statement, or something keeps it from being written: it is looked at as it
   * is now, and tried once more.
   */
  const writePart = async (rows: readonly Row[]): Promise<void> => {
    let left = rows
    for (const text of conflictCheck.kind === 'look' ? [look] : [write, look, write]) {
      const open = note(await run(text, left))
      for (const { index } of left) if (!open.has(index)) results[index] ??= written
      left = left.filter(({ index }) => open.has(index))
      if (left.length === 0) return
    }
    const reason =
      'the database left the row as it was: a trigger, a rule or a row-level security policy forbids it'
    for (const { index } of left) results[index] = { kind: 'rejected', reason }
  }

  let part: Row[] = []
  let bytes = 0
  for (const placed of await oneForEachKey(group, run, results)) {
    part.push(placed)
    bytes += bytesOf(placed.row)
    if (bytes < statementBytes) continue
    await writePart(part)
    part = []
    bytes = 0
  }
  if (part.length > 0) await writePart(part)
}

/** The rows of a group without those whose key another one's is for the table, which are rejected. */
async function oneForEachKey(
  { rows, shape }: RowGroup<PackedRow>,
  run: (text: string, rows: readonly Row[], set: readonly TableColumn[]) => Promise<RawRows['rows']>,
  results: Results,
): Promise<readonly Row[]> {
  if (rows.length < 2 || rows.every(({ row }) => isUsualKey(shape, row))) return rows
  let left: readonly Row[] = rows
  for (;;) {
    const groups = await run(sameKeys(shape), left, [])
    const whole = left.filter(({ index }) => results[index] === undefined)
    // Without those whose key the database does not take; where it met one, it has not compared all with all.
    if (whole.length === left.length) return keepOnePerKey(left, groups, results)
    left = whole
  }
}

function bytesOf({ from, to, vectors }: PackedRow): number {
  return vectors.reduce((sum, vector) => sum + (vector?.length ?? 0), to - from)
}

const tooSlow = 'it took too long'

async function unprotected(connection: DatabaseConnection, statement: Sql): Promise<RawRows['rows']> {
  return (await connection.raw(statement)).rows
}

/** The statement's rows; or the failure that one of the items caused, or that all took too long together, undone. */
export async function underSavepoint(
  connection: DatabaseConnection,
  statement: Sql,
  rowCount: number,
): Promise<RawRows['rows'] | string> {
  await connection.exec('savepoint offpeak_part')
  try {
    const { rows } = await connection.raw(statement)
    await connection.exec('release savepoint offpeak_part')
    return rows
  } catch (thrown) {
    const failure = sqlFailure(thrown)
    const isSlow = isTooSlow(thrown) && rowCount > 1
    if (!failure || !(isSlow || isRowFailure(failure))) throw thrown
    await connection.exec('rollback to savepoint offpeak_part; release savepoint offpeak_part')
    return isSlow ? tooSlow : failureText(failure)
  }
}

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
