import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PDFDocument } from '@cantoo/pdf-lib'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { pdfOf } from '../../support/pdf.ts'
import { readJson } from '../notes-project.ts'
import { call, temporaryFolder, write } from '../project.ts'

/** Ten letters, one long report, a broken file and an encrypted one. */
async function scans(dir: string): Promise<void> {
  mkdirSync(join(dir, 'scans/letters'), { recursive: true })
  const put = (path: string, bytes: Uint8Array): void => writeFileSync(join(dir, 'scans', path), bytes)
  for (let n = 0; n < 9; n++)
    put(
      `letters/${n}.pdf`,
      pdfOf([`Letter ${n} tells the harbour board of a ship that came in at noon.`], 20_000),
    )
  put(
    'report.pdf',
    pdfOf(
      Array.from({ length: 5 }, (_, n) => `Page ${n + 1} of the report counts ${n} ships in the harbour.`),
    ),
  )
  put('broken.pdf', pdfOf(['lost']).subarray(0, 300))
  const document = await PDFDocument.load(pdfOf(['secret']))
  document.encrypt({ userPassword: 'a', ownerPassword: 'b' })
  put('locked.pdf', await document.save())
}

async function project(dir: string, job = ''): Promise<void> {
  await scans(dir)
  await write(dir, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 50 } })\n",
    'jobs/transcripts.job.ts': `import { attach, defineJob, files, openai, text } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'transcripts',
  from: files.pdf('scans/**/*.pdf', { maxPages: 2 }),
  model: openai('gpt-4.1-mini'),
  maxTokens: 100,
  prompt: ({ row }) => ({
    system: 'Transcribe the document exactly.',
    user: [text(\`Pages \${row.pages[0]}-\${row.pages[1]} of \${row.pageCount}\`), attach(row)],
  }),
  output: z.object({ text: z.string() }),
  to: { file: ({ row }) => \`out/\${row.stem}.\${row.pages[0]}.json\` },
  budget: { perRun: '$5' },
  ${job}
})
`,
  })
}

const answers = (dir: string): readonly string[] =>
  readdirSync(join(dir, 'out'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .toSorted()

test('a folder of PDFs becomes a folder of answers, long files in parts and unusable ones with their reason', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  const { exit, stdout } = await call(folder.path, 'run', 'transcripts', '--yes')
  expect(exit).toBe(6)
  expect(stdout).toContain('12 of 14 records are in files such as out/letters/0.1.json. 2 need attention:')
  expect(stdout).toContain('the file is encrypted; remove its password first')
  expect(stdout).toContain('the file is a broken PDF: its end is missing')
  expect(answers(folder.path)).toEqual([
    ...Array.from({ length: 9 }, (_, n) => `out/letters/${n}.1.json`),
    'out/report.1.json',
    'out/report.3.json',
    'out/report.5.json',
  ])
  const { text } = z
    .object({ text: z.string() })
    .parse(JSON.parse(readFileSync(join(folder.path, 'out/report.3.json'), 'utf8')))
  expect(text).toContain('Page 3 of the report counts 2 ships in the harbour.')
  expect(text).not.toContain('Page 1')
  const again = await call(folder.path, 'plan', 'transcripts', '--json')
  expect(readJson(z.object({ toSend: z.number(), unchanged: z.number() }), again)).toEqual({
    toSend: 0,
    unchanged: 12,
  })
})

test('one changed file is sent again, its neighbours are not', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  await call(folder.path, 'run', 'transcripts', '--yes')
  writeFileSync(join(folder.path, 'scans/letters/4.pdf'), pdfOf(['Another letter about the old lighthouse.']))
  const { stdout } = await call(folder.path, 'run', 'transcripts', '--yes')
  expect(stdout).toContain('1 of 3 records is in files')
  expect(readFileSync(join(folder.path, 'out/letters/4.1.json'), 'utf8')).toContain('lighthouse')
})

test('an attached file is shown by name, pages and size, never by its bytes', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  await call(folder.path, 'run', 'transcripts', '--yes')
  for (const argv of [
    ['show', 'transcripts', 'scans/report:3-4'],
    ['show', 'transcripts', 'scans/report:3-4', '--raw', '--full'],
    ['show', 'transcripts', 'scans/report:3-4', '--json'],
    ['plan', 'transcripts', '--redo', '--only', 'scans/report:3-4', '--show', '1'],
  ]) {
    const { stdout } = await call(folder.path, ...argv)
    expect(stdout).toMatch(/\[report\.pdf, pages 3-4, [\d,]+ bytes\]/)
    expect(stdout).not.toContain('base64,J')
  }
})

