import {
  CompiledQuery,
  HandleEmptyInListsPlugin,
  Kysely,
  replaceWithNoncontingentExpression,
  sql,
} from 'kysely'
import { Migrator } from 'kysely/migration'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import type { OnDue } from '../ports/store-units.ts'
import type { ProjectMarker } from '../ports/store-project.ts'
import type { Store } from '../ports/store.ts'
import { attemptStore } from './attempts.ts'
import { buildStore } from './building.ts'
import type { StoreContext } from './context.ts'
import { ColumnNames } from './column-names.ts'
import { deliveryStore } from './deliveries.ts'
import type { Dialect } from './json-rows.ts'
import { fateStore } from './fates.ts'
import { intentStore } from './intents.ts'
import { joinStore } from './joining.ts'
import { keyStore } from './keys.ts'
import { mergeStore } from './merging.ts'
import { migrations } from './migrations.ts'
import {
  isAway,
  lostItsLocks,
  postgresDialect,
  postgresError,
  stateSchema,
  withoutPassword,
} from './postgres.ts'
import { planStore } from './plans.ts'
import { preferenceStore } from './preferences.ts'
import { projectStore, readIdentity } from './project.ts'
import { readingStore } from './reading.ts'
import { repeatStore } from './repeats.ts'
import { requestStore } from './requests.ts'
import { runStore } from './runs.ts'
import type { Tables } from './schema.ts'
import { isFileFailure, NodeSqliteDialect, openSqlite, sqliteError } from './sqlite.ts'
import { sessionStore } from './sessions.ts'
import { standingStore } from './standing.ts'
import { unitStore } from './units.ts'
import { reviewStore } from './verdicts.ts'
import { schemaVersion } from './version.ts'

/** So often a transaction is run again that the database has chosen as the victim of a deadlock. */
const maxTransactionTries = 8

const maxConnections = 6

/**
 * Opens the state at a file path (SQLite) or a `postgres://` URL, and brings its schema up to date.
 * `newLineage` is the id that a new state gets, unless it is made beside the files of a project, as `marker` says; `onDue`
 * is told what to wake. Throws E_DATABASE, E_STATE_CORRUPT, E_STATE_VERSION.
 */
export async function openStore(
  location: string,
  newLineage: string,
  onDue: OnDue | null = null,
  marker: ProjectMarker | null = null,
): Promise<Store> {
  const dialect: Dialect = /^postgres(ql)?:\/\//.test(location) ? 'postgres' : 'sqlite'
  const named = (thrown: unknown): OffpeakError =>
    dialect === 'sqlite' ? sqliteError(thrown, location) : postgresError(thrown, location)
  const db = new Kysely<Tables>({
    dialect:
      dialect === 'sqlite'
        ? new NodeSqliteDialect(openSqlite(location))
        : await postgresDialect(location, maxConnections),
    plugins: [
      new ColumnNames(),
      // To SQLite an empty list is one that nothing is in; PostgreSQL does not understand it.
      ...(dialect === 'postgres'
        ? [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })]
        : []),
    ],
  })
  try {
    const place = dialect === 'postgres' ? withoutPassword(location) : location
    const newest = await migrate(db, dialect, place)
    const version = schemaVersion(db, newest, place)
    const identity = await readIdentity(db, newLineage, marker)
    const clockOffsetMs = dialect === 'sqlite' ? 0 : await clockOffset(db)
    const transact = transactions(db)
    const context: StoreContext = {
      db,
      dialect,
      version,
      now: () => Date.now() + clockOffsetMs,
      transact,
      transactUnclaimed: (work) =>
        transact(async (trx) => {
          const failure = await version.failure('no', trx)
          if (failure) throw failure
          return work(trx)
        }),
      wake: wakes(onDue),
    }
    const isLost = dialect === 'sqlite' ? isFileFailure : isAway
    const naming = <Part extends object>(part: Part): Part =>
      withNamedFailures(part, async (thrown) => {
        if (thrown instanceof OffpeakError) return thrown
        if (isLost(thrown)) return named(thrown)
        // A statement that the state does not understand any more: what was sent before it is not known here.
        return (await version.failure('unknown').catch(() => null)) ?? thrown
      })
    return {
      kind: dialect,
      ...identity,
      clockOffsetMs,
      ...naming(runStore(context)),
      ...naming(unitStore(context)),
      ...naming(buildStore(context)),
      ...naming(attemptStore(context)),
      ...naming(intentStore(context)),
      ...naming(joinStore(context)),
      ...naming(mergeStore(context)),
      ...naming(requestStore(context)),
      ...naming(readingStore(context)),
      ...naming(standingStore(context)),
      ...naming(fateStore(context)),
      ...naming(reviewStore(context)),
      ...naming(preferenceStore(context)),
      ...naming(keyStore(context)),
      ...naming(sessionStore(context)),
      ...naming(repeatStore(context)),
      ...naming(planStore(context)),
      ...naming(projectStore(context)),
      ...naming(deliveryStore(context)),
      [Symbol.asyncDispose]: () => db.destroy(),
    }
  } catch (thrown) {
    await db.destroy().catch(() => undefined)
    throw named(thrown)
  }
}

/** The same methods, whose failures pass through `rename`: a lost connection becomes E_DATABASE, which drivers wait out. */
function withNamedFailures<Part extends object>(
  part: Part,
  rename: (thrown: unknown) => Promise<unknown>,
): Part {
  return new Proxy(part, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return async (...parameters: unknown[]): Promise<unknown> => {
        try {
          return await Reflect.apply(method, target, parameters)
        } catch (thrown) {
          throw await rename(thrown)
        }
      }
    },
  })
}

function transactions(db: Kysely<Tables>): StoreContext['transact'] {
  return async (work) => {
    for (let tries = 1; ; tries++) {
      try {
        return await db.transaction().execute(work)
      } catch (thrown) {
        if (tries >= maxTransactionTries || !lostItsLocks(thrown)) throw thrown
      }
    }
  }
}

function wakes(onDue: OnDue | null): StoreContext['wake'] {
  if (!onDue) return async () => undefined
  return async (trx, units) => {
    if (units.length === 0) return
    const plain = trx.withoutPlugins()
    await onDue(
      async (text, values) => (await plain.executeQuery<object>(CompiledQuery.raw(text, [...values]))).rows,
      units,
    )
  }
}

/** Returns the name of the newest schema, which the state has now. */
async function migrate(db: Kysely<Tables>, dialect: Dialect, place: string): Promise<string> {
  const schema = dialect === 'postgres' ? await schemaOf(db) : null
  const provider = migrations(dialect)
  const migrator = new Migrator({
    db,
    provider,
    ...(schema === null ? {} : { migrationTableSchema: schema }),
  })
  const { error } = await migrator.migrateToLatest()
  if (!error)
    return (
      Object.keys(await provider.getMigrations())
        .toSorted()
        .at(-1) ?? ''
    )
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

async function clockOffset(db: Kysely<Tables>): Promise<number> {
  const sent = Date.now()
  const { rows } = await sql<{
    now: number
  }>`select (extract(epoch from clock_timestamp()) * 1000)::bigint as now`.execute(db)
  const received = Date.now()
  return Math.round((rows[0]?.now ?? received) - (sent + received) / 2)
}
