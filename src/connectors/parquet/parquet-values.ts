import { isUtf8 } from 'node:buffer'
import type { ParquetParsers, SchemaElement } from 'hyparquet'
import { messageOf } from '../../domain/errors.ts'
import { parseExactJson } from '../../planning/text/exact-numbers.ts'
import {
  firstBytes,
  readableBytes,
  dayText,
  decimalText,
  instantText,
  timeText,
  wholeValue,
  Unreadable,
} from '../tables/plain-values.ts'

/**
 * A function from a value of the library to one that rows show; throws `Unreadable`. Null and undefined do not come.
 */
export type ValueReader = (value: unknown) => unknown

/** What cannot be decoded; the library calls parsers where nobody knows of which row a value is. */
class Undecoded {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

// A byte order mark is a character of the value like any other.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

export const parsers = {
  // INT96, of which nothing says a zone.
  timestampFromNanoseconds: (count: bigint): string => instantText(count, 'ns').replace(/Z$/, ''),
  stringFromBytes: (bytes: Uint8Array): unknown =>
    isUtf8(bytes) ? utf8.decode(bytes) : new Undecoded(`is not valid UTF-8: ${firstBytes(bytes)}`),
  jsonFromBytes,
} satisfies Partial<ParquetParsers>

function jsonFromBytes(bytes: Uint8Array): unknown {
  try {
    return parseExactJson(utf8.decode(bytes))
  } catch (thrown) {
    return new Undecoded(`is not JSON: ${messageOf(thrown)}`)
  }
}

/** What makes a text of the bytes of an element, or JSON; null where it is neither. */
function textParser({
  logical_type: logical,
  converted_type: converted,
  type,
}: SchemaElement): ((bytes: Uint8Array) => unknown) | null {
  if (type !== 'BYTE_ARRAY') return null
  if (converted === 'UTF8' || logical?.type === 'STRING') return parsers.stringFromBytes
  return converted === 'JSON' || logical?.type === 'JSON' ? jsonFromBytes : null
}

/** A reader of the values of one leaf of the schema; `bareElement` says which of them the library leaves alone. */
export function leafReader(element: SchemaElement): ValueReader {
  const { logical_type: logical, converted_type: converted, type } = element
  if (isDecimal(element)) {
    const scale = logical?.type === 'DECIMAL' ? logical.scale : (element.scale ?? 0)
    return (value) => decimalText(value instanceof Uint8Array ? signed(value) : whole(value), scale)
  }
  if (logical?.type === 'TIMESTAMP') {
    const unit = units[logical.unit]
    if (logical.isAdjustedToUTC) return (value) => instantText(whole(value), unit)
    return (value) => instantText(whole(value), unit).replace(/Z$/, '')
  }
  if (converted === 'TIMESTAMP_MILLIS') return (value) => instantText(whole(value), 'ms')
  if (converted === 'TIMESTAMP_MICROS') return (value) => instantText(whole(value), 'us')
  if (logical?.type === 'TIME') {
    const unit = units[logical.unit]
    return (value) => timeText(whole(value), unit)
  }
  if (converted === 'TIME_MILLIS') return (value) => timeText(whole(value), 'ms')
  if (converted === 'TIME_MICROS') return (value) => timeText(whole(value), 'us')
  if (logical?.type === 'DATE' || converted === 'DATE') return (value) => dayText(Number(value))
  if (converted === 'INTERVAL' || logical?.type === 'INTERVAL')
    return (value) => (value instanceof Uint8Array ? intervalText(value) : value)
  if (type === 'BYTE_ARRAY' && isBare(element)) return (value) => binary(value)
  const decoded = textParser(element)
  // Texts come undecoded where much is unpacked at once (`bareElement`).
  if (decoded !== null) return (value) => plain(value instanceof Uint8Array ? decoded(value) : value)
  return plain
}

/**
 * The element without what the library would make inexact, or stop at. With `bytes` so are texts, which the
 * readers of the leaves decode row by row: the library makes texts of a whole page at once.
 */
export function bareElement(element: SchemaElement, texts: 'texts' | 'bytes'): SchemaElement {
  const { logical_type: logical, converted_type: converted } = element
  const isTime = /^(?:TIME|TIMESTAMP|DATE|INTERVAL)/.test(logical?.type ?? converted ?? '')
  const isOther = logical?.type === 'BSON' || converted === 'BSON'
  const isBytes = texts === 'bytes' && textParser(element) !== null
  if (!isDecimal(element) && !isTime && !isOther && !isBytes) return element
  const { converted_type: _converted, logical_type: _logical, ...bare } = element
  return bare
}

const units = { MILLIS: 'ms', MICROS: 'us', NANOS: 'ns' } as const

function isDecimal({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return converted === 'DECIMAL' || logical?.type === 'DECIMAL'
}

/** Bytes of which the file does not say what they are, or only that they are a text of a list. */
function isBare({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return (
    (converted === undefined || converted === 'ENUM') && (logical === undefined || logical.type === 'ENUM')
  )
}

/**
 * Bytes as text where they are some, as older writers do not say so. What looks like the form for bytes is given in it,
 * so that each text stands for one value.
 */
function binary(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return plain(value)
  if (!isUtf8(value)) return readableBytes(value)
  const text = utf8.decode(value)
  return text.startsWith('\\x') ? readableBytes(value) : text
}

function whole(value: unknown): bigint {
  return typeof value === 'bigint' ? value : BigInt(Number(value))
}

/** Big-endian two's complement. */
function signed(bytes: Uint8Array): bigint {
  const hex = Buffer.from(bytes).toString('hex')
  return hex === '' ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`))
}

/**
 * Months, days and milliseconds, each in four bytes, as a duration of ISO 8601
 * (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#interval).
 */
function intervalText(bytes: Uint8Array): string {
  const [months, days, millis] = [0, 4, 8].map((at) => Buffer.from(bytes).readUInt32LE(at))
  return `P${months}M${days}DT${Number(millis) / 1_000}S`
}

/** A value that needs no knowledge of the schema, at any depth, as rows show it. */
export function plain(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return wholeValue(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object' || value === null) return value ?? null
  if (value instanceof Undecoded) throw new Unreadable(value.reason)
  if (value instanceof Uint8Array) return readableBytes(value)
  if (Array.isArray(value)) return value.map(plain)
  if (ArrayBuffer.isView(value)) return Object.values(value).map(plain)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]))
}
