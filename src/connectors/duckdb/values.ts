import {
  readableBytes,
  dayText,
  decimalText,
  instantText,
  shownText,
  wholeValue,
} from '../tables/plain-values.ts'

export type DuckDb = typeof import('@duckdb/node-api')

/**
 * A reader of DuckDB values as JSON has them: whole numbers a number when exact, else text · decimals exact text · timestamps
 * `2026-01-31T10:20:30.123456Z`, without `Z` when they have no zone · dates `2026-01-31` · lists and arrays as arrays ·
 * structs and maps as objects · bytes `\x…` · dates and
 * timestamps without end `infinity` · everything else (uuid, enum, time, interval, NaN) the text that DuckDB shows.
 */
export function duckdbReader(duckdb: DuckDb): (value: unknown) => unknown {
  const plain = (value: unknown): unknown => {
    if (typeof value === 'bigint') return wholeValue(value)
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
    if (typeof value !== 'object' || value === null) return value ?? null
    if (value instanceof duckdb.DuckDBListValue || value instanceof duckdb.DuckDBArrayValue)
      return value.items.map(plain)
    if (value instanceof duckdb.DuckDBStructValue) return fields(Object.entries(value.entries))
    if (value instanceof duckdb.DuckDBMapValue)
      return fields(value.entries.map(({ key, value: item }) => [shownText(plain(key)), item]))
    if (value instanceof duckdb.DuckDBUnionValue || value instanceof duckdb.DuckDBVariantValue)
      return plain(value.value)
    if (value instanceof duckdb.DuckDBBlobValue) return readableBytes(value.bytes)
    if (value instanceof duckdb.DuckDBDecimalValue) return decimalText(value.value, value.scale)
    if (value instanceof duckdb.DuckDBDateValue)
      return infinite(BigInt(value.days), maxDays) ?? dayText(value.days)
    if (value instanceof duckdb.DuckDBTimestampTZValue) return instant(value.micros, 'us')
    if (value instanceof duckdb.DuckDBTimestampValue) return withoutZone(instant(value.micros, 'us'))
    if (value instanceof duckdb.DuckDBTimestampSecondsValue) return withoutZone(instant(value.seconds, 's'))
    if (value instanceof duckdb.DuckDBTimestampMillisecondsValue)
      return withoutZone(instant(value.millis, 'ms'))
    if (value instanceof duckdb.DuckDBTimestampNanosecondsValue)
      return withoutZone(instant(value.nanos, 'ns'))
    return shownText(value)
  }
  const fields = (entries: readonly (readonly [string, unknown])[]): Record<string, unknown> =>
    Object.fromEntries(entries.map(([name, item]) => [name, plain(item)]))
  return plain
}

/** DuckDB keeps infinity as the greatest count, and minus infinity as its negative (date.hpp, timestamp.hpp). */
const maxDays = 2n ** 31n - 1n
const maxTicks = 2n ** 63n - 1n

function infinite(count: bigint, most: bigint): string | null {
  return count === most ? 'infinity' : count === -most ? '-infinity' : null
}

function instant(count: bigint, unit: Parameters<typeof instantText>[1]): string {
  return infinite(count, maxTicks) ?? instantText(count, unit)
}

function withoutZone(text: string): string {
  return text.replace(/Z$/, '')
}
