import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { openProject } from '../../../../src/compose/open-project.ts'
import { everything } from '../../../../src/compose/selection.ts'
import { type Emulator, startEmulator } from '../../../../src/emulator/index.ts'
import * as offpeak from '../../../../src/index.ts'
import { createDatabase } from '../../../support/postgres.ts'
import { write } from '../../../cli/project.ts'
import type { StateKind } from '../copy.ts'
import { dumpPostgres } from '../make/dump-postgres.ts'
import { callOf, type Recorded } from './recorded.ts'

/**
 * Writes a state of this version with a batch on its way at Anthropic and one at Gemini, and what the services answer to
 * whoever goes on with it: `node -C offpeak-source test/stores/upgrade/in-flight/make.ts`. The folder is named after the
 * newest migration; one that is there is left alone. Takes `pg_dump`.
 */

const jobs = { claude: "anthropic('claude-haiku-5-5')", gemini: "gemini('gemini-3.5-flash-lite')" } as const
const articles = 8

function jobText(name: keyof typeof jobs): string {
  return `import { ${jobs[name].slice(0, jobs[name].indexOf('('))}, defineJob, jsonl } from 'offpeak'
import { z } from 'zod'

export default defineJob({
  name: '${name}',
  from: jsonl.rows({
    file: 'articles.jsonl',
    key: 'id',
    row: z.object({ id: z.number(), text: z.string() }),
  }),
  model: ${jobs[name]},
  maxTokens: 200,
  prompt: ({ row }) => ({ system: 'Give it a title.', user: row.text }),
  output: z.object({ title: z.string() }),
  to: { jsonl: '${name}.jsonl', line: ({ output }) => ({ title: output.title }) },
})
`
}

/** Everything goes through this to the emulator, and is remembered once it is to be. */
async function recorder(
  emulator: Emulator,
): Promise<AsyncDisposable & { readonly host: string; remember(): Recorded['replies'] }> {
  let replies: Recorded['replies'] | null = null
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(Buffer.from(chunk))
      const body = Buffer.concat(chunks)
      const headers = new Headers()
      for (const [name, value] of Object.entries(request.headers))
        if (typeof value === 'string' && name !== 'connection' && name !== 'content-length')
          headers.set(name, value)
      const sent = request.method === 'GET' ? {} : { body }
      const reply = await fetch(`${emulator.url}${request.url}`, {
        method: request.method ?? 'GET',
        headers,
        ...sent,
      })
      const text = Buffer.from(await reply.arrayBuffer()).toString('utf8')
      const type = reply.headers.get('content-type') ?? ''
      if (replies !== null) replies[callOf(request)] = { status: reply.status, type, body: text }
      const address = reply.headers.get('x-goog-upload-url')
      response.writeHead(reply.status, {
        'content-type': type,
        ...(address !== null && { 'x-goog-upload-url': address }),
      })
      response.end(text)
    })()
  })
  await new Promise<void>((listens) => void server.listen(0, '127.0.0.1', listens))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    host: `127.0.0.1:${address.port}`,
    remember: () => (replies ??= {}),
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((done) => void server.close(() => done()))
      server.closeAllConnections()
      await closed
    },
  }
}

/** Brings a batch of each job on its way, keeps what there is then, and goes on to the end. Returns the version. */
async function make(
  kind: StateKind,
  location: string,
  to: string,
  keep: (dir: string) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'offpeak-in-flight-'))
  const emulator = await startEmulator({ announces: false })
  await using relay = await recorder(emulator)
  const settings = {
    state: location,
    files: 'files',
    batch: { maxRequests: articles },
    timings: { pollEveryMs: 100 },
  }
  await write(dir, {
    'offpeak.config.ts': `export default ${JSON.stringify(settings)}\n`,
    '.env': `ANTHROPIC_API_KEY=fixture-key\nANTHROPIC_BASE_URL=http://${relay.host}/anthropic\nGEMINI_API_KEY=fixture-key\nGOOGLE_GEMINI_BASE_URL=http://${relay.host}/gemini\n`,
    'articles.jsonl': Array.from(
      { length: articles },
      (_, id) =>
        `${JSON.stringify({ id: id + 1, text: `Article ${id + 1} tells of a ship that came in at noon.` })}\n`,
    ).join(''),
    'jobs/claude.job.ts': jobText('claude'),
    'jobs/gemini.job.ts': jobText('gemini'),
  })
  const open = (): ReturnType<typeof openProject> =>
    openProject({ cwd: dir, configFile: null, envFile: null, modules: { offpeak, zod: { z } } })
  const runs: string[] = []
  {
    await using project = await open()
    for (const job of Object.keys(jobs)) runs.push((await project.start(job, everything, 1_000_000)).run.id)
    await project.drive({
      runIds: runs,
      signal: AbortSignal.timeout(60_000),
      until: async () =>
        (await Promise.all(runs.map((id) => project.store.attempts(id)))).every(
          ([one]) => one?.state === 'in_progress',
        ),
    })
  }
  await rm(to, { recursive: true, force: true })
  await mkdir(to, { recursive: true })
  await keep(to)
  await cp(dir, join(to, 'project'), { recursive: true })
  for (const own of ['.env', '.offpeak', 'offpeak.config.ts'])
    await rm(join(to, 'project', own), { recursive: true, force: true })
  emulator.advanceClock(48 * 3_600_000)
  const replies = relay.remember()
  const billMicroUsd: Record<string, number> = {}
  {
    await using project = await open()
    for (const id of runs) {
      await project.drive({ runIds: [id], signal: AbortSignal.timeout(120_000) })
      const { state, job, money } = await project.status(id)
      if (state !== 'done') throw new Error(`the run of ${job} is ${state}`)
      billMicroUsd[job] = money.spentMicroUsd
    }
  }
  const known: Recorded = { host: relay.host, billMicroUsd, replies }
  await writeFile(join(to, 'provider.json'), `${JSON.stringify(known, null, 2)}\n`)
  await emulator.close()
  await rm(dir, { recursive: true, force: true })
  console.log(`written: ${to} (${kind})`)
}

const work = await mkdtemp(join(tmpdir(), 'offpeak-state-'))
const file = join(work, 'state.db')
await using database = await createDatabase()
const to = join(import.meta.dirname, process.argv[2] ?? '')
await make('SQLite', file, join(to, 'SQLite'), async (folder) => {
  const db = new DatabaseSync(file)
  db.exec('pragma wal_checkpoint(truncate)')
  db.exec(`vacuum into '${join(folder, 'state.db')}'`)
  db.close()
})
await make('PostgreSQL', database.url, join(to, 'PostgreSQL'), async (folder) =>
  writeFile(join(folder, 'state.sql'), await dumpPostgres(database.url, [])),
)
await rm(work, { recursive: true, force: true })
