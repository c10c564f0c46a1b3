import { giveBack } from '../../planning/release-buffer.ts'
import type { SinkResult } from '../../ports/sink.ts'
import type { DatabaseConnection } from '../database/database.ts'
import type { RawRows } from '../database/driver.ts'
import { failureText, isRowFailure, isTooSlow, sqlFailure } from '../postgres/errors.ts'
import type { Mark } from '../postgres/mark.ts'
import { type PackedRow, severalRows } from './sink-row.ts'
import type { PlacedRow, Results, RowGroup } from './sink-rows.ts'
import { isUsualKey, keepOnePerKey, sameKeys } from './sink-keys.ts'
import { sinkStatements } from './sink-statement.ts'
import type { Sql } from '../database/sql.ts'
import type { TableColumn } from './sink-table.ts'
import { bindRows } from './sink-vectors.ts'

const statementBytes = 1024 * 1024

/**
 * What is asked before a row is overwritten: `none` nothing · `version` that its version is older than the mark ·
 * `look` that the caller has looked at the source, so that nothing is written now.
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
 * Writes one group inside the caller's transaction, in statements of about a megabyte. Each row's fate is put into
 * `results`.
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
