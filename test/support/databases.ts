import { openDatabase, type Database } from '../../src/connectors/database/database.ts'
import { createDatabase } from './postgres.ts'

/** An empty database for one test, to be used by its URL. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  readonly database: Database
}

/** The databases that every connector test runs on. */
export const databases: readonly { readonly name: string; readonly open: () => Promise<TestDatabase> }[] = [
  { name: 'PGlite', open: openEmbedded },
  { name: 'PostgreSQL', open: openServer },
]

let kept: Promise<Database> | null = null

/** One instance per process, emptied before each test: starting one takes seconds. */
async function openEmbedded(): Promise<TestDatabase> {
  const url = 'pglite:memory'
  kept ??= openDatabase(url)
  await (await kept).exec('drop schema public cascade; create schema public')
  const database = await openDatabase(url)
  return { url, database, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
}

async function openServer(): Promise<TestDatabase> {
  const created = await createDatabase()
  const database = await openDatabase(created.url)
  return {
    url: created.url,
    database,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      await created[Symbol.asyncDispose]()
    },
  }
}
