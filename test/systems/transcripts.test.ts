import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { PDFDocument } from '@cantoo/pdf-lib'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { makePdf } from '../../examples/transcripts/pdf.ts'
import { archivePdf } from '../../examples/transcripts/pdfs.ts'
import { pdfText } from '../../src/emulator/core/answers/attachment.ts'
import { startEmulator } from '../../src/emulator/index.ts'
import { jsonOf } from '../cli/project.ts'
import { batchByHand, type FilesProject, filesProject, states } from './files-project.ts'

const outputs = 'data/generated_transcripts/gpt-4.1-mini'
const transcript = z.strictObject({
  document: z.string(),
  language: z.enum(['English', 'German', 'French', 'other']),
  confidence: z.number(),
  pages: z.array(z.strictObject({ page: z.number(), text: z.string() })),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number(), cost: z.number() }),
})
const status = z.object({
  state: z.string(),
  counts: z.record(z.string(), z.number()),
  money: z.object({ spentMicroUsd: z.number(), duplicateMicroUsd: z.number() }),
})

/** Short documents, and one of 45 pages, which is asked in three parts. */
function archive(project: FilesProject, documents: number): void {
  for (let index = 0; index < documents; index += 1)
    project.put(`data/pdfs/paper-${index}.pdf`, archivePdf(index + 4, 12_000).pdf)
  const pages = Array.from({ length: 45 }, (_, page) => [`Sheet ${page + 1} of the long log.`])
  project.put('data/pdfs/long.pdf', makePdf({ pages, bytes: 20_000, seed: 1 }))
}

async function unreadable(project: FilesProject): Promise<void> {
  project.put('data/pdfs/broken.pdf', archivePdf(0, 12_000).pdf.subarray(0, 5_000))
  const locked = await PDFDocument.load(archivePdf(1, 12_000).pdf)
  locked.encrypt({ userPassword: 'a', ownerPassword: 'b' })
  project.put('data/pdfs/locked.pdf', await locked.save())
}

const transcriptOf = (project: FilesProject, stem: string): z.output<typeof transcript> =>
  transcript.parse(JSON.parse(project.read(`${outputs}/${stem}.json`)))

async function statusOf(project: FilesProject): Promise<z.output<typeof status>> {
  return status.parse(jsonOf(await project.offpeak('status', 'transcripts', '--json')))
}

const whole = (documents: number): readonly string[] =>
  ['long.json', ...Array.from({ length: documents }, (_, index) => `paper-${index}.json`)].toSorted()

const runArgs = ['run', 'transcripts', '--max-cost', '$5'] as const

test('a document of the archive is a PDF to any reader, always the same, of the wanted size', async () => {
  const { pdf, pageCount } = archivePdf(5, 300_000)
  expect((await PDFDocument.load(pdf)).getPageCount()).toBe(pageCount)
  expect(pdfText(pdf)).toContain('geführt auf Deutsch')
  expect(Math.abs(pdf.length - 300_000)).toBeLessThan(5_000)
  expect(archivePdf(5, 300_000).pdf.equals(pdf)).toBe(true)
  expect(archivePdf(3, 300_000).pageCount).toBe(60)
  expect(new Set(Array.from({ length: 200 }, (_, index) => archivePdf(index, 1).name)).size).toBe(200)
})

test.each(states)(
  'a folder of PDFs becomes a folder of transcripts, whatever the provider does to its batches (%s)',
  async (_name, openState) => {
    await using state = await openState()
    await using emulator = await startEmulator({ speed: 5_000 })
    using project = filesProject('transcripts', emulator, { maxRequests: 4, state: state.url })
    archive(project, 9)
    await unreadable(project)
    // What the words of a prompt provoke stays with its document, however often it is sent.
    const job = project.read('jobs/transcripts.job.ts')
    project.put('jobs/transcripts.job.ts', job.replace('of ${row.pageCount}', '$&, ${row.stem}'))
    for (const trouble of ['invalid_json', 'length', 'refusal'])
      project.put(`data/pdfs/bad [[${trouble}]].pdf`, archivePdf(2, 12_000).pdf)
    for (const scenario of ['expire-partial', 'line-5xx@2:every=2', 'duplicate-lines@4:every=2'])
      emulator.play(scenario)

    const first = await project.offpeak(...runArgs)
    expect(first.exit, first.stderr).toBe(6)
    expect(project.names(outputs, '.json')).toEqual(whole(9))
    expect(transcriptOf(project, 'long').pages).toEqual(
      Array.from({ length: 45 }, (_, page) => ({
        page: page + 1,
        text: `Sheet ${page + 1} of the long log.`,
      })),
    )
    expect(transcriptOf(project, 'paper-1')).toMatchObject({
      document: 'data/pdfs/paper-1.pdf',
      language: 'German',
    })
    expect((await statusOf(project)).counts).toMatchObject({
      merged: 12,
      unrenderable: 2,
      invalid: 1,
      truncated: 1,
      refused: 1,
    })

    // What is there is not sent again, although every prompt has changed.
    project.put('jobs/transcripts.job.ts', job)
    const asked = emulator.bill().requests
    const second = await project.offpeak(...runArgs)
    expect(second.exit, second.stderr).toBe(6)
    expect(project.names(outputs, '.json')).toHaveLength(13)
    expect(emulator.bill().requests - asked, 'equal requests are sent once').toBe(3)
    const { requests } = emulator.bill()
    const third = await project.offpeak(...runArgs)
    expect(third.stderr).toContain('Nothing to do')
    expect(emulator.bill().requests).toBe(requests)
  },
)

