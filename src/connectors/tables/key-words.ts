import { takenRow } from '../../wording/taken-row.ts'
import type { SinkResult } from '../../ports/sink.ts'
import type { SinkShape } from './sink-table.ts'

/** What becomes of a record whose key is that of another record where it is written. */
export function takenBy(record: string, key: string): SinkResult {
  return { kind: 'rejected', reason: `${takenRow(record)} (${key})` }
}

/** Why nothing is written by a key that no row has. */
export function noRow({ table, key }: Pick<SinkShape, 'table' | 'key'>): string {
  return `no row of ${table.text} has this key (${key.map(({ name }) => name).join(', ')})`
}

/** Why nothing is written by a key that several rows have. */
export function severalRows({ table, key }: Pick<SinkShape, 'table' | 'key'>, rows: number): string {
  const names = key.map(({ name }) => name).join(', ')
  return `${rows} rows of ${table.text} have this key (${names}), and an answer belongs to one: none was written; name a key of the sink that is unique there`
}
