import {
  bytesText,
  dayText,
  decimalText,
  instantText,
  shownText,
  wholeValue,
} from '../tables/plain-values.ts'

export type DuckDb = typeof import('@duckdb/node-api')

/**
 * Reads a DuckDB value as JSON has it: whole numbers a number when exact, else text · decimals exact text · timestamps
 * `2026-01-31T10:20:30.123456Z`, without `Z` when they have no zone · dates `2026-01-31` · lists and arrays as arrays ·
 * structs and maps as objects · bytes `\x…` · everything else (uuid, enum, time, interval, NaN) the text that DuckDB shows.
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
    if (value instanceof duckdb.DuckDBBlobValue) return bytesText(value.bytes)
    if (value instanceof duckdb.DuckDBDecimalValue) return decimalText(value.value, value.scale)
    if (value instanceof duckdb.DuckDBDateValue) return dayText(value.days)
    if (value instanceof duckdb.DuckDBTimestampTZValue) return instantText(value.micros, 'us')
    if (value instanceof duckdb.DuckDBTimestampValue) return withoutZone(instantText(value.micros, 'us'))
    if (value instanceof duckdb.DuckDBTimestampSecondsValue)
      return withoutZone(instantText(value.seconds, 's'))
    if (value instanceof duckdb.DuckDBTimestampMillisecondsValue)
      return withoutZone(instantText(value.millis, 'ms'))
    if (value instanceof duckdb.DuckDBTimestampNanosecondsValue)
      return withoutZone(instantText(value.nanos, 'ns'))
    return shownText(value)
  }
  const fields = (entries: readonly (readonly [string, unknown])[]): Record<string, unknown> =>
    Object.fromEntries(entries.map(([name, item]) => [name, plain(item)]))
  return plain
}

function withoutZone(text: string): string {
  return text.replace(/Z$/, '')
}
