import { OffpeakError } from '../../domain/errors.ts'
import { withExactNumbers } from '../../planning/text/exact-numbers.ts'

/**
 * One reading of PostgreSQL values for every driver, from the server's own text form:
 * `int2/int4/oid` number · `int8` number within ±2^53, else string · `float4/float8` number, else `NaN` or `Infinity` as
 * text · `numeric` string (exact) · `bool` boolean · `json/jsonb` parsed, with numbers that a double does not hold as text ·
 * `timestamptz` `2026-01-31T10:20:30.123456Z` · `timestamp` the same without zone · `date` `2026-01-31` · arrays of these as
 * arrays · `bytea` as `\x…` · everything else (text, uuid, enum, vector, interval) the text that PostgreSQL shows. Types
 * that only the catalogue of a database knows (arrays of anything else, composites, domains in them) are read by `more`,
 * of `readDecoders`.
 */
export function decode(type: number, text: string, more: Decoders = noDecoders): unknown {
  const decoder = decoders.get(type) ?? more.get(type)
  return decoder ? decoder(text) : text
}

export type Decoder = (text: string) => unknown
/** By the object id of the type. */
export type Decoders = ReadonlyMap<number, Decoder>

const noDecoders: Decoders = new Map()

/** Whether values of this type are read without asking the database about it. */
export function isBuiltIn(type: number): boolean {
  return decoders.has(type)
}

const whole: Decoder = (text) => {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : text
}
/** NaN and the infinities have no form in JSON, where a number would silently become null. */
const real: Decoder = (text) => {
  const value = Number(text)
  return Number.isFinite(value) ? value : text
}
const instant: Decoder = (text) => text.replace(' ', 'T').replace(/\+00(?::00)?$/, 'Z')
const parsed: Decoder = (text) => withExactNumbers(JSON.parse(text), text)
const same: Decoder = (text) => text

/** [type, array of it, decoder] by the object ids that PostgreSQL has fixed for its built-in types (pg_type.dat). */
const builtIn: readonly (readonly [number, number, Decoder])[] = [
  [16, 1000, (text) => text === 't'],
  [20, 1016, whole],
  [21, 1005, Number],
  [23, 1007, Number],
  [26, 1028, Number],
  [700, 1021, real],
  [701, 1022, real],
  [114, 199, parsed],
  [3802, 3807, parsed],
  [1114, 1115, instant],
  [1184, 1185, instant],
  [1082, 1182, same],
  [1083, 1183, same],
  [25, 1009, same],
  [1042, 1014, same],
  [1043, 1015, same],
  [19, 1003, same],
  [1700, 1231, same],
  [2950, 2951, same],
]

export function isBuiltInList(type: number): boolean {
  return builtIn.some(([, array]) => array === type)
}

export function isJson(type: number): boolean {
  return type === 114 || type === 3802
}

/** A list in a list would be taken for one JSON value; more than one dimension is left as PostgreSQL shows it. */
export function jsonList(text: string): unknown {
  return /^(?:\[[^{]*=)?\{\{/.test(text) ? text : parseArray(text, parsed)
}

const decoders = new Map<number, Decoder>(
  builtIn.flatMap(([type, array, decoder]) => [
    [type, decoder] as const,
    [array, decoder === parsed ? jsonList : (text: string): unknown => parseArray(text, decoder)] as const,
  ]),
)

/**
 * The list of PostgreSQL's array text (`{1,NULL,"a,b"}`, nested), with one decoder for the elements. `delimiter` is
 * that of the elements' type: a semicolon for boxes. Where the places are not counted from 1 (`[0:1]={…}`), that is
 * left out.
 */
export function parseArray(text: string, element: Decoder, delimiter = ','): unknown {
  let at = text.indexOf('{')
  if (at < 0) return text
  const list = (): unknown[] => {
    const items: unknown[] = []
    at += 1
    while (at < text.length && text[at] !== '}') {
      if (text[at] === delimiter) at += 1
      else if (text[at] === '{') items.push(list())
      else if (text[at] === '"') items.push(element(quoted()))
      else items.push(bare())
    }
    at += 1
    return items
  }
  const quoted = (): string => {
    let value = ''
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) {
      if (text[at] === '\\') at += 1
      value += text[at] ?? ''
    }
    at += 1
    return value
  }
  const bare = (): unknown => {
    const start = at
    while (at < text.length && text[at] !== delimiter && text[at] !== '}') at += 1
    const value = text.slice(start, at)
    return value === 'NULL' ? null : element(value)
  }
  return list()
}

/** PostgreSQL's array text for texts, each quoted. */
export function arrayText(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : `"${value.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`
}

/** A value to be bound in PostgreSQL's own binary form. */
export class BinaryValue {
  readonly bytes: Buffer

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }
}

/** A bound value as PostgreSQL reads it, the same for every driver: its text, or bytes in binary form. */
export function encode(value: unknown): string | Buffer | null {
  return value instanceof BinaryValue ? value.bytes : encodeText(value)
}

function encodeText(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value)
  if (typeof value === 'object') return encodeObject(value)
  throw new OffpeakError('E_USAGE', `A ${typeof value} cannot be bound as an SQL value`)
}

function encodeObject(value: object | null): string | null {
  if (value === null) return null
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return encodeArray(value)
  return JSON.stringify(value)
}

function encodeArray(values: readonly unknown[]): string {
  if (values.some((value) => Array.isArray(value))) {
    return `{${values.map((value) => (Array.isArray(value) ? encodeArray(value) : 'NULL')).join(',')}}`
  }
  return arrayText(values.map(encodeText))
}