test('tokens are counted by pages, not by bytes, and so the smallest budget that can work does', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  const planned = readJson(
    z.object({
      inputTokens: z.object({ likely: z.number() }),
      cost: z.object({ atMostOnceMicroUsd: z.number() }),
    }),
    await call(folder.path, 'plan', 'transcripts', '--json'),
  )
  // Fourteen pictures of pages of likely 2,385 tokens, a few words on each, and short prompts; the files alone have
  // 240,000 bytes in base64.
  expect(planned.inputTokens.likely).toBeGreaterThan(14 * 2_385)
  expect(planned.inputTokens.likely).toBeLessThan(14 * 2_385 + 12 * 200)
  // At most a page of this shape has 2,385 in its picture and 40 around it, at twenty cents a million in a batch.
  expect(planned.cost.atMostOnceMicroUsd).toBeGreaterThan(14 * 2_425 * 0.2)
  const cap = String((planned.cost.atMostOnceMicroUsd + 1) / 1e6)
  const { exit } = await call(folder.path, 'run', 'transcripts', '--max-cost', cap)
  expect(exit).toBe(6)
  expect(answers(folder.path)).toHaveLength(12)
  const { money } = readJson(
    z.object({ money: z.object({ spentMicroUsd: z.number() }) }),
    await call(folder.path, 'status', 'transcripts', '--json'),
  )
  expect(money.spentMicroUsd).toBeLessThan(planned.cost.atMostOnceMicroUsd)
})

test('a file that is answered badly is sent again with its pages', async () => {
  using folder = temporaryFolder()
  await project(
    folder.path,
    "retry: { max: 2 }, check: ({ row }) => (row.stem === 'report' && row.pages[0] === 3 ? 'unreadable' : true),",
  )
  await call(folder.path, 'run', 'transcripts', '--yes')
  const { stdout } = await call(folder.path, 'show', 'transcripts', 'scans/report:3-4')
  expect(stdout).toContain('sent 2 times')
  expect(stdout).toContain('[report.pdf, pages 3-4')
  expect(answers(folder.path)).toHaveLength(11)
})

test('try asks with the file, and writes the answer where a run would', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  const only = ['--only', 'scans/report:5-5', '--yes']
  const tried = await call(folder.path, 'try', 'transcripts', ...only)
  expect(tried.stdout).toContain('would write out/report.5.json')
  expect(existsSync(join(folder.path, 'out'))).toBe(false)
  const written = await call(folder.path, 'try', 'transcripts', ...only, '--write')
  expect(written.stdout).toContain('wrote out/report.5.json')
  expect(readFileSync(join(folder.path, 'out/report.5.json'), 'utf8')).toContain('Page 5 of the report')
})

test('a file that vanishes between plan and run is told, and nothing is sent for it', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  await write(folder.path, {
    'rows.jsonl':
      '{"id":1,"scan":"scans/letters/1.pdf"}\n{"id":2,"scan":"scans/gone.pdf"}\n{"id":3,"scan":"../x.pdf"}\n',
    'jobs/rows.job.ts': `import { attach, defineJob, jsonl, openai } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'rows',
  from: jsonl.rows({ file: 'rows.jsonl', key: 'id', row: z.object({ id: z.number(), scan: z.string() }) }),
  model: openai('gpt-4.1-mini'),
  maxTokens: 100,
  prompt: ({ row }) => ({ user: [attach(row.scan)] }),
  to: { file: ({ key }) => \`out/\${key}.txt\` },
  budget: { perRun: '$5' },
})
`,
  })
  rmSync(join(folder.path, 'scans/letters/2.pdf'))
  const tried = await call(folder.path, 'try', 'rows', '--only', '1', '--write', '--yes')
  expect(tried.stdout).toContain('wrote out/1.txt')
  rmSync(join(folder.path, 'out/1.txt'))
  const { stdout } = await call(folder.path, 'run', 'rows', '--yes', '--redo')
  expect(stdout).toContain('scans/gone.pdf cannot be read')
  expect(stdout).toContain('outside of the project')
  expect(answers(folder.path)).toEqual(['out/1.txt'])
  const counts = z.object({ counts: z.record(z.string(), z.number()) })
  expect(readJson(counts, await call(folder.path, 'status', 'rows', '--json')).counts).toEqual({
    merged: 1,
    unrenderable: 2,
  })
})
