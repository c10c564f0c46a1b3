import type { ColumnSource } from 'hyparquet-writer'
import type { SinkItem } from '../../ports/sink.ts'
import { ownValue } from '../../domain/own-value.ts'

type Kind = 'STRING' | 'DOUBLE' | 'INT64' | 'BOOLEAN' | 'TIMESTAMP' | 'JSON'

/**
 * Items as the columns of a Parquet file, `key` first: text STRING · numbers DOUBLE, whole or not, so that every file
 * of a sink agrees · bigints INT64 · booleans BOOLEAN · dates TIMESTAMP · everything else, and a column of several
 * kinds, JSON. Throws for a value that JSON has no form for.
 */
export function parquetColumns(items: readonly SinkItem[]): ColumnSource[] {
  const names = [...new Set(items.flatMap(({ values }) => Object.keys(values)))]
  const rest = names.filter((name) => name !== 'key')
  return [
    { name: 'key', type: 'STRING', nullable: false, data: items.map(({ key }) => key) },
    ...rest.map((name): ColumnSource => {
      const values = items.map((item) => ownValue(item.values, name) ?? null)
      const kinds = new Set(values.filter((value) => value !== null).map(kindOf))
      const [only = 'STRING', ...others] = kinds
      const type = others.length > 0 ? 'JSON' : only
      return { name, type, nullable: true, data: type === 'JSON' ? values.map(jsonValue) : values }
    }),
  ]
}

function kindOf(value: unknown): Kind {
  if (typeof value === 'string') return 'STRING'
  if (typeof value === 'number') return 'DOUBLE'
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? 'INT64' : 'JSON'
  if (typeof value === 'boolean') return 'BOOLEAN'
  return value instanceof Date && !Number.isNaN(value.getTime()) ? 'TIMESTAMP' : 'JSON'
}

/** What the writer will make JSON of, without what JSON lacks. */
function jsonValue(value: unknown): unknown {
  if (value === null) return null
  const text = JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'bigint' ? item.toString() : item,
  )
  // A function or symbol has no JSON text.
  if (typeof text !== 'string') throw new TypeError(`A ${typeof value} has no form in JSON`)
  const parsed: unknown = JSON.parse(text)
  return parsed
}
