import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { csv } from '../../src/connectors/row-files/csv-source.ts'
import { jsonl } from '../../src/connectors/row-files/jsonl-source.ts'
import { parquet } from '../../src/connectors/parquet/parquet-source.ts'
import { sql } from '../../src/connectors/database/sql.ts'
import type { Source } from '../../src/ports/source.ts'
import { databases } from '../support/databases.ts'
import { openSink } from '../../src/connectors/open-sink.ts'
import type { ConnectorContext } from '../../src/ports/source.ts'
import { describeSink, type OpenedSink, type SinkKit, type WrittenNote } from '../../src/testing/sinks.ts'

type Definition = Readonly<Record<string, unknown>>

/** The place of a sink of ours, with what a job would say of it. */
interface OwnPlace extends OpenedSink {
  readonly context: ConnectorContext
  readonly definition: Definition
}

interface OwnKit extends SinkKit {
  readonly open: () => Promise<OwnPlace>
}

function openAt({
  context,
  definition,
}: Pick<OwnPlace, 'context' | 'definition'>): ReturnType<typeof openSink> {
  return openSink(definition, { ...context, sourceKey: ['id'], sourceTables: [] })
}

/** A sink by what a job says of it, and how another process opens it. */
function opener(
  context: ConnectorContext,
  definition: Definition,
): Pick<OwnPlace, 'context' | 'definition' | 'sink' | 'program'> {
  const opened = JSON.stringify({ ...context, sourceKey: ['id'], sourceTables: [] })
  const module = new URL('../../src/connectors/open-sink.ts', import.meta.url).href
  return {
    context,
    definition,
    sink: () => openAt({ context, definition }),
    program: `import { openSink } from ${JSON.stringify(module)}
      const sink = await openSink(${JSON.stringify(definition)}, ${opened})`,
  }
}

function found(rows: readonly Readonly<Record<string, unknown>>[]): readonly WrittenNote[] {
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
): OwnKit {
  return {
    name,
    kind: 'append',
    killable: true,
    async open() {
      const directory = await mkdtemp(join(tmpdir(), 'offpeak-sink-'))
      const context = { baseDir: directory, databaseUrl: null }
      return {
        ...opener(context, { [kind]: file }),
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

function sqliteKit(kind: 'update' | 'upsert'): OwnKit {
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
        ...opener(
          { baseDir: directory, databaseUrl: null },
          tableDefinition(kind, { database: 'answers.db' }),
        ),
        read: async () => found(database.prepare('select id as key, note from answers order by id').all()),
        async [Symbol.asyncDispose]() {
          database.close()
          await rm(directory, { recursive: true, force: true })
        },
      }
    },
  }
}

function pgliteKit(kind: 'update' | 'upsert'): OwnKit {
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
        ...opener({ baseDir: '/', databaseUrl: opened.url }, tableDefinition(kind, {})),
        read: async () =>
          found(await opened.database.query(sql`select id as key, note from answers order by id`)),
        [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
      }
    },
  }
}

function tableDefinition(kind: 'update' | 'upsert', rest: Readonly<Record<string, string>>): Definition {
  return kind === 'update' ? { ...rest, table: 'answers' } : { ...rest, upsert: 'answers', key: 'id' }
}

const kits: readonly OwnKit[] = [
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

for (const kit of kits) describeSink({ describe, test }, kit)

for (const { name, kind, open } of kits.filter(({ kind }) => kind !== 'append'))
  test(`a sink into ${name} names the column or table that is not there, with what was meant`, async () => {
    await using opened = await open()
    await using sink = await opened.sink()
    await expect(sink.dryRun({ key: '1', values: { id: 1, notes: 'x' } })).rejects.toMatchObject({
      code: 'E_SINK_COLUMN',
      message: expect.stringContaining('Did you mean note?'),
      fix: expect.stringMatching(/alter table .* add column "notes" text/),
    })
    const item = { key: '1', values: kind === 'update' ? { note: 'a' } : { id: 1, note: 'a' } }
    const table = { ...opened.definition, [kind === 'update' ? 'table' : 'upsert']: 'answer' }
    await using other = await openAt({ ...opened, definition: table })
    await expect(other.dryRun(item)).rejects.toMatchObject({
      code: 'E_SINK_TABLE',
      message: expect.stringContaining('answers'),
    })
    await using keyed = await openAt({ ...opened, definition: { ...opened.definition, key: 'ident' } })
    await expect(keyed.dryRun(item)).rejects.toMatchObject({ code: 'E_SINK_KEY' })
  })
