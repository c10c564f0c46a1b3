import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { OffpeakError, messageOf } from '../../domain/errors.ts'
import {
  bytesText,
  firstBytes,
  readableBytes,
  weight,
  wholeValue,
  Unreadable,
} from '../tables/plain-values.ts'
import { keyList, type KeyColumn } from '../postgres/selection.ts'
import type { Cells, QueryDatabase, Reading } from '../tables/query-database.ts'
import { CellBytes, InvalidText, mayBeInvalid } from './invalid-text.ts'
import { isBusy, openSqlite, sqliteError, sqliteValue } from './file.ts'
import { bytesOf, numberOf } from './key-forms.ts'
import { joinSql, quoteName, rawSql, sql, type Sql } from '../database/sql.ts'

const blockBytes = 500_000

/**
 * A SQLite file for `queryReader`, opened read-only. A statement that is open keeps others from writing, so that none
 * stays open between two blocks: where an index finds the next key, each block is a statement of its own; else the rows
 * are put in order once, into a temporary table.
 */
export function sqliteReading(path: string): QueryDatabase {
  const database = openSqlite(path, { readOnly: true, code: 'E_SOURCE_FILE' })
  const asQueryError = <T>(act: () => T): T => {
    try {
      return act()
    } catch (thrown) {
      if (thrown instanceof OffpeakError || isBusy(thrown)) throw sqliteError(thrown, path)
      throw new OffpeakError('E_SOURCE_QUERY', `The query failed: ${messageOf(thrown)}`, {
        where: path,
        fix: 'Run the query in sqlite3 to fix it.',
        cause: thrown,
      })
    }
  }
  return {
    where: path,
    columns: async (statement) =>
      asQueryError(() =>
        prepare(database, statement.text)
          .columns()
          .map(({ name, type }) => ({ name, type: type ?? '' })),
      ),
    async *read(reading) {
      const blocks = blocksOf(database, reading)
      try {
        for (;;) {
          const next = asQueryError(() => blocks.next())
          if (next.done) return
          yield next.value
        }
      } finally {
        blocks.return()
      }
    },
    plain(cell) {
      if (typeof cell === 'bigint') return wholeValue(cell)
      if (typeof cell === 'number') return Number.isFinite(cell) ? cell : String(cell)
      if (cell instanceof InvalidText)
        throw new Unreadable(`is not valid ${cell.encoding}: ${firstBytes(cell.bytes)}`)
      return cell instanceof Uint8Array ? readableBytes(cell) : cell
    },
    cursorPart(cell) {
      if (typeof cell === 'bigint') return `i${cell}`
      if (typeof cell === 'number') return `r${cell}`
      if (typeof cell === 'string') return `t${cell}`
      if (cell instanceof InvalidText) return `u${bytesText(cell.bytes)}`
      return cell instanceof Uint8Array ? `b${bytesText(cell)}` : null
    },
    keyText: (part) => part.slice(1),
    keyGroup,
    order: (key) =>
      joinSql(
        key.map(({ name }) => binary(name)),
        ', ',
      ),
    after(key, parts) {
      const columns = joinSql(
        key.map(({ name }) => binary(name)),
        ', ',
      )
      return sql`(${columns}) > (${joinSql(parts.map(typedPart), ', ')})`
    },
    oneOf,
    async [Symbol.asyncDispose]() {
      if (database.isOpen) database.close()
    },
  }
}

/** A column's own collation may take two keys for one; keys are told apart byte by byte. */
function binary(name: string): Sql {
  return rawSql(`q.${quoteName(name)} collate binary`)
}

/** A whole number may be kept as one or as a double, and has one text; so has a number that is kept as its text. */
function keyGroup(name: string): Sql {
  const key = `q.${quoteName(name)}`
  return rawSql(`case typeof(${key}) when 'blob' then '\\x' || lower(hex(${key}))
 when 'real' then case when abs(${key}) < 1e15 and ${key} = cast(${key} as integer) then cast(cast(${key} as integer) as text)
 else format('%!.17g', ${key}) end else cast(${key} as text) end collate binary`)
}

function typedPart(part: string): Sql {
  const text = part.slice(1)
  if (part.startsWith('i')) return sql`${BigInt(text)}`
  if (part.startsWith('r')) return sql`${Number(text)}`
  if (part.startsWith('t')) return sql`${text}`
  const bytes = Buffer.from(text.slice(2), 'hex')
  return part.startsWith('u') ? sql`cast(${bytes} as text)` : sql`${bytes}`
}

