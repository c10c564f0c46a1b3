import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client, type ClientBase } from 'pg'
import { temporaryFolder } from '../../cli/project.ts'
import { createDatabase } from '../../support/postgres.ts'
import { parseRemote, type Remote } from './small-provider.ts'

export type StateKind = 'SQLite' | 'PostgreSQL'
export type Row = Readonly<Record<string, unknown>>

/** A state as a version has left it, with the project that it belongs to, free to be changed. */
export interface CopiedState extends AsyncDisposable {
  readonly dir: string
  readonly location: string
  /** What the provider holds of the run that can be carried on. */
  readonly remote: Remote
  /** The rows of each table, as the database has them. Nothing of ours is asked. */
  readonly tables: () => Promise<ReadonlyMap<string, readonly Row[]>>
  readonly execute: (statement: string) => Promise<void>
}

/** The versions whose states are kept. */
export async function keptVersions(): Promise<readonly string[]> {
  return (await readdir(import.meta.dirname)).filter((name) => /^\d{4}$/.test(name)).sort()
}

export async function copyState(version: string, kind: StateKind): Promise<CopiedState> {
  const kept = join(import.meta.dirname, version)
  const remote = parseRemote(await readFile(join(kept, 'provider.json'), 'utf8'))
  return { ...(await copyKept(kept, kind)), remote }
}

/** The state and the project of a folder, whatever is kept there of their providers. */
export async function copyKept(kept: string, kind: StateKind): Promise<Omit<CopiedState, 'remote'>> {
  const folder = temporaryFolder()
  const dir = folder.path
  await cp(join(kept, 'project'), dir, { recursive: true })
  const state = kind === 'SQLite' ? await sqliteState(kept, dir) : await postgresState(kept)
  await writeFile(
    join(dir, 'offpeak.config.ts'),
    `export default ${JSON.stringify({ state: state.location, files: 'files', batch: { maxRequests: 4 }, timings: { pollEveryMs: 50 } })}\n`,
  )
  return {
    ...state,
    dir,
    async [Symbol.asyncDispose]() {
      await state[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

type OpenState = Pick<CopiedState, 'location' | 'tables' | 'execute'> & AsyncDisposable

async function sqliteState(kept: string, dir: string): Promise<OpenState> {
  const location = join(dir, '.offpeak', 'state.db')
  await mkdir(join(dir, '.offpeak'))
  await cp(join(kept, 'state.db'), location)
  const within = <Result>(work: (db: DatabaseSync) => Result): Result => {
    const db = new DatabaseSync(location, { timeout: 5_000 })
    try {
      return work(db)
    } finally {
      db.close()
    }
  }
  const rowsOf = (db: DatabaseSync, text: string): readonly Row[] => db.prepare(text).all()
  return {
    location,
    tables: async () =>
      within(
        (db) =>
          new Map(
            rowsOf(
              db,
              "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
            ).map(({ name }) => [String(name), rowsOf(db, `select * from "${String(name)}"`)]),
          ),
      ),
    execute: async (statement) => within((db) => db.exec(statement)),
    [Symbol.asyncDispose]: () => rm(location, { force: true }),
  }
}

async function postgresState(kept: string): Promise<OpenState> {
  const database = await createDatabase()
  const within = async <Result>(work: (client: ClientBase) => Promise<Result>): Promise<Result> => {
    const client = new Client({ connectionString: database.url })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
  const text = await readFile(join(kept, 'state.sql'), 'utf8')
  await within((client) => client.query(text))
  const rowsOf = async (client: ClientBase, statement: string): Promise<readonly Row[]> =>
    (await client.query<Record<string, unknown>>(statement)).rows
  return {
    location: database.url,
    tables: () =>
      within(async (client) => {
        const names = await rowsOf(client, "select tablename from pg_tables where schemaname = 'offpeak'")
        const tables = new Map<string, readonly Row[]>()
        for (const { tablename } of names)
          tables.set(String(tablename), await rowsOf(client, `select * from offpeak.${String(tablename)}`))
        return tables
      }),
    execute: (statement) =>
      within(async (client) => void (await client.query(`set search_path to offpeak; ${statement}`))),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

/** Takes over a state as a later version would that this process does not know. */
export const laterVersion =
  "insert into kysely_migration (name, timestamp) values ('9999_future', '2030-01-01')"
