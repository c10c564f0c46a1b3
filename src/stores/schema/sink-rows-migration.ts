import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { integer, table } from './columns.ts'
import type { Dialect } from '../database/json-rows.ts'

/**
 * Which record a row of a sink belongs to, where keys of different texts can be one. What was written before nobody
 * knows; it is found by the keys that are done.
 */
export function sinkRows(dialect: Dialect): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const made = table(db, 'sinkRows', {
        job: 'text',
        sink: 'text',
        simulated: integer,
        name: 'text',
        key: 'text',
        runId: 'text',
        at: integer,
      }).addPrimaryKeyConstraint('sink_rows_pk', ['job', 'sink', 'simulated', 'name'])
      await (dialect === 'sqlite' ? made.modifyEnd(sql`without rowid`) : made).execute()
    },
  }
}
