import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../src/connectors/database/database.ts'
import { sql } from '../../src/connectors/database/sql.ts'
import type { Emulator } from '../../src/emulator/index.ts'
import { withoutKeys } from '../cli/child.ts'
import { call } from '../cli/project.ts'
import { joinedEmulator } from '../support/joined-emulator.ts'

const root = join(import.meta.dirname, '../..')
const execute = promisify(execFile)
const timeout = 300_000

/** An example in a folder of its own, with `emulator: true` as it comes. */
interface Example extends AsyncDisposable {
  readonly path: string
  readonly emulator: Emulator
  readonly offpeak: (...args: readonly string[]) => Promise<string>
  readonly seed: (...args: readonly string[]) => Promise<unknown>
  /** Makes the change that the README names for a service and a job. */
  readonly change: (service: string, job: string) => Promise<void>
}

async function open(name: string): Promise<Example> {
  await using parts = new AsyncDisposableStack()
  // Below the repository, where `offpeak` is this package.
  await mkdir(join(root, '.example'), { recursive: true })
  const folder = parts.use(await mkdtempDisposable(join(root, '.example', 'service-')))
  const path = join(folder.path, name)
  const isMade = (file: string): boolean => file.includes('.offpeak') || file.endsWith(`${name}/data`)
  await cp(join(root, 'examples', name), path, { recursive: true, filter: (file) => !isMade(file) })
  // Alone the waits are shorter.
  const config = join(path, 'offpeak.config.ts')
  const timings = 'timings: { pollEveryMs: 50, settleMs: [100], listingLagMs: 100 },'
  await writeFile(
    config,
    (await readFile(config, 'utf8')).replace('emulator: true,', `emulator: true, ${timings}`),
  )
  const emulator = parts.use(await joinedEmulator(path))
  const offpeak = async (...args: readonly string[]): Promise<string> => {
    const { exit, stdout, stderr } = await call(path, ...args)
    if (exit !== 0) throw new Error(stderr)
    return stdout
  }
  const all = parts.move()
  return {
    path,
    emulator,
    offpeak,
    seed: (...args) =>
      execute(process.execPath, ['-C', 'offpeak-source', 'seed.ts', ...args], {
        cwd: path,
        env: withoutKeys(),
      }),
    async change(service, job) {
      const line = namedLine(await readFile(join(path, 'README.md'), 'utf8'), service, job)
      const [, start, maker = ''] = /^(.*?= |model: )(\w+)/.exec(line) ?? []
      const file = join(path, 'jobs', job)
      const text = await readFile(file, 'utf8')
      const before = text.split('\n').find((each) => each.trim().startsWith(start ?? line))
      expect(before, `${job} has one line that names its model`).toBeDefined()
      await writeFile(
        file,
        text
          .replace(before ?? '', line)
          .replace(/import \{(.*)\} from 'offpeak'/, `import { ${maker},$1} from 'offpeak'`),
      )
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** The line that the README has for a service, in the table of a job. */
function namedLine(readme: string, service: string, job: string): string {
  const table = readme.slice(readme.indexOf(`| service | in \`jobs/${job}\` |`))
  const [, line] = new RegExp(`^\\| ${service} \\| \`(.+)\` \\| \``, 'm').exec(table) ?? []
  if (line === undefined) throw new Error(`the README has no line for ${service} in ${job}`)
  return line
}

const status = z.object({
  provider: z.string(),
  state: z.string(),
  counts: z.record(z.string(), z.number()),
  money: z.object({ spentMicroUsd: z.number(), reservedMicroUsd: z.number(), duplicateMicroUsd: z.number() }),
})
type Status = z.output<typeof status>

const statusOf = async ({ offpeak }: Example, job: string): Promise<Status> =>
  status.parse(JSON.parse(await offpeak('status', job, '--json')))

const result = z.object({ key: z.string(), outcome: z.string(), output: z.unknown() })

/** What was answered, by the key of its record. */
async function outputs({ offpeak }: Example, job: string): Promise<ReadonlyMap<string, unknown>> {
  const lines = (await offpeak('results', job)).trim().split('\n')
  return new Map(lines.map((line) => result.parse(JSON.parse(line))).map(({ key, output }) => [key, output]))
}

/** What the ledger has is what the service bills, but for what each batch is rounded up by. */
function checkMoney({ emulator }: Example, ...runs: readonly Status[]): void {
  const spent = runs.reduce((sum, { money }) => sum + money.spentMicroUsd, 0)
  const { cost_micro_usd: billed, batches, duplicate_requests: twice } = emulator.bill()
  expect(billed).toBeGreaterThan(0)
  expect(Math.abs(spent - billed)).toBeLessThanOrEqual(batches)
  expect(twice).toBe(0)
  for (const { money } of runs) expect(money).toMatchObject({ reservedMicroUsd: 0, duplicateMicroUsd: 0 })
}

/** The database that the emulator writes, in the place of that of the project. */
async function rowsOf<Row>(
  { path }: Example,
  query: ReturnType<typeof sql>,
  row: z.ZodType<Row>,
): Promise<readonly Row[]> {
  await using database = await openDatabase('pglite:.offpeak/emulator/project/.offpeak/cases', path)
  return z.array(row).parse(await database.query(query))
}

test.each([
  ['Anthropic', 'anthropic', 'claude-haiku-5-5', null],
  ['Gemini', 'gemini', 'gemini-3.5-flash-lite', 'Gemini'],
] as const)(
  'the headnotes example asks %s by the one line of its README, and each case has its own headnote',
  { timeout },
  async (service, provider, model, vectors) => {
    await using example = await open('headnotes')
    await example.change(service, 'headnotes.job.ts')
    if (vectors !== null) await example.change(vectors, 'headnote-embeddings.job.ts')
    await example.seed()
    expect(await example.offpeak('plan', 'headnotes')).toContain(`${provider} / ${model}`)
    await example.offpeak('run', 'headnotes', '--max-cost', '$5')
    const headnotes = await statusOf(example, 'headnotes')
    const embeddings = await statusOf(example, 'headnote-embeddings')
    expect(headnotes).toMatchObject({ provider, state: 'done', counts: { merged: 30 } })
    expect(embeddings).toMatchObject({
      provider: vectors === null ? 'openai' : 'gemini',
      state: 'done',
      counts: { merged: 30 },
    })
    const answers = await outputs(example, 'headnotes')
    const rows = await rowsOf(
      example,
      sql`select id, headnote, array_length(headnote_embedding, 1) as length from court_cases order by id`,
      z.object({ id: z.string(), headnote: z.string(), length: z.number() }),
    )
    expect(rows).toHaveLength(30)
    for (const { id, headnote, length } of rows) {
      expect(headnote).toBe(answers.get(id))
      expect(length).toBe(1_536)
    }
    checkMoney(example, headnotes, embeddings)
  },
)

const transcript = z.object({
  document: z.string(),
  pages: z.array(z.object({ page: z.number(), text: z.string() })),
})

test(
  'the transcripts example sends its PDFs to Claude by the one line of its README',
  { timeout },
  async () => {
    await using example = await open('transcripts')
    await example.change('Anthropic', 'transcripts.job.ts')
    await example.seed('--pdfs', '12', '--size', '20kb', '--sound')
    const plan = await example.offpeak('plan', 'transcripts')
    expect(plan).toContain('anthropic / claude-haiku-5-5')
    await example.offpeak('run', 'transcripts', '--max-cost', '$5')
    const run = await statusOf(example, 'transcripts')
    expect(run).toMatchObject({ provider: 'anthropic', state: 'done' })
    const folder = join(example.path, '.offpeak/emulator/project/data/generated_transcripts/claude-haiku-5-5')
    const names = (await readdir(folder)).toSorted()
    const pdfs = (await readdir(join(example.path, 'data/pdfs'))).map((name) => name.replace('.pdf', '.json'))
    expect(names).toEqual(pdfs.toSorted())
    for (const name of names) {
      const { document, pages } = transcript.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))
      expect(document).toBe(`data/pdfs/${name.replace('.json', '.pdf')}`)
      expect(pages.map(({ page }) => page)).toEqual(pages.map((_, index) => index + 1))
      expect(await readFile(join(example.path, document), 'latin1')).toContain(`/Count ${pages.length} `)
    }
    checkMoney(example, run)
  },
)

test(
  'the transcripts example reads its PDFs by Mistral’s OCR, each page once and in its place',
  { timeout },
  async () => {
    await using example = await open('transcripts')
    await example.seed('--pdfs', '12', '--size', '20kb', '--sound')
    expect(await example.offpeak('plan', 'pages')).toMatch(/mistral \/ mistral-ocr-latest[^]*Pages\s/)
    await example.offpeak('run', 'pages', '--max-cost', '$2')
    const run = await statusOf(example, 'pages')
    expect(run).toMatchObject({ provider: 'mistral', state: 'done' })
    const folder = join(example.path, '.offpeak/emulator/project/data/pages/mistral-ocr-latest')
    const names = await readdir(folder)
    expect(names).toHaveLength(12)
    let pages = 0
    for (const name of names) {
      const text = await readFile(join(folder, name), 'utf8')
      const pdf = await readFile(join(example.path, 'data/pdfs', name.replace('.md', '.pdf')), 'latin1')
      const count = Number(/\/Count (\d+) /.exec(pdf)?.[1])
      pages += count
      expect(text.split('\f')).toHaveLength(count)
      // The heading of each page, as it was typed, stands in its place.
      const headings = [...pdf.matchAll(/Tf 60 780 Td \((.*?)\) Tj/g)].map(([, typed = '']) => typed)
      expect(text.split('\f').map((page, at) => page.trim().startsWith(headings[at] ?? '?'))).toEqual(
        headings.map(() => true),
      )
    }
    checkMoney(example, run)
    // $2 for 1,000 pages in batches.
    expect(example.emulator.bill().cost_micro_usd).toBe(pages * 2_000)
  },
)

test(
  'the enrichment example has its vectors from Gemini by the one line of its README, as long as the column',
  { timeout },
  async () => {
    await using example = await open('enrichment')
    await example.change('Gemini', 'embeddings.job.ts')
    await example.seed('--events', '15')
    const job = join(example.path, 'jobs/embeddings.job.ts')
    const text = await readFile(job, 'utf8')
    await writeFile(job, text.replace(' dimensions: 1_536,', ''))
    await expect(
      example.offpeak('plan', 'embeddings'),
      'a longer one is refused in the rehearsal',
    ).rejects.toThrow(/expected 1536 dimensions, not 3072/)
    await writeFile(job, text)
    await example.offpeak('run', 'embeddings', '--max-cost', '$5')
    const run = await statusOf(example, 'embeddings')
    expect(run).toMatchObject({ provider: 'gemini', state: 'done' })
    const chunks = await rowsOf(
      example,
      sql`select event_id, n, vector_dims(embedding) as length from event_chunks order by event_id, n`,
      z.object({ event_id: z.string(), n: z.number(), length: z.number() }),
    )
    expect(chunks).toHaveLength(run.counts['merged'] ?? 0)
    expect(chunks.every(({ length }) => length === 1_536)).toBe(true)
    const events = await rowsOf(
      example,
      sql`select embedding_model, vector_dims(embedding) as length from events`,
      z.object({ embedding_model: z.string(), length: z.number() }),
    )
    expect(events).toEqual(
      Array.from({ length: 15 }, () => ({ embedding_model: 'gemini-embedding-2', length: 1_536 })),
    )
    expect(example.emulator.bill().requests).toBe(chunks.length)
    checkMoney(example, run)
    expect(existsSync(join(example.path, '.offpeak/cases')), 'the project has its own table still').toBe(true)
  },
)