test.each(['create.post.after', 'join.sink.write.after'])(
  'a process that is killed at %s leaves whole transcripts or none, and nothing is paid twice',
  async (point) => {
    await using emulator = await startEmulator({ speed: 5_000 })
    using project = filesProject('transcripts', emulator, { maxRequests: 4 })
    archive(project, 6)
    const killed = await project.alone(runArgs, { OFFPEAK_CRASH: `${point}:1` })
    expect(killed.exit, 'it was killed').toBe(-1)
    for (const name of project.names(outputs, '.json')) transcriptOf(project, name.replace('.json', ''))
    const resumed = await project.offpeak(...runArgs)
    expect(resumed.exit, resumed.stderr).toBe(0)
    expect(project.names(outputs, '.json')).toEqual(whole(6))
    expect(emulator.bill()).toMatchObject({ requests: 9, duplicate_requests: 0 })
    const { money } = await statusOf(project)
    expect(money.duplicateMicroUsd).toBe(0)
    const { cost_micro_usd: paid, batches } = emulator.bill()
    expect(Math.abs(money.spentMicroUsd - paid), 'each batch is rounded automatically').toBeLessThanOrEqual(
      batches,
    )
  },
)

test('of a long document only the part that failed is asked again, and a transcript that is removed is made again', async () => {
  await using emulator = await startEmulator({ speed: 5_000 })
  using project = filesProject('transcripts', emulator)
  archive(project, 0)
  const job = project.read('jobs/transcripts.job.ts')
  project.put(
    'jobs/transcripts.job.ts',
    job.replace('of ${row.pageCount}', "$&${row.pages[0] === 21 ? ' [[refusal]]' : ''}"),
  )
  const first = await project.offpeak(...runArgs)
  expect(first.exit).toBe(6)
  expect(first.stdout).toContain('2 answers wait for other parts of the same record')
  expect(project.names(outputs, '.json')).toEqual([])
  project.put('jobs/transcripts.job.ts', job)
  const { requests } = emulator.bill()
  const mended = await project.offpeak(...runArgs)
  expect(mended.exit, mended.stderr).toBe(0)
  expect(emulator.bill().requests - requests, 'the other two are paid for').toBe(1)
  expect(transcriptOf(project, 'long').pages).toHaveLength(45)
  rmSync(join(project.path, outputs, 'long.json'))
  expect((await project.offpeak(...runArgs)).exit).toBe(0)
  expect(emulator.bill().requests - requests).toBe(4)
  expect(transcriptOf(project, 'long').pages).toHaveLength(45)
})

test('batches that a script has made are taken over by its state file, and nothing is sent for them', async () => {
  await using emulator = await startEmulator({ speed: 5_000 })
  using project = filesProject('transcripts', emulator)
  for (let index = 0; index < 4; index += 1)
    project.put(`data/pdfs/DOC_${index}.pdf`, archivePdf(index + 4, 12_000).pdf)
  // One document was not asked about, and one was asked as a whole that the job cuts into parts.
  const long = makePdf({
    pages: Array.from({ length: 45 }, (_, page) => [`Sheet ${page + 1} of the long log.`]),
    bytes: 20_000,
    seed: 1,
  })
  project.put('data/pdfs/DOC_long.pdf', long)
  const schema = {
    type: 'object',
    properties: {
      language: { type: 'string', enum: ['English', 'German', 'French', 'other'] },
      pages: {
        type: 'array',
        items: {
          type: 'object',
          properties: { text: { type: 'string' } },
          required: ['text'],
          additionalProperties: false,
        },
      },
      confidence: { type: 'number' },
    },
    required: ['language', 'pages', 'confidence'],
    additionalProperties: false,
  }
  const bodies = new Map(
    [0, 1, 2, 'long'].map((name) => {
      const pdf = typeof name === 'number' ? archivePdf(name + 4, 12_000).pdf : long
      const file_data = `data:application/pdf;base64,${pdf.toString('base64')}`
      const file = { filename: `DOC_${name}.pdf`, file_data }
      return [
        `DOC_${name}`,
        {
          model: 'gpt-4.1-mini',
          messages: [
            {
              role: 'user',
              content: [
                { type: 'text', text: 'Transcribe.' },
                { type: 'file', file },
              ],
            },
          ],
          response_format: { type: 'json_schema', json_schema: { name: 'transcript', strict: true, schema } },
          max_completion_tokens: 32_000,
        },
      ]
    }),
  )
  const batch_id = await batchByHand(emulator, bodies)
  project.put(
    'batch_jobs.json',
    JSON.stringify({ jobs: [{ batch_id, status: 'in_progress', documents: ['DOC_0.pdf'] }] }),
  )
  const imported = await project.offpeak(
    'import',
    'transcripts',
    'batch_jobs.json',
    '--key',
    '{stem}',
    '--wait',
    '30s',
  )
  expect(imported.exit, imported.stderr).toBe(0)
  expect(imported.stderr).toContain(
    'takes 3 answers; 1 answer is for a whole of which the job makes parts, and left out',
  )
  expect(project.names(outputs, '.json')).toEqual(['DOC_0.json', 'DOC_1.json', 'DOC_2.json'])
  expect(transcriptOf(project, 'DOC_1').pages[0]?.text).toContain('geführt auf Deutsch')
  expect(emulator.bill()).toMatchObject({ batches: 1, requests: 4 })
  const left = await project.offpeak(...runArgs)
  expect(left.exit, left.stderr).toBe(0)
  expect(emulator.bill().requests, 'only what the script had not asked, or otherwise').toBe(8)
})
