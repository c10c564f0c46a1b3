/** A cell that cannot be written, with the reason; thrown while a row is serialised. */
export class Unwritable extends Error {}

/**
 * One value as JSON for `jsonb_to_recordset`, from which PostgreSQL makes the column's own type. What JSON would
 * silently turn into null or drop is refused: undefined, NaN, an invalid date, a function.
 */
export function cellJson(column: string, value: unknown): string {
  const json = JSON.stringify(plain(column, value))
  if (json.includes('\\u') && hasUnstorable(json)) {
    throw new Unwritable(
      `${column}: holds a NUL or half of a character pair, which PostgreSQL does not store`,
    )
  }
  return json
}

function plain(column: string, value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'bigint':
      return value.toString()
    case 'number':
      if (!Number.isFinite(value)) throw new Unwritable(`${column}: is ${value}`)
      return value
    case 'undefined':
    case 'function':
    case 'symbol':
      throw new Unwritable(`${column}: is ${typeof value}; return null for no value`)
    case 'object':
      return value === null ? null : plainObject(column, value)
  }
  return null
}

function plainObject(column: string, value: object): unknown {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new Unwritable(`${column}: is an invalid date`)
    return value.toISOString()
  }
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(Object.values(value))
  return value
}

/** Whether JSON text holds an escaped NUL or lone surrogate; a backslash before the `u` may itself be escaped. */
function hasUnstorable(json: string): boolean {
  return /(?<!\\)(?:\\\\)*\\u(?:0000|[dD][89a-fA-F])/.test(json)
}

/** A row on its way into a statement. */
export interface SerialisedRow {
  readonly json: string
  /** For each column of vectors its numbers, packed; null where the JSON holds the value. */
  readonly vectors: readonly (Buffer | null)[]
}

/** The fields of one row, serialised: `{"n":0,"k0":"…","c0":…}`. */
export function rowJson(number: number, key: readonly string[], cells: readonly string[]): string {
  let json = `{"n":${number}`
  for (let index = 0; index < key.length; index += 1) json += `,"k${index}":${key[index] ?? 'null'}`
  for (let index = 0; index < cells.length; index += 1) json += `,"c${index}":${cells[index] ?? 'null'}`
  return `${json}}`
}
