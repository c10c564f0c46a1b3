import { appendFile, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import {
  type Emulator,
  type EmulatorOptions,
  type FaultRule,
  startEmulator,
} from '../../src/emulator/index.ts'
import { openStore } from '../../src/stores/open.ts'
import { readMarker } from '../../src/engine/files/project-marker.ts'
import type { DeliveryChoice } from '../../src/engine/job/delivery-mode.ts'
import type { Store } from '../../src/ports/store.ts'
import { pdfOf } from '../support/pdf.ts'
import { createDatabase, replaceDatabase } from '../support/postgres.ts'

/** Which state and which driver a cell of the matrix has. */
export type Mode = 'sqlite' | 'postgres' | 'pg-boss'

/** What a run meets, besides crashes. */
export interface Scenario {
  readonly name: string
  /** A word for the emulator in the text of the nth row, such as `[[server_error_once]]`. */
  readonly marker?: (row: number) => string
  readonly faults?: readonly FaultRule[]
  readonly emulator?: EmulatorOptions
  readonly settings?: Readonly<Record<string, unknown>>
  /** Asked to stop once so many batches exist. */
  readonly cancelAfterBatches?: number
  /** How its requests are sent. */
  readonly choice?: Partial<DeliveryChoice>
  /** What the run may cost; about half of what its batches could cost at most, unless it says otherwise. */
  readonly capMicroUsd?: number
  /** Whose batches; OpenAI's when left out. */
  readonly service?: keyof typeof services
  /** How much each worker does at once; 4 when left out. */
  readonly concurrency?: number
  /** How many rows there are; `rowCount` when left out. */
  readonly rows?: number
  /** Each row becomes two requests, whose answers are written together; a status column is kept. */
  readonly joined?: true
  /** Each row is a PDF of one to three pages, read at Mistral by OCR: paid by the page. */
  readonly scans?: true
  /** Its batches are spread over two accounts, each with a provider of its own, or two regions of one. */
  readonly accounts?: true
}

export function capOf({ capMicroUsd = 1_600 }: Scenario): number {
  return capMicroUsd
}

/** A project on disk with its table, its provider and its state. */
export interface Cell extends AsyncDisposable {
  readonly mode: Mode
  readonly scenario: Scenario
  readonly dir: string
  readonly databaseUrl: string
  readonly stateUrl: string
  readonly emulator: Emulator
  /** All accounts: that one, and the second where a scenario has two. */
  readonly emulators: readonly Emulator[]
  readonly store: Store
  /** Keeps the state as it is now, with nobody at it, under a name. */
  keepState(name: string): Promise<void>
  /** Puts the state back to what was kept, or to nothing; files, table and provider stay. */
  restoreState(name: string | null): Promise<void>
}

export const rowCount = 32
const rowsPerBatch = 8

export const timings = {
  leaseMs: 1_500,
  settleMs: [200, 300],
  listingLagMs: 200,
  lostAfterMs: 5_000,
  pollEveryMs: 50,
  quotaBackoffMs: 200,
  filesAhead: 4,
}

/** `state` is the URL of another database for the state than that of the cases. */
export async function openCell(mode: Mode, scenario: Scenario, state: string | null = null): Promise<Cell> {
  const dir = await mkdtemp(join(tmpdir(), 'offpeak-crash-'))
  const database = await createDatabase()
  const emulator = await startEmulator({ dataDir: join(dir, 'emulator'), speed: 1_000, ...scenario.emulator })
  const others =
    scenario.accounts && scenario.service !== 'bedrock'
      ? [await startEmulator({ dataDir: join(dir, 'second'), speed: 1_000, ...scenario.emulator })]
      : []
  const emulators = [emulator, ...others]
  for (const fault of scenario.faults ?? []) for (const each of emulators) each.addFault(fault)
  const stateUrl = mode === 'sqlite' ? join(dir, '.offpeak', 'state.db') : (state ?? database.url)
  await Promise.all([
    fillTable(database.url, scenario),
    writeProject({ dir, mode, scenario, stateUrl, databaseUrl: database.url, emulators }),
  ])
  let store = await openStore(stateUrl, 'crashtest')
  const stateDir = join(dir, '.offpeak')
  const kept = new Map<string, Awaited<ReturnType<typeof createDatabase>>>()
  return {
    mode,
    scenario,
    dir,
    databaseUrl: database.url,
    stateUrl,
    emulator,
    emulators,
    get store() {
      return store
    },
    async keepState(name) {
      await store[Symbol.asyncDispose]()
      if (mode === 'sqlite') {
        await mkdir(join(dir, name))
        await copyFiles(stateDir, join(dir, name))
      } else {
        const copy = await createDatabase()
        await replaceDatabase(copy.url, stateUrl)
        kept.set(name, copy)
      }
      store = await openStore(stateUrl, 'crashtest')
    },
    async restoreState(name) {
      await store[Symbol.asyncDispose]()
      if (mode === 'sqlite') {
        for (const file of await stateFiles(stateDir)) await rm(join(stateDir, file))
        if (name !== null) await copyFiles(join(dir, name), stateDir)
      } else await replaceDatabase(stateUrl, name === null ? null : (kept.get(name)?.url ?? null))
      store = await openStore(stateUrl, 'crashtest', { marker: readMarker(join(stateDir, 'files')) })
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      for (const copy of kept.values()) await copy[Symbol.asyncDispose]()
      for (const each of emulators) await each.close()
      await database[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function copyFiles(from: string, to: string): Promise<void> {
  for (const file of await stateFiles(from)) await copyFile(join(from, file), join(to, file))
}

async function stateFiles(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('state.db'))
}

async function fillTable(url: string, scenario: Scenario): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(
      'create table cases (id integer primary key, opinion text not null, headnote text, topics text[])',
    )
    const opinions = Array.from(
      { length: scenario.rows ?? rowCount },
      (_row, index) =>
        `Case ${index}: the appeal about lease ${index * 7} is dismissed. ${scenario.marker?.(index) ?? ''}`,
    )
    await client.query(
      'insert into cases (id, opinion) select n, opinion from unnest($1::text[]) with ordinality as t (opinion, n)',
      [opinions],
    )
  } finally {
    await client.end()
  }
}

async function writeProject(
  project: Pick<Cell, 'dir' | 'mode' | 'scenario' | 'stateUrl' | 'databaseUrl' | 'emulators'>,
): Promise<void> {
  const { dir, mode, scenario, stateUrl, databaseUrl, emulators } = project
  const settings = {
    state: stateUrl,
    database: databaseUrl,
    batch: { maxRequests: rowsPerBatch },
    worker: {
      driver: mode === 'pg-boss' ? 'pg-boss' : 'local',
      concurrency: scenario.concurrency ?? 4,
      sweepEveryMs: 500,
    },
    timings,
    ...scenario.settings,
  }
  await mkdir(join(dir, 'jobs'))
  await writeFile(join(dir, 'offpeak.config.ts'), `export default ${JSON.stringify(settings)}\n`)
  const [first, second] = emulators
  if (first !== undefined) await writeEnvironment(dir, first)
  if (second !== undefined)
    await appendFile(
      join(dir, '.env'),
      `SECOND_KEY=sk-second\nSECOND_URL=${second.baseUrls[scenario.service ?? 'openai'] ?? ''}\n`,
    )
  if (scenario.scans) await writeScans(join(dir, 'scans'), scenario.rows ?? rowCount)
  const written = scenario.scans ? scansJob : scenario.joined ? joinedJob : job
  await writeFile(join(dir, 'jobs', 'cases.job.ts'), asking(scenario, written, first))
  await writeFile(
    join(dir, 'start.json'),
    JSON.stringify({ choice: scenario.choice ?? {}, capMicroUsd: capOf(scenario) }),
  )
}

async function writeScans(folder: string, count: number): Promise<void> {
  await mkdir(folder)
  for (let row = 1; row <= count; row += 1) {
    const pages = Array.from({ length: 1 + (row % 3) }, (_page, index) => `Case ${row}, page ${index + 1}.`)
    await writeFile(join(folder, `${row}.pdf`), pdfOf(pages))
  }
}

/** Where its services are; `claudeUrl`: something that stands before the emulator. */
export function writeEnvironment(
  dir: string,
  { openaiBaseUrl, baseUrls }: Pick<Emulator, 'openaiBaseUrl' | 'baseUrls'>,
  claudeUrl: string = baseUrls['anthropic'] ?? '',
): Promise<void> {
  const bedrockUrl = baseUrls['bedrock'] ?? ''
  const values = {
    OPENAI_API_KEY: 'sk-crash',
    OPENAI_BASE_URL: openaiBaseUrl,
    ANTHROPIC_API_KEY: 'sk-ant-crash',
    ANTHROPIC_BASE_URL: claudeUrl,
    GEMINI_API_KEY: 'AIza-crash',
    GOOGLE_GEMINI_BASE_URL: baseUrls['gemini'] ?? '',
    AWS_ACCESS_KEY_ID: 'AKIACRASH',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_REGION: 'eu-central-1',
    BEDROCK_BATCH_ROLE_ARN: 'arn:aws:iam::123456789012:role/batches',
    BEDROCK_BATCH_BUCKET: 'offpeak-emulator',
    AWS_ENDPOINT_URL_BEDROCK: bedrockUrl,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockUrl,
    AWS_ENDPOINT_URL_S3: `${bedrockUrl}/s3`,
    MISTRAL_API_KEY: 'mistral-crash',
    XAI_API_KEY: 'xai-crash',
    XAI_BASE_URL: baseUrls['xai'] ?? '',
  }
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`)
  return writeFile(join(dir, '.env'), lines.join(''))
}

/** How a job names a model of each service. */
const services = {
  openai: "openai('gpt-4o-mini')",
  anthropic: "anthropic('claude-haiku-5-5')",
  bedrock: "bedrock('global.anthropic.claude-haiku-4-5-20251001-v1:0')",
  gemini: "gemini('gemini-3.5-flash-lite')",
  /** Its own SDK reads no address from the environment. */
  mistral: "mistral('mistral-small-latest', { baseUrl: 'MISTRAL_URL' })",
  xai: "xai('grok-4.3')",
} as const

/** The same job file with another model in its one line. */
function asking(
  { service = 'openai', accounts }: Scenario,
  text: string,
  emulator: Emulator | undefined,
): string {
  const model = services[service]
  const two = accounts === true ? twoOf[service] : undefined
  const named = two === undefined ? model : model.replace(/\)$/, `, { accounts: [${two}] })`)
  return text
    .replace('defineJob, openai,', `defineJob, ${service},`)
    .replace(services.openai, named)
    .replace('MISTRAL_URL', emulator?.baseUrls['mistral'] ?? '')
}

function twoKeys(usual: string): string {
  return `{ apiKeyEnv: '${usual}' }, { apiKeyEnv: 'SECOND_KEY', baseUrlEnv: 'SECOND_URL' }`
}

const twoOf: Partial<Record<keyof typeof services, string>> = {
  openai: twoKeys('OPENAI_API_KEY'),
  anthropic: twoKeys('ANTHROPIC_API_KEY'),
  gemini: twoKeys('GEMINI_API_KEY'),
  bedrock: "{}, { region: 'us-west-2' }",
}

const job = `import { defineJob, openai, postgres, sql } from 'offpeak'
import { z } from 'zod'

export default defineJob({
  name: 'cases',
  from: postgres.rows({ query: sql\`select id, opinion from cases\`, key: 'id', row: z.object({ id: z.number(), opinion: z.string() }) }),
  model: openai('gpt-4o-mini'),
  maxTokens: 200,
  prompt: ({ row }) => ({ system: 'Write a headnote.', user: row.opinion }),
  output: z.object({ headnote: z.string(), topics: z.array(z.string()) }),
  to: { table: 'cases', set: ({ output }) => ({ headnote: output.headnote, topics: output.topics }) },
})
`

const joinedJob = `import { defineJob, openai, postgres, sql } from 'offpeak'
import { z } from 'zod'

export default defineJob({
  name: 'cases',
  from: postgres
    .rows({ query: sql\`select id, opinion from cases\`, key: 'id', row: z.object({ id: z.number(), opinion: z.string() }) })
    .flatMap((row) => ['first', 'second'].map((half) => ({ ...row, half })))
    .key('id', 'half'),
  model: openai('gpt-4o-mini'),
  maxTokens: 200,
  prompt: ({ row }) => ({ system: 'Write the ' + row.half + ' headnote.', user: row.opinion }),
  output: z.object({ headnote: z.string() }),
  join: { table: 'cases', set: ({ output }) => ({ headnote: output.map(({ headnote }) => headnote).join(' / ') }) },
  track: { records: { table: 'cases', set: ({ state }) => ({ topics: [state] }) } },
})
`

const scansJob = `import { attach, defineJob, mistral, postgres, sql } from 'offpeak'
import { z } from 'zod'

export default defineJob({
  name: 'cases',
  from: postgres.rows({ query: sql\`select id from cases\`, key: 'id', row: z.object({ id: z.number() }) }),
  model: mistral.ocr('mistral-ocr-latest', { baseUrl: 'MISTRAL_URL' }),
  prompt: ({ row }) => ({ user: [attach('scans/' + row.id + '.pdf')] }),
  to: { table: 'cases', set: ({ output }) => ({ headnote: output }) },
})
`

/** How many requests a scenario's rows come to. */
export function requestCountOf({ joined, rows = rowCount }: Scenario): number {
  return joined ? 2 * rows : rows
}

/** What stands in the table: one line per row, in the order of the keys. */
export async function tableContent(url: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ id: number }>('select id, headnote, topics from cases order by id')
    return rows.map((row) => JSON.stringify(row))
  } finally {
    await client.end()
  }
}
