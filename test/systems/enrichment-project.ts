import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { vi } from 'vitest'
import { z } from 'zod'
import { announcement } from '../../examples/enrichment/events.ts'
import { createTables } from '../../examples/enrichment/schema.ts'
import { openDatabase, type Database } from '../../src/connectors/database/database.ts'
import { sql } from '../../src/connectors/database/sql.ts'
import { type Emulator, startEmulator } from '../../src/emulator/index.ts'
import { runCli } from '../cli/child.ts'
import { call, type Called, temporaryFolder } from '../cli/project.ts'
import { createDatabase } from '../support/postgres.ts'

export const eventCount = 20

/** The example in a folder of its own, with its database and a provider that can be told to fail. */
export interface EnrichmentProject extends AsyncDisposable {
  readonly emulator: Emulator
  /** Calls the CLI in this process. */
  readonly run: (...args: readonly string[]) => Promise<Called>
  /** Runs the CLI as a process of its own that is killed at a point. */
  readonly crash: (point: string, ...args: readonly string[]) => ReturnType<typeof runCli>
  readonly database: <T>(act: (database: Database) => Promise<T>) => Promise<T>
  readonly events: () => Promise<readonly z.infer<typeof enriched>[]>
  readonly edit: (path: string, from: string, to: string) => Promise<void>
}

const enriched = z.object({
  event_id: z.string(),
  summary_en: z.string().nullable(),
  summary_model: z.string().nullable(),
  summary_ts: z.string().nullable(),
  summary_version: z.string().nullable(),
  has_summary_embedding: z.boolean(),
  has_embedding: z.boolean(),
  embedding_model: z.string().nullable(),
  embedding_version: z.string().nullable(),
  chunks: z.number(),
})

/** The databases that the example runs on. */
export const kinds = ['an embedded database', 'PostgreSQL'] as const

/** `marker` is put behind the text of the nth event and provokes an outcome at the emulator. */
export async function openProject(
  kind: (typeof kinds)[number],
  marker: (n: number) => string = () => '',
): Promise<EnrichmentProject> {
  await using parts = new AsyncDisposableStack()
  const folder = parts.use(temporaryFolder())
  const server = kind === 'PostgreSQL' ? parts.use(await createDatabase()) : null
  const emulator = parts.use(await startEmulator({ speed: 2_000 }))
  await cp(join(import.meta.dirname, '../../examples/enrichment'), folder.path, {
    recursive: true,
    filter: (path) => !path.endsWith('.offpeak'),
  })
  await writeFile(
    join(folder.path, 'offpeak.config.ts'),
    `import { defineConfig } from 'offpeak'
export default defineConfig({
  database: '${server?.url ?? 'pglite:.offpeak/cases'}', batch: { maxRequests: 8 },
  timings: { leaseMs: 10_000, pollEveryMs: 50, settleMs: [100, 100], listingLagMs: 100 },
})
`,
  )
  const open = (): Promise<Database> => openDatabase(server?.url ?? 'pglite:.offpeak/cases', folder.path)
  // Kept open, because starting an embedded database takes a second.
  let kept = await open()
  parts.defer(() => kept[Symbol.asyncDispose]())
  const database: EnrichmentProject['database'] = (act) => act(kept)
  await database(async (opened) => {
    await createTables(opened)
    const rows = Array.from({ length: eventCount }, (_, n) => {
      const { publishedAt, body, ...event } = announcement(n)
      const name = `ev-${String(n).padStart(2, '0')}`
      return { event_id: name, event_hash: name, ...event, body: body + marker(n), published_at: publishedAt }
    })
    await opened.query(sql`
      insert into events (event_id, authority, event_hash, kind, lang, title, body, url, published_at)
      select * from json_to_recordset(${JSON.stringify(rows)}::json) as new(event_id text, authority text,
        event_hash text, kind text, lang text, title text, body text, url text, published_at timestamptz)`)
  })
  const env = { OPENAI_API_KEY: 'any-key', OPENAI_BASE_URL: emulator.openaiBaseUrl }
  vi.stubEnv('OPENAI_API_KEY', env.OPENAI_API_KEY)
  vi.stubEnv('OPENAI_BASE_URL', env.OPENAI_BASE_URL)
  parts.defer(() => void vi.unstubAllEnvs())
  const all = parts.move()
  return {
    emulator,
    database,
    run: (...args) => call(folder.path, ...args),
    async crash(point, ...args) {
      await kept[Symbol.asyncDispose]()
      const ran = await runCli(folder.path, args, { ...env, OFFPEAK_CRASH: point })
      kept = await open()
      return ran
    },
    async events() {
      const rows = await database((opened) =>
        opened.query(sql`
          select event_id, summary_en, summary_model, summary_ts, summary_version,
            summary_embedding is not null as has_summary_embedding, embedding is not null as has_embedding,
            embedding_model, embedding_version,
            (select count(*) from event_chunks as c where c.event_id = e.event_id) as chunks
          from events as e order by event_id`),
      )
      return z.array(enriched).parse(rows)
    },
    async edit(path, from, to) {
      const file = join(folder.path, path)
      await writeFile(file, (await readFile(file, 'utf8')).replace(from, to))
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
