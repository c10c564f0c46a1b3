import type { SinkItem } from '../../ports/sink.ts'
import type { Database } from '../database/database.ts'
import { databaseError } from '../postgres/errors.ts'
import { oldRowsStatement } from './old-rows.ts'
import { keyedRow } from './sink-rows.ts'
import { checkScope, type SinkScope } from './sink-scope.ts'
import type { SinkTarget, Table } from './sink-table.ts'

/** Thrown to leave a transaction without writing anything. */
class Rollback extends Error {}

/**
 * The dry run of removing or marking what would be old beside an item; everything is taken back. Throws E_SINK_VALUE or
 * E_SINK_COLUMN where the scope does not fit the table, E_DATABASE where the database does not permit it.
 */
export async function dryRunScope(
  database: Database,
  scoped: { readonly table: Table; readonly target: SinkTarget; readonly scope: SinkScope },
  item: SinkItem,
): Promise<void> {
  checkScope(scoped.table, scoped.scope, item)
  const row = keyedRow(item, scoped.target)
  if ('problem' in row) return
  const part = { index: 0, count: 1 }
  try {
    await database.transaction('read write', async (connection) => {
      await connection.raw(oldRowsStatement(scoped, [{ item: { part }, row }]))
      throw new Rollback()
    })
  } catch (thrown) {
    if (!(thrown instanceof Rollback)) throw databaseError(thrown, database.where)
  }
}
