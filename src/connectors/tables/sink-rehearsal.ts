import { OffpeakError } from '../../domain/errors.ts'
import type { SinkItem } from '../../ports/sink.ts'
import type { DatabaseConnection, Database } from '../database/database.ts'
import type { Sql } from '../database/sql.ts'
import { databaseError, failureText, isRowFailure, sqlFailure, type SqlFailure } from '../postgres/errors.ts'
import { Packer, type PackedItem } from './sink-packing.ts'
import { keyedRow, type KeyedRow } from './sink-rows.ts'
import { roundingBy } from './altered-values.ts'
import { ownValue } from '../../domain/own-value.ts'
import type { SinkShape, SinkTarget } from './sink-table.ts'
import { sinkStatements } from './sink-writing.ts'
import { bindRows } from './sink-binding.ts'

const leftAlone =
  'the row of a made-up answer was left as it was: a trigger, a rule or a row-level security policy forbids it'

/** Thrown to leave a transaction without writing anything. */
class Rollback extends Error {}

/**
 * Runs the sink's real statement on one item and takes it back; an empty key stands for "no record at hand". Fails
 * with E_SINK_KEY when the key does not fit its column, E_SINK_VALUE naming the column that a value does not fit,
 * E_DATABASE when the database does not permit it.
 */
export async function dryRunRow(
  database: Database,
  shape: SinkShape,
  item: SinkItem,
  target: SinkTarget,
): Promise<void> {
  await rehearse(database, shape, item, target)
}

/** Changes that the table makes to an item that `dryRunRow` can write, in words. */
export async function alterationsOf(
  database: Database,
  shape: SinkShape,
  item: SinkItem,
  target: SinkTarget,
): Promise<readonly string[]> {
  const rounded = shape.set.flatMap(({ name, baseType }) => {
    const words = roundingBy(baseType)?.(ownValue(item.values, name)) ?? null
    return words === null ? [] : [`${name}: ${words} (round it in the job, or make room in the column)`]
  })
  // Without a record no row is written.
  const changed = item.key === '' ? [] : await rehearse(database, shape, item, target)
  return [...rounded, ...changed]
}

/** Writes the item, looks at the row as it is then, and takes all back; what differs there, in words. */
async function rehearse(
  database: Database,
  shape: SinkShape,
  item: SinkItem,
  target: SinkTarget,
): Promise<readonly string[]> {
  let differences: readonly string[] = []
  const where = shape.table.text
  const refused = (reason: string): OffpeakError =>
    new OffpeakError('E_SINK_VALUE', `The sink cannot write ${where}: ${reason}`, {
      where,
      fix: 'Correct what set returns.',
    })
  const keyed = item.key === '' && target.kind === 'update' ? keyless(item, target) : keyedRow(item, target)
  const row = new Packer(shape.table, target).row(item, keyed)
  if ('problem' in row) throw refused(row.problem)
  const statements = sinkStatements(shape, null)
  try {
    await database.transaction('read write', async (connection) => {
      await connection.exec('savepoint offpeak_rehearsal')
      try {
        const values = bindRows([{ index: 0, row }], shape.set)
        const { rows } = await connection.raw({ text: statements.write, values })
        // The statement tells of rows that it has not written.
        const [, found, differs] = rows[0] ?? []
        if (rows.length === 0 && item.key !== '')
          differences = await differencesIn(connection, shape, item, target)
        else if (found === '1' && differs === 't') differences = [leftAlone]
      } catch (thrown) {
        const failure = sqlFailure(thrown)
        if (!failure || !isRowFailure(failure)) throw thrown
        await connection.exec('rollback to savepoint offpeak_rehearsal')
        throw await valueError(connection, shape, asText(shape, target).row(item, keyed), failure)
      }
      throw new Rollback()
    })
  } catch (thrown) {
    if (!(thrown instanceof Rollback)) throw databaseError(thrown, database.where)
  }
  return differences
}

/** What a row that was written holds otherwise than its item, and whether it still has its key; in words. */
async function differencesIn(
  connection: DatabaseConnection,
  shape: SinkShape,
  item: SinkItem,
  target: SinkTarget,
): Promise<readonly string[]> {
  const where = shape.table.text
  const look = async (set: SinkShape['set']): Promise<'gone' | 'other' | 'same'> => {
    const names = new Set([...target.key, ...set.map(({ name }) => name)])
    const values = Object.fromEntries(Object.entries(item.values).filter(([name]) => names.has(name)))
    const row = new Packer(shape.table, target).row({ ...item, values })
    if ('problem' in row) return 'same'
    const text = sinkStatements({ ...shape, set }, null).look
    const { rows } = await connection.raw({ text, values: bindRows([{ index: 0, row }], set) })
    const [, found, differs] = rows[0] ?? []
    return found == null ? 'gone' : differs === 't' ? 'other' : 'same'
  }
  const whole = await look(shape.set)
  if (whole === 'gone')
    return [
      `a row of ${where} is no longer found by its key once it is written: a trigger, a view or the answer takes it away`,
    ]
  if (whole === 'same') return []
  const names: string[] = []
  for (const column of shape.set) if ((await look([column])) === 'other') names.push(column.name)
  return [
    `${where} holds something else than the answer in ${names.join(', ')}: a trigger or a rule changes it`,
  ]
}

/** An item for which no record is at hand: no row has this key, but every value is converted. */
function keyless({ key, values }: SinkItem, target: SinkTarget): KeyedRow {
  return { key, keyJson: target.key.map(() => 'null'), keyText: '', names: Object.keys(values) }
}

/** Packs everything as JSON, which is converted value by value. */
function asText({ table }: SinkShape, target: SinkTarget): Packer {
  const columns = new Map([...table.columns].map(([name, column]) => [name, { ...column, elements: null }]))
  return new Packer({ ...table, columns }, target)
}

/** Names the column at fault by converting each value alone. */
async function valueError(
  connection: DatabaseConnection,
  shape: SinkShape,
  row: PackedItem['row'],
  failure: SqlFailure,
): Promise<OffpeakError> {
  const where = shape.table.text
  const values = bindRows('problem' in row ? [] : [{ index: 0, row }], [])
  const columns = [
    ...shape.key.map((column, index) => ({ column, field: `k${index}`, isKey: shape.kind === 'update' })),
    ...shape.set.map((column, index) => ({ column, field: `c${index}`, isKey: false })),
  ]
  for (const { column, field, isKey } of columns) {
    const reason = await conversionFailure(
      connection,
      field,
      isKey ? { given: 'text', wanted: column.keyType } : { given: column.type, wanted: column.type },
      values,
    )
    if (reason === null) continue
    const message = `${isKey ? 'The key' : 'A value'} does not fit the column "${column.name}" (${isKey ? column.keyType : column.type}) of ${where}: ${reason}`
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
  connection: DatabaseConnection,
  field: string,
  { given, wanted }: { readonly given: string; readonly wanted: string },
  values: Sql['values'],
): Promise<string | null> {
  const text = `select u.${field}::${wanted} from jsonb_to_recordset($1::jsonb) as u(${field} ${given})`
  await connection.exec('savepoint offpeak_value')
  try {
    await connection.raw({ text, values })
    return null
  } catch (thrown) {
    const failure = sqlFailure(thrown)
    if (!failure) throw thrown
    return failureText(failure)
  } finally {
    await connection.exec('rollback to savepoint offpeak_value')
  }
}
