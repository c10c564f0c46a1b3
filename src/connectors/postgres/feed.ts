import type { Database } from '../database/database.ts'
import type { RawRows } from '../database/driver.ts'
import { markText, readMark } from './mark.ts'
import { rawSql, sql, type Sql } from '../database/sql.ts'

export interface FeedPage {
  readonly raw: RawRows
  readonly mark: string
}

/** Rows of one ordered statement, some at a time. */
export interface Feed {
  /** The next rows, at most `count`; fewer means that there are no more. */
  next(count: number): Promise<FeedPage>
  /** Ends it; safe at any moment after the last `next` has settled. */
  close(): Promise<void>
}

/** One cursor in one read-only transaction: a single snapshot, rows as fast as they come. */
export async function cursorFeed(database: Database, statement: Sql): Promise<Feed> {
  const held = await database.hold('read only')
  try {
    const mark = markText(await readMark(held.connection))
    await held.connection.raw(sql`declare offpeak_rows no scroll cursor for ${statement}`)
    return {
      async next(count) {
        return { raw: await held.connection.raw(rawSql(`fetch forward ${count} from offpeak_rows`)), mark }
      },
      close: () => held.end('rollback'),
    }
  } catch (thrown) {
    await held.end('rollback')
    throw thrown
  }
}

/**
 * A short transaction per page, for the embedded database: its only session must be free while the page is worked on.
 * `nextStatement` reads on behind the page before.
 */
export function pageFeed(database: Database, nextStatement: () => Sql): Feed {
  return {
    next: (count) =>
      database.transaction('read only', async (connection) => {
        const mark = markText(await readMark(connection))
        return { raw: await connection.raw(sql`${nextStatement()} limit ${count}`), mark }
      }),
    close: () => Promise.resolve(),
  }
}

let cursors = 0

/** A result kept by the embedded database, for rows in the query's own order. */
export async function keptFeed(database: Database, statement: Sql): Promise<Feed> {
  cursors += 1
  const name = `offpeak_kept_${cursors}`
  const mark = await database.transaction('read only', async (connection) => {
    await connection.raw(sql`declare ${rawSql(name)} no scroll cursor with hold for ${statement}`)
    return markText(await readMark(connection))
  })
  return {
    next: (count) =>
      database.transaction('read only', async (connection) => ({
        raw: await connection.raw(rawSql(`fetch forward ${count} from ${name}`)),
        mark,
      })),
    close: () => database.withConnection((connection) => connection.exec(`close ${name}`)),
  }
}