/** A key may be stored as text, as a number or as bytes, whatever the column says: all of them are looked for. */
function oneOf(key: readonly KeyColumn[], keys: readonly (readonly string[])[]): Sql {
  const columns = keyList(key.map(({ name }) => name))
  const combined = keys.flatMap((parts) =>
    parts.reduce<readonly string[]>(
      (lists, text) => lists.flatMap((list) => jsonForms(text).map((form) => `${list},${form}`)),
      [''],
    ),
  )
  const values = key.map((_, index) => {
    const [at, bytes] = [`'$[${index}]'`, `'$[${index}].b'`]
    return rawSql(`case when json_type(value, ${at}) = 'object' then unhex(json_extract(value, ${bytes}))
 else json_extract(value, ${at}) end`)
  })
  const list = `[${combined.map((parts) => `[${parts.slice(1)}]`).join(',')}]`
  const wanted = sql`(select ${joinSql(values, ', ')} from json_each(${list}))`
  return key.length === 1 ? sql`${columns} in ${wanted}` : sql`(${columns}) in ${wanted}`
}

function jsonForms(text: string): readonly string[] {
  const number = numberOf(text)
  const bytes = bytesOf(text)
  return [
    JSON.stringify(text),
    // 9e999 is more than a double holds, which SQLite reads as infinity.
    ...(number === null ? [] : [String(number).replace('Infinity', '9e999')]),
    ...(bytes === null ? [] : [JSON.stringify({ b: bytes.toString('hex') })]),
  ]
}

function* blocksOf(database: DatabaseSync, reading: Reading): Generator<readonly Cells[], void> {
  if (reading.kind === 'keyed' && reading.seekable && seeks(database, reading.statement(['t']))) {
    yield* sought(database, reading)
    return
  }
  if (reading.kind === 'once') {
    const rows = [...iterate(database, reading.statement)]
    if (rows.length > 0) yield rows
    return
  }
  yield* copied(database, reading.kind === 'keyed' ? reading.statement(reading.from) : reading.statement)
}

/** Whether an index leads to the rows behind a key, in order. */
function seeks(database: DatabaseSync, statement: Sql): boolean {
  const plan = prepare(database, `explain query plan ${statement.text}`)
    .all(bound(statement))
    .map((step) => String(step[3]))
  return (
    /^SEARCH .*>\?/.test(plan[0] ?? '') && !plan.some((step) => /B-TREE|MATERIALIZE|CO-ROUTINE/.test(step))
  )
}

/** Each block is a statement; it ends between two keys, so that rows with the same key stay together. */
function* sought(
  database: DatabaseSync,
  { statement, from, keyOf }: Extract<Reading, { kind: 'keyed' }>,
): Generator<readonly Cells[], void> {
  let after = from
  for (let ended = false; !ended;) {
    const block: Cells[] = []
    let bytes = 0
    ended = true
    for (const cells of iterate(database, statement(after))) {
      const key = keyOf(cells)
      if (bytes >= blockBytes && key?.[0] !== after?.[0]) {
        ended = false
        break
      }
      block.push(cells)
      bytes += weight(cells)
      after = key
    }
    if (block.length > 0) yield block
  }
}

let copies = 0

/** The rows are copied in their order; the copy is this connection's own, and in nobody's way. */
function* copied(database: DatabaseSync, statement: Sql): Generator<readonly Cells[], void> {
  copies += 1
  const name = `temp.offpeak_rows_${copies}`
  prepare(database, `create table ${name} as ${statement.text}`).run(bound(statement))
  try {
    let block: Cells[] = []
    let bytes = 0
    for (const cells of iterate(database, rawSql(`select * from ${name}`))) {
      block.push(cells)
      bytes += weight(cells)
      if (bytes < blockBytes) continue
      yield block
      ;[block, bytes] = [[], 0]
    }
    if (block.length > 0) yield block
  } finally {
    if (database.isOpen) database.exec(`drop table ${name}`)
  }
}

function* iterate(database: DatabaseSync, statement: Sql): Generator<Cells, void> {
  const prepared = prepare(database, statement.text)
  let bytes: CellBytes | null = null
  let number = 0
  try {
    for (const row of prepared.iterate(bound(statement))) {
      const cells: unknown[] = Object.values(row)
      if (cells.some(mayBeInvalid)) {
        bytes ??= new CellBytes(database, statement, cells.length, bound(statement))
        yield bytes.checked(cells, number)
      } else yield cells
      number += 1
    }
  } finally {
    bytes?.[Symbol.dispose]()
  }
}

function prepare(database: DatabaseSync, text: string): StatementSync {
  const statement = database.prepare(text)
  statement.setReturnArrays(true)
  return statement
}

function bound({ values }: Sql): Record<string, SQLInputValue> {
  return Object.fromEntries(
    values.map((value, index) => {
      const found = sqliteValue(value)
      if (found === undefined)
        throw new OffpeakError(
          'E_USAGE',
          `sql: value ${index + 1} (${typeof value}) cannot be bound in SQLite`,
        )
      return [`$${index + 1}`, found]
    }),
  )
}
