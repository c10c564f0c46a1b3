import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { makePdf } from '../../../examples/transcripts/pdf.ts'
import type { Emulator } from '../../../src/emulator/index.ts'
import { joinedEmulator } from '../../support/joined-emulator.ts'
import { call, jsonOf, temporaryFolder, write } from '../project.ts'

const config =
  'export default { emulator: { speed: 5_000, write: true }, batch: { maxRequests: 2 }, timings: { pollEveryMs: 50, leaseMs: 2_000, settleMs: [100], listingLagMs: 100 } }\n'

const job = (more = ''): string => `import { attach, defineJob, files, mistral } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'pages',
  from: files.pdf('pdfs/*.pdf', { maxPages: 3 }),
  model: mistral.ocr('mistral-ocr-latest'),
  prompt: ({ row }) => ({ user: [attach(row)] }),
  to: { file: ({ row }) => \`out/\${row.stem}-\${row.pages[0]}.md\` },
  ${more}
})
`

interface Project extends AsyncDisposable {
  readonly path: string
  readonly emulator: Emulator
}

/** Two documents: one of two pages, and one of five, which is asked in two parts. */
async function open(files: Readonly<Record<string, string>> = {}): Promise<Project> {
  const folder = temporaryFolder()
  await write(folder.path, { 'offpeak.config.ts': config, 'jobs/pages.job.ts': job(), ...files })
  mkdirSync(join(folder.path, 'pdfs'))
  const page = (name: string, count: number): (readonly string[])[] =>
    Array.from({ length: count }, (_, index) => [`Page ${index + 1} of the ${name}.`])
  for (const [name, count] of [
    ['letter', 2],
    ['ledger', 5],
  ] as const)
    writeFileSync(
      join(folder.path, 'pdfs', `${name}.pdf`),
      makePdf({ pages: page(name, count), bytes: 9_000, seed: count }),
    )
  const emulator = await joinedEmulator(folder.path)
  return {
    path: folder.path,
    emulator,
    async [Symbol.asyncDispose]() {
      await emulator[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

const money = z.object({
  inputUnit: z.string(),
  tokens: z.object({ input: z.number(), output: z.number() }),
  money: z.object({ spentMicroUsd: z.number(), reservedMicroUsd: z.number() }),
  counts: z.record(z.string(), z.number()),
})

let project: Project
beforeEach(async () => {
  project = await open()
  return () => project[Symbol.asyncDispose]()
})

test('a folder of PDFs is planned, bounded, paid and settled by its pages, and its text comes page by page', async () => {
  const plan = jsonOf(await call(project.path, 'plan', 'pages', '--json'))
  expect(plan).toMatchObject({
    toSend: 3,
    inputUnit: 'page',
    inputTokens: { likely: 7, low: 7, high: 7, errorPercent: 0 },
    // $2 for 1,000 pages in batches, $4 in real time.
    cost: { likelyMicroUsd: 14_000, realtimeMicroUsd: 28_000, savedMicroUsd: 14_000 },
  })
  expect(z.object({ cost: z.object({ atMostOnceMicroUsd: z.number() }) }).parse(plan).cost).toEqual({
    // Each of two files is rounded up.
    atMostOnceMicroUsd: 14_002,
  })
  const shown = await call(project.path, 'plan', 'pages')
  expect(shown.stdout).toMatch(/Pages\s+7 in \(counted\) · what stands on them costs nothing more/)

  const ran = await call(project.path, 'run', 'pages', '--max-cost', '$0.05')
  expect(ran.exit, ran.stderr).toBe(0)
  const text = readFileSync(join(project.path, 'out/ledger-1.md'), 'utf8')
  expect(text.split('\f').map((page) => page.trim())).toEqual(
    [1, 2, 3].map((page) => `Page ${page} of the ledger.`),
  )
  expect(readFileSync(join(project.path, 'out/ledger-4.md'), 'utf8')).toContain('Page 5 of the ledger.')
  const status = money.parse(jsonOf(await call(project.path, 'status', 'pages', '--json')))
  expect(status).toMatchObject({
    counts: { merged: 3 },
    inputUnit: 'page',
    tokens: { input: 7, output: 0 },
    money: { spentMicroUsd: 14_000, reservedMicroUsd: 0 },
  })
  expect(project.emulator.bill()).toMatchObject({
    requests: 3,
    duplicate_requests: 0,
    cost_micro_usd: 14_000,
  })
  const report = await call(project.path, 'report', 'pages')
  expect(report.stdout).toMatch(/Pages\s+7\n/)
  const show = await call(project.path, 'show', 'pages', 'pdfs/letter')
  expect(show.stdout).toMatch(/Cost\s+\$0\.004000 · 2 pages\n/)
})

test('a budget below its pages sends nothing', async () => {
  const refused = await call(project.path, 'run', 'pages', '--max-cost', '$0.013')
  expect(refused.exit).toBe(5)
  expect(project.emulator.bill()).toMatchObject({ requests: 0, batches: 0 })
})

test('in real time each document is a call at full price', async () => {
  const ran = await call(project.path, 'run', 'pages', '--realtime', '--max-cost', '$0.05')
  expect(ran.exit, ran.stderr).toBe(0)
  expect(project.emulator.bill()).toMatchObject({ synchronous_requests: 3, cost_micro_usd: 28_000 })
  const status = money.parse(jsonOf(await call(project.path, 'status', 'pages', '--json')))
  expect(status.money).toEqual({ spentMicroUsd: 28_000, reservedMicroUsd: 0 })
})

test('a run that was killed after its create goes on, and pays for no page twice', async () => {
  const { runCli } = await import('../child.ts')
  const killed = await runCli(project.path, ['run', 'pages', '--max-cost', '$0.05'], {
    OFFPEAK_CRASH: 'create.post.after:1',
  })
  expect(killed.exit, 'it was killed').toBeNull()
  const resumed = await call(project.path, 'run', 'pages', '--max-cost', '$0.05')
  expect(resumed.exit, resumed.stderr).toBe(0)
  expect(project.emulator.bill()).toMatchObject({ duplicate_requests: 0, cost_micro_usd: 14_000 })
})

test.each([
  ['output: z.object({ title: z.string() }),', /`output` asks OCR for annotations/],
  ["parameters: { document_annotation_prompt: 'the title' },", /`document_annotation_prompt` asks OCR/],
  ['parameters: { pages: [0] },', /attach\(row, \{ pages/],
])('what would be priced otherwise is refused before anything is sent: %s', async (more, words) => {
  await write(project.path, { 'jobs/pages.job.ts': job(more) })
  const refused = await call(project.path, 'run', 'pages', '--max-cost', '$0.05')
  expect(refused.exit).not.toBe(0)
  expect(refused.stderr).toMatch(words)
  expect(project.emulator.bill()).toMatchObject({ requests: 0 })
})

test('what OCR has no setting for is told in the plan, and a prompt with words has no request', async () => {
  await write(project.path, { 'jobs/pages.job.ts': job('temperature: 0, parameters: { language: "de" },') })
  const { warnings } = z
    .object({ warnings: z.array(z.string()) })
    .parse(jsonOf(await call(project.path, 'plan', 'pages', '--json')))
  expect(warnings.join('\n')).toMatch(/`temperature` is not sent[^]*`language` is no field of a request/)
  const asking = job().replace('[attach(row)]', "[attach(row), { kind: 'text', text: 'Which year?' }]")
  await write(project.path, { 'jobs/pages.job.ts': asking })
  const plan = jsonOf(await call(project.path, 'plan', 'pages', '--json'))
  expect(plan).toMatchObject({
    toSend: 0,
    unusable: 3,
    unusableExample: { reason: expect.stringContaining('one file alone') },
  })
})

test('the list of prices names a price for 1,000 pages', async () => {
  const shown = await call(project.path, 'prices', 'mistral-ocr-latest')
  expect(shown.stdout).toMatch(/Batch\s+2\.00 per 1,000 pages/)
  expect(shown.stdout).toMatch(/Realtime\s+4\.00 per 1,000 pages/)
})
