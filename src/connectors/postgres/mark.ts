import type { Connection } from '../database/database.ts'
import { sql } from '../database/sql.ts'

/** A moment in the life of one database: transactions older than `before` were over, whatever they did is seen. */
export interface Mark {
  /** Which cluster and database: a restored dump counts its transactions anew. */
  readonly place: string
  readonly before: string
}

/** The mark of the transaction that asks. Needs PostgreSQL 13. */
export async function readMark(connection: Connection): Promise<Mark> {
  const [place] = (
    await connection.raw(
      sql`select has_function_privilege('pg_control_system()', 'execute'), oid, pg_snapshot_xmin(pg_current_snapshot())
        from pg_database where datname = current_database()`,
    )
  ).rows
  const system =
    place?.[0] === 't'
      ? (await connection.raw(sql`select system_identifier from pg_control_system()`)).rows[0]?.[0]
      : null
  return { place: `${system ?? 'postgres'}/${place?.[1] ?? ''}`, before: place?.[2] ?? '0' }
}

export function markText({ place, before }: Mark): string {
  return `${place}/${before}`
}

/** Null for a mark of another kind of source. */
export function parseMark(text: string): Mark | null {
  const match = /^(\w+\/\d+)\/(\d+)$/.exec(text)
  return match?.[1] !== undefined && match[2] !== undefined ? { place: match[1], before: match[2] } : null
}
