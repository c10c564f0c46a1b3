import type { ColumnSource } from 'hyparquet-writer'
import type { SinkItem } from '../../ports/sink.ts'
import { jsonOf, wellFormed } from '../tables/json-value.ts'
import { exactNumber } from '../../planning/text/exact-numbers.ts'
import { rawNumber } from '../../planning/text/raw-numbers.ts'
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
      const dataOf = type === 'JSON' ? jsonValue : type === 'STRING' ? textValue : null
      const data = dataOf === null ? values : values.map((value) => dataOf(name, value))
      return { name, type, nullable: true, data }
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
function jsonValue(name: string, value: unknown): unknown {
  if (value === null) return null
  // The writer makes JSON of it once more: a number that no double holds keeps its text.
  const parsed: unknown = JSON.parse(
    jsonOf(name, value),
    (_, item: unknown, written?: { readonly source?: string }) => {
      if (typeof item === 'object' && item !== null && Object.hasOwn(item, '__proto__'))
        return asItStands(item)
      if (typeof item !== 'number' || Number.isSafeInteger(item)) return item
      const { source = String(item) } = written ?? {}
      return typeof exactNumber(source) === 'string' ? rawNumber(source) : item
    },
  )
  return parsed
}

/** Fields as they stand: the writer would copy an object with a prototype name by name, and lose `__proto__`. */
function asItStands(item: object): object {
  const bare: object = Object.create(null)
  return Object.assign(bare, item)
}

/** Parquet's text is UTF-8. */
function textValue(name: string, value: unknown): unknown {
  return typeof value === 'string' ? wellFormed(name, value) : value
}
