import { type Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import type { Dialect } from '../database/json-rows.ts'
import { migrations } from './migrations.ts'
import { stateSchema } from '../database/postgres.ts'
import type { Tables } from './schema.ts'

/** Name of the newest schema, which the state has now. */
export async function migrate(db: Kysely<Tables>, dialect: Dialect, place: string): Promise<string> {
  const schema = dialect === 'postgres' ? await schemaOf(db) : null
  const provider = migrations(dialect)
  const known = Object.keys(await provider.getMigrations()).toSorted()
  const newest = known.at(-1) ?? ''
  // Whoever only looks takes no lock.
  if ((await appliedMigrations(db)).join() === known.join()) return newest
  const migrator = new Migrator({
    db,
    provider,
    ...(schema === null ? {} : { migrationTableSchema: schema }),
  })
  const { error } = await migrator.migrateToLatest()
  if (!error) return newest
  if (/corrupted migrations|missing/i.test(messageOf(error))) {
    throw new OffpeakError(
      'E_STATE_VERSION',
      `the state was written by another version of Offpeak: ${messageOf(error)}`,
      {
        where: place,
        fix: 'use the version that wrote it, or a newer one; nothing in it was changed',
        cause: error,
      },
    )
  }
  throw error
}

/** The names of what has been done to this state, in order; none of one that is new. */
async function appliedMigrations(db: Kysely<Tables>): Promise<readonly string[]> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
    return rows.map(({ name }) => name)
  } catch (thrown) {
    if (isMissingTable(thrown)) return []
    throw thrown
  }
}

/** SQLSTATE 42P01, and SQLite's own words. */
function isMissingTable(thrown: unknown): boolean {
  return Reflect.get(Object(thrown), 'code') === '42P01' || /no such table/i.test(messageOf(thrown))
}

/** The schema that the connection's search path chooses; ours is made where it is not there yet. */
async function schemaOf(db: Kysely<Tables>): Promise<string> {
  const chosen = async (): Promise<string | null> => {
    const { rows } = await sql<{ name: string | null }>`select current_schema() as name`.execute(db)
    return rows[0]?.name ?? null
  }
  const there = await chosen()
  if (there !== null) return there
  // Another process may be making it at this very moment, which is as good.
  const failure = await sql`create schema if not exists ${sql.id(stateSchema)}`.execute(db).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  const made = await chosen()
  if (made === null) throw failure ?? new Error('the search path of the URL names no schema that is there')
  return made
}
