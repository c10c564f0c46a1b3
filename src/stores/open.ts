import { CamelCasePlugin, Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import type { Store } from '../ports/store.ts'
import { attemptStore } from './attempts.ts'
import { buildStore } from './building.ts'
import type { Dialect } from './json-rows.ts'
import { mergeStore } from './merging.ts'
import { migrations } from './migrations.ts'
import { postgresDialect, postgresError } from './postgres.ts'
import { readingStore } from './reading.ts'
import { runStore } from './runs.ts'
import type { Tables } from './schema.ts'
import { NodeSqliteDialect, openSqlite, sqliteError } from './sqlite.ts'
import { unitStore } from './units.ts'

/** What each part of the store works with. */
export interface StoreContext {
  readonly db: Kysely<Tables>
  readonly dialect: Dialect
}

const maxConnections = 6

/**
 * Opens the state at a file path (SQLite) or a `postgres://` URL, and brings its schema up to date.
 * `newLineage` is the id that a new state gets. Throws E_DATABASE, E_STATE_CORRUPT, E_STATE_VERSION.
 */
export async function openStore(location: string, newLineage: string): Promise<Store> {
  const dialect: Dialect = /^postgres(ql)?:\/\//.test(location) ? 'postgres' : 'sqlite'
  const named = (thrown: unknown): OffpeakError =>
    dialect === 'sqlite' ? sqliteError(thrown, location) : postgresError(thrown, location)
  const db = new Kysely<Tables>({
    dialect: dialect === 'sqlite' ? new NodeSqliteDialect(openSqlite(location)) : await postgresDialect(location, maxConnections),
    plugins: [new CamelCasePlugin()],
  })
  try {
    await migrate(db, dialect, location)
    const lineage = await readLineage(db, newLineage)
    const context: StoreContext = { db, dialect }
    return {
      kind: dialect,
      lineage,
      clockOffsetMs: dialect === 'sqlite' ? 0 : await clockOffset(db),
      ...runStore(context),
      ...unitStore(context),
      ...buildStore(context),
      ...attemptStore(context),
      ...mergeStore(context),
      ...readingStore(context),
      [Symbol.asyncDispose]: () => db.destroy(),
    }
  } catch (thrown) {
    await db.destroy().catch(() => undefined)
    throw named(thrown)
  }
}

async function migrate(db: Kysely<Tables>, dialect: Dialect, location: string): Promise<void> {
  const migrator = new Migrator({ db, provider: migrations(dialect) })
  const { error } = await migrator.migrateToLatest()
  if (!error) return
  if (/corrupted migrations|missing/i.test(messageOf(error))) {
    throw new OffpeakError('E_STATE_VERSION', `the state was written by another version of Offpeak: ${messageOf(error)}`, {
      where: location,
      fix: 'use the version that wrote it, or a newer one; nothing in it was changed',
      cause: error,
    })
  }
  throw error
}

async function readLineage(db: Kysely<Tables>, newLineage: string): Promise<string> {
  await db
    .insertInto('meta')
    .values({ key: 'lineage', value: newLineage })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await db.selectFrom('meta').select('value').where('key', '=', 'lineage').executeTakeFirstOrThrow()
  return row.value
}

async function clockOffset(db: Kysely<Tables>): Promise<number> {
  const sent = Date.now()
  const { rows } = await sql<{ now: number }>`select (extract(epoch from clock_timestamp()) * 1000)::bigint as now`.execute(db)
  const received = Date.now()
  return Math.round((rows[0]?.now ?? received) - (sent + received) / 2)
}
