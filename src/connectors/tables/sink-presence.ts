import type { SinkItem, SinkPresence } from '../../ports/sink.ts'
import type { DatabaseConnection } from '../database/database.ts'
import { quoteName } from '../database/sql.ts'
import { failureText, isRowFailure, sqlFailure } from '../postgres/errors.ts'
import { noRow, severalRows, type PackedRow, type PlacedRow } from './sink-rows.ts'
import { keyFields } from './sink-keys.ts'
import type { Packer } from './sink-packing.ts'
import type { SinkShape } from './sink-table.ts'
import { bindRows } from './sink-binding.ts'

/** Whether each of these keys, as a source gave them, belongs to one row of the table that is updated. */
export async function presentRows(
  connection: DatabaseConnection,
  shape: SinkShape,
  packer: Packer,
  keys: readonly string[],
): Promise<readonly SinkPresence[]> {
  const found: SinkPresence[] = keys.map(() => 'open')
  const placed: PlacedRow<PackedRow>[] = []
  keys.forEach((key, index) => {
    const { row } = packer.pack(keyItem(key))
    if ('problem' in row) found[index] = row
    else placed.push({ index, row })
  })
  const text = countStatement(shape)
  const look = async (rows: readonly PlacedRow<PackedRow>[]): Promise<void> => {
    const [only] = rows
    if (only === undefined) return
    await connection.exec('savepoint offpeak_keys')
    try {
      const { rows: told } = await connection.raw({ text, values: bindRows(rows, []) })
      for (const [number, count] of told)
        found[Number(number)] = {
          problem: Number(count) === 0 ? noRow(shape) : severalRows(shape, Number(count)),
        }
      await connection.exec('release savepoint offpeak_keys')
    } catch (thrown) {
      const failure = sqlFailure(thrown)
      if (!failure || !isRowFailure(failure)) throw thrown
      await connection.exec('rollback to savepoint offpeak_keys; release savepoint offpeak_keys')
      if (rows.length === 1) {
        found[only.index] = { problem: `${noRow(shape)}: ${failureText(failure)}` }
        return
      }
      const half = Math.ceil(rows.length / 2)
      await look(rows.slice(0, half))
      await look(rows.slice(half))
    }
  }
  await look(placed)
  return found
}

function keyItem(key: string): SinkItem {
  return { key, values: {} }
}

/** Of items as `bindRows` gives them: the numbers of those whose key not exactly one row has, and how many do. */
function countStatement({ table, key }: SinkShape): string {
  const { fields, values } = keyFields({ key, kind: 'update' })
  const match = key.map(({ name }, index) => `t.${quoteName(name)} = u.k${index}`).join(' and ')
  return `with u as materialized (select n, ${values.join(', ')} from jsonb_to_recordset($1::jsonb) as u(n int4, ${fields.join(', ')}))
 select u.n, count(t.found) from u
 left join (select *, true as found from ${table.quoted}) as t on ${match} group by u.n having count(t.found) <> 1`
}
