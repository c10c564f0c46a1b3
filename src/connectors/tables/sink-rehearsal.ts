import { OffpeakError } from '../../domain/errors.ts'
import type { SinkItem } from '../../ports/sink.ts'
import type { Connection, Database } from '../database/database.ts'
import type { TableColumn } from './sink-table.ts'
import { databaseError, failureText, isRowFailure, sqlFailure, type SqlFailure } from '../postgres/errors.ts'
import { serialise, sinkRow, type SinkRow } from './sink-rows.ts'
import type { SinkTarget } from './sink-table.ts'
import { sinkStatements, type SinkShape } from './sink-statement.ts'
import { bindRows } from './sink-vectors.ts'

/** Thrown to leave a transaction without writing anything. */
class Rollback extends Error {}

/**
 * Runs the sink's real statement on one item and takes it back; an empty key stands for "no record at hand". Fails
 * with E_SINK_KEY when the key does not fit its column, E_SINK_VALUE naming the column that a value does not fit,
 * E_DATABASE when the database does not permit it.
 */
export async function rehearseRow(
  database: Database,
  shape: SinkShape,
  item: SinkItem,
  target: SinkTarget,
): Promise<void> {
  const where = shape.table.text
  const refused = (reason: string): OffpeakError =>
    new OffpeakError('E_SINK_VALUE', `The sink cannot write ${where}: ${reason}`, {
      where,
      fix: 'Correct what set returns.',
    })
  const row =
    item.key === '' && target.kind === 'update' ? keylessRow(item, target) : sinkRow(item, 0, target)
  if (typeof row === 'string') throw refused(row)
  const serialised = serialise(row, shape)
  if ('reason' in serialised) throw refused(serialised.reason)
  const statements = sinkStatements(shape, null)
  try {
    await database.transaction('read write', async (connection) => {
      await connection.exec('savepoint offpeak_rehearsal')
      try {
        await connection.raw({ text: statements.write, values: bindRows([serialised], shape.set) })
      } catch (thrown) {
        const failure = sqlFailure(thrown)
        if (!failure || !isRowFailure(failure)) throw thrown
        await connection.exec('rollback to savepoint offpeak_rehearsal')
        throw await valueError(connection, shape, row, failure)
      }
      throw new Rollback()
    })
  } catch (thrown) {
    if (!(thrown instanceof Rollback)) throw databaseError(thrown, database.where)
  }
}

/** An item for which no record is at hand: no row has this key, but every value is converted. */
function keylessRow(item: SinkItem, { key }: SinkTarget): SinkRow {
  return { index: 0, item, keyJson: key.map(() => 'null'), keyText: '' }
}

/** Names the column at fault by converting each value alone. */
async function valueError(
  connection: Connection,
  shape: SinkShape,
  row: SinkRow,
  failure: SqlFailure,
): Promise<OffpeakError> {
  const where = shape.table.text
  const asText = shape.set.map((column) => ({ ...column, elements: null }))
  const serialised = serialise(row, { ...shape, set: asText })
  const json = 'json' in serialised ? serialised.json : '{}'
  const columns = [
    ...shape.key.map((column, index) => ({ column, field: `k${index}`, isKey: shape.kind === 'update' })),
    ...shape.set.map((column, index) => ({ column, field: `c${index}`, isKey: false })),
  ]
  for (const { column, field, isKey } of columns) {
    const reason = await conversionFailure(connection, column, field, json)
    if (reason === null) continue
    const message = `${isKey ? 'The key' : 'A value'} does not fit the column "${column.name}" (${column.type}) of ${where}: ${reason}`
    return new OffpeakError(isKey ? 'E_SINK_KEY' : 'E_SINK_VALUE', message, {
      where,
      fix: isKey
        ? 'Name the column that holds the source key as `key` of the sink.'
        : `Convert the value in set, or alter the type of ${column.name}.`,
    })
  }
  return new OffpeakError(
    'E_SINK_VALUE',
    `${where} does not take what the sink sets: ${failureText(failure)}`,
    {
      where,
      fix: failure.hint ?? 'Correct what set returns, or the constraints of the table.',
    },
  )
}

async function conversionFailure(
  connection: Connection,
  column: TableColumn,
  field: string,
  json: string,
): Promise<string | null> {
  const text = `select u.${field} from jsonb_to_recordset($1::jsonb) as u(${field} ${column.type})`
  await connection.exec('savepoint offpeak_value')
  try {
    await connection.raw({ text, values: [`[${json}]`] })
    return null
  } catch (thrown) {
    const failure = sqlFailure(thrown)
    if (!failure) throw thrown
    return failureText(failure)
  } finally {
    await connection.exec('rollback to savepoint offpeak_value')
  }
}
