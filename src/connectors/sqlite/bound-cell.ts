import type { SQLInputValue } from 'node:sqlite'
import { Unwritable } from '../tables/json-value.ts'
import { shownText } from '../tables/plain-values.ts'
import type { TableColumn } from '../tables/sink-table.ts'
import { affinityOf, numberText } from './column-rules.ts'
import { sqliteValue } from './file.ts'
import { bytesOf } from './key-forms.ts'

/** A value as SQLite stores it; throws Unwritable for what it does not store. */
export function boundValue(column: string, value: unknown): SQLInputValue {
  const found = sqliteValue(value, column)
  if (found !== undefined) return found
  const what = typeof value === 'object' ? 'a value without a form' : `${typeof value} ${shownText(value)}`
  throw new Unwritable(`${column}: is ${what}, which SQLite does not store; return null for no value`)
}

/**
 * A value in the form in which this column stores it unchanged. Throws Unwritable as well for one that the column would
 * make another of: a number is made of a text that looks like one (`007`, `1.10`), and of a large one less digits
 * (https://sqlite.org/datatype3.html, 3).
 */
export function boundCell({ name, baseType }: TableColumn, value: unknown): SQLInputValue {
  const bound = boundValue(name, value)
  const affinity = affinityOf(baseType, false)
  if (typeof bound === 'string') {
    if (affinity === 'text') return (isBlob(baseType) ? bytesOf(bound) : null) ?? bound
    if (affinity === 'real' && /^-?Infinity$/.test(bound)) return Number(bound)
    const held = numberText(bound, affinity === 'real')
    if (held === bound || held === withoutLastZeros(bound)) return bound
    throw new Unwritable(
      `${name}: is the text ${shownText(bound)}, of which a column of ${baseType} makes the number ${held}: give a number, or make it a column of text`,
    )
  }
  // SQLite writes fifteen digits of a number into a column of text.
  if (typeof bound === 'number' && Number.isFinite(bound) && /CHAR|CLOB|TEXT/i.test(baseType))
    return String(bound)
  if (typeof bound === 'bigint' && affinity === 'real' && BigInt(Number(bound)) !== bound)
    throw new Unwritable(`${name}: is ${bound}, which a column of ${baseType} does not hold exactly`)
  return bound
}

function isBlob(type: string): boolean {
  return /BLOB/i.test(type) && !/INT|CHAR|CLOB|TEXT/i.test(type)
}

/** `1.10` and `2.0` are the numbers `1.1` and `2`, which nobody takes for another. */
function withoutLastZeros(text: string): string {
  return /^-?(?:0|[1-9]\d*)\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text
}
