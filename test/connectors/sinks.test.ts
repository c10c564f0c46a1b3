import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { csv } from '../../src/connectors/row-files/csv-source.ts'
import { jsonl } from '../../src/connectors/row-files/jsonl-source.ts'
import { parquet } from '../../src/connectors/row-files/parquet-source.ts'
import { sql } from '../../src/connectors/database/sql.ts'
import type { Source } from '../../src/ports/source.ts'
import { databases } from '../support/databases.ts'
import { sinkConformance, type OpenedSink, type SinkKit } from './sink-conformance.ts'

type Found = Awaited<ReturnType<OpenedSink['read']>>

function found(rows: readonly Readonly<Record<string, unknown>>[]): Found {
  return rows.map((row) => ({
    key: String(row['key']),
    note: typeof row['note'] === 'string' ? row['note'] : null,
  }))
}

/** A file sink is read back by the source of its kind. */
function fileKit(
  name: string,
  file: string,
  kind: 'jsonl' | 'csv' | 'parquet',
  source: Source<Record<string, unknown>>,
): SinkKit {
  return {
    name,
    kind: 'file',
    killable: true,
    async open() {
      const directory = await mkdtemp(join(tmpdir(), 'offpeak-sink-'))
      const context = { baseDir: directory, databaseUrl: null }
      return {
        context,
        definition: { [kind]: file },
        async read() {
          if (!existsSync(join(directory, file))) return []
          if (kind === 'csv' && (await isEmpty(join(directory, file)))) return []
          await using reader = await source.open(context)
          const pages = await Array.fromAsync(
            reader.read({ after: null, limit: null, order: 'key', only: null }),
          )
          const rows = pages.flatMap(({ records }) =>
            records.map((record) => (record.problem === undefined ? record.row : {})),
          )
          // The files of a Parquet directory are named by digests: their order means nothing.
          return found(rows).toSorted((one, other) => Number(one.key) - Number(other.key))
        },
        [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
      }
    },
  }
}

async function isEmpty(path: string): Promise<boolean> {
  return (await stat(path)).size === 0
}

function sqliteKit(kind: 'update' | 'upsert'): SinkKit {
  return {
    name: `SQLite by ${kind}`,
    kind,
    killable: true,
    async open() {
      const directory = await mkdtemp(join(tmpdir(), 'offpeak-sink-'))
      const database = new DatabaseSync(join(directory, 'answers.db'))
      database.exec(`create table answers (id integer primary key, note text);
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 50) insert into answers select i, null from n`)
      return {
        context: { baseDir: directory, databaseUrl: null },
        definition: tableDefinition(kind, { database: 'answers.db' }),
        read: async () => found(database.prepare('select id as key, note from answers order by id').all()),
        async [Symbol.asyncDispose]() {
          database.close()
          await rm(directory, { recursive: true, force: true })
        },
      }
    },
  }
}

function pgliteKit(kind: 'update' | 'upsert'): SinkKit {
  return {
    name: `PGlite by ${kind}`,
    kind,
    // It lives in this process's memory.
    killable: false,
    async open() {
      const opened = await databases[0]!.open()
      await opened.database.exec(`create table answers (id int primary key, note text);
        insert into answers select i, null from generate_series(1, 50) i`)
      return {
        context: { baseDir: '/', databaseUrl: opened.url },
        definition: tableDefinition(kind, {}),
        read: async () =>
          found(await opened.database.query(sql`select id as key, note from answers order by id`)),
        [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
      }
    },
  }
}

function tableDefinition(
  kind: 'update' | 'upsert',
  rest: Readonly<Record<string, string>>,
): OpenedSink['definition'] {
  return kind === 'update' ? { ...rest, table: 'answers' } : { ...rest, upsert: 'answers', key: 'id' }
}

const kits: readonly SinkKit[] = [
  fileKit(
    'a JSON Lines file',
    'out/answers.jsonl',
    'jsonl',
    jsonl.rows({ file: 'out/answers.jsonl', key: 'key' }),
  ),
  fileKit('a CSV file', 'out/answers.csv', 'csv', csv.rows({ file: 'out/answers.csv', key: 'key' })),
  fileKit(
    'Parquet files',
    'out/answers.parquet',
    'parquet',
    parquet.rows({ file: 'out/answers.parquet', key: 'key' }),
  ),
  sqliteKit('update'),
  sqliteKit('upsert'),
  pgliteKit('update'),
  pgliteKit('upsert'),
]

for (const kit of kits) sinkConformance(kit)
