import type { DatabaseSync } from 'node:sqlite'
import { quoteName } from '../database/sql.ts'
import type { TableColumn } from '../tables/sink-table.ts'

type Collation = 'nocase' | 'rtrim' | null
type Rules = Pick<TableColumn, 'equality' | 'collation'>

/**
 * By which rules a column of SQLite takes two keys for one: the collation of its texts, and whether it makes numbers of
 * texts that look like one (https://sqlite.org/datatype3.html, 3.1).
 */
export function columnRules(
  database: DatabaseSync,
  quotedTable: string,
  { name, type, isStrict }: { readonly name: string; readonly type: string; readonly isStrict: boolean },
): Rules {
  const collation = collationOf(database, quotedTable, name)
  if (collation !== null) return { equality: 'own', collation }
  const affinity = affinityOf(type, isStrict)
  return { equality: affinity === 'real' ? 'own' : affinity === 'number' ? 'whole' : 'text', collation }
}

/** A compound select compares by the collation of its first column (https://sqlite.org/lang_select.html, compound selects). */
function collationOf(database: DatabaseSync, quotedTable: string, name: string): Collation {
  const first = `select ${quoteName(name)} from ${quotedTable} where false`
  const areOne = (one: string, other: string): boolean =>
    Number(
      database
        .prepare(`select count(*) as n from (${first} union select '${one}' union select '${other}')`)
        .get()?.['n'],
    ) === 1
  if (areOne('a', 'A')) return 'nocase'
  return areOne('a', 'a ') ? 'rtrim' : null
}

export function affinityOf(type: string, isStrict: boolean): 'number' | 'real' | 'text' {
  const name = type.toUpperCase()
  if (isStrict && name === 'ANY') return 'text'
  if (name.includes('INT')) return 'number'
  if (/CHAR|CLOB|TEXT|BLOB|^$/.test(name)) return 'text'
  return /REAL|FLOA|DOUB/.test(name) ? 'real' : 'number'
}

/** The text that stands for all texts which the column takes for this one. */
export function usualText(text: string, { type, collation, equality }: TableColumn): string {
  if (collation === 'rtrim') return text.replace(/ +$/, '')
  // NOCASE knows the letters of ASCII alone.
  if (collation === 'nocase') return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
  return equality === 'text' ? text : numberText(text, affinityOf(type, false) === 'real')
}

/** The text of a number in a column that makes numbers of texts; a text that is no number stays as it is. */
export function numberText(text: string, isReal: boolean): string {
  if (!/^[\t\n\v\f\r ]*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[\t\n\v\f\r ]*$/i.test(text)) return text
  const bare = text.trim()
  if (!isReal && /^[+-]?\d+$/.test(bare)) {
    const whole = BigInt(bare.replace('+', ''))
    if (BigInt.asIntN(64, whole) === whole) return String(whole)
  }
  return String(Number(bare) + 0)
}
