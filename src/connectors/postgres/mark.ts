import type { DatabaseConnection } from '../database/database.ts'
import { sql } from '../database/sql.ts'

/**
 * A moment in the life of one database: of the transactions older than `before` those that can have written to it were
 * over, and whatever they did is seen.
 */
export interface Mark {
  /** Which cluster, by its system identifier: a restored dump counts its transactions anew. Null: nobody may know. */
  readonly system: string | null
  /** Which database of it, by its object id. */
  readonly database: string
  readonly before: string
}

/**
 * The oldest transaction that a snapshot does not see, and that is not known to be one of another database of the
 * cluster, which can stay open for hours: who has a number holds a lock on it until its end, and a session has one
 * database (PostgreSQL, "pg_locks"). Its subtransactions have larger numbers, and cannot be told from it once they have
 * ended (`CommitSubTransaction` releases their locks): so that it is the oldest, and not all of them.
 */
const oldestOpen = sql`coalesce(
  (select min(open.id::text::bigint) from pg_snapshot_xip(pg_current_snapshot()) as open (id)
    where not exists (select from pg_locks as held join pg_stat_activity as session on session.pid = held.pid
      where held.locktype = 'transactionid' and held.granted and held.mode = 'ExclusiveLock'
        and held.transactionid = open.id::xid and session.datid <> here.oid)),
  pg_snapshot_xmax(pg_current_snapshot())::text::bigint)`

/** The mark of the transaction that asks. Needs PostgreSQL 13. */
export async function readMark(connection: DatabaseConnection): Promise<Mark> {
  const [found] = (
    await connection.raw(
      sql`select has_function_privilege('pg_control_system()', 'execute'), here.oid, ${oldestOpen}
        from pg_database as here where here.datname = current_database()`,
    )
  ).rows
  const system =
    found?.[0] === 't'
      ? (await connection.raw(sql`select system_identifier from pg_control_system()`)).rows[0]?.[0]
      : null
  return { system: system ?? null, database: found?.[1] ?? '', before: found?.[2] ?? '0' }
}

export function isSamePlace(one: Mark, other: Mark): boolean {
  return one.system === other.system && one.database === other.database
}

/** The condition that a statement runs where the mark was made. */
export function atPlaceOf({ system, database }: Mark): string {
  const here = `(select oid from pg_database where datname = current_database()) = ${BigInt(database)}`
  return system === null
    ? here
    : `${here} and (select system_identifier from pg_control_system()) = ${BigInt(system)}`
}

const unknownSystem = 'postgres'

export function markText({ system, database, before }: Mark): string {
  return `${system ?? unknownSystem}/${database}/${before}`
}

/** Null for a mark of another kind of source. */
export function parseMark(text: string): Mark | null {
  const [, system, database, before] = /^(postgres|-?\d+)\/(\d+)\/(\d+)$/.exec(text) ?? []
  if (system === undefined || database === undefined || before === undefined) return null
  return { system: system === unknownSystem ? null : system, database, before }
}
