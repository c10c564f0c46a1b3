import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { pdfOf } from '../../support/pdf.ts'
import { call, jsonOf, linesOf, temporaryFolder, write } from '../project.ts'

const config =
  'export default { emulator: { speed: 5_000, write: true }, batch: { maxRequests: 4 }, timings: { pollEveryMs: 50 } }\n'
const records = Array.from(
  { length: 10 },
  (_, id) => `${JSON.stringify({ id, text: `Note ${id} tells of a ship.` })}\n`,
).join('')

/** A job file in which one line names the model. */
function job(name: string, model: string): string {
  return `import { defineJob, jsonl, ${model.slice(0, model.indexOf('('))} } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: '${name}',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: ${model},
  maxTokens: 400,
  prompt: ({ row }) => ({ system: 'Say what it is about.', user: row.text }),
  output: z.object({ topic: z.string(), sure: z.boolean().optional() }),
  to: { jsonl: 'out.jsonl', line: ({ output }) => ({ ...output }) },
})
`
}

const topic = z.object({ key: z.string(), topic: z.string() })
const status = z.object({ counts: z.record(z.string(), z.number()) })

test('one job file runs at each service, with one line changed: its answers have the same form', async () => {
  using folder = temporaryFolder()
  await write(folder.path, { 'offpeak.config.ts': config, 'notes.jsonl': records })
  for (const model of [
    "openai('gpt-4o-mini')",
    "gemini('gemini-3.8-flash')",
    "gemini('gemini-2.5-pro')",
    "mistral('mistral-small-latest')",
  ]) {
    await write(folder.path, { 'jobs/notes.job.ts': job('notes', model) })
    const plan = jsonOf(await call(folder.path, 'plan', 'notes', '--redo', '--json'))
    expect(plan, model).toMatchObject({ toSend: 10, unusable: 0, cost: expect.any(Object) })
    const ran = await call(folder.path, 'run', 'notes', '--redo', '--max-cost', '$1')
    expect(ran.exit, `${model}: ${ran.stderr}`).toBe(0)
    const seen = status.parse(jsonOf(await call(folder.path, 'status', 'notes', '--json')))
    expect(seen.counts, model).toMatchObject({ merged: 10 })
    const keys = linesOf(join(folder.path, 'out.jsonl'), topic).map(({ key }) => key)
    expect(new Set(keys).size).toBe(10)
  }
})

test.each([
  ["gemini.embedding('gemini-embedding-2')", '', 3_072],
  ["gemini.embedding('gemini-embedding-2')", 'dimensions: 256,', 256],
  ["mistral.embedding('mistral-embed')", '', 1_024],
])('%s makes a vector of each text, %s', async (model, more, length) => {
  using folder = temporaryFolder()
  await write(folder.path, {
    'offpeak.config.ts': config,
    'notes.jsonl': records,
    'jobs/vectors.job.ts': `import { defineEmbedding, jsonl, ${model.slice(0, model.indexOf('.'))} } from 'offpeak'
import { z } from 'zod'
export default defineEmbedding({
  name: 'vectors',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: ${model},
  ${more}
  input: ({ row }) => row.text,
  to: { jsonl: 'out.jsonl', line: ({ output }) => ({ output }) },
})
`,
  })
  for (const flags of [
    ['--max-cost', '$1'],
    ['--redo', '--realtime', '--max-cost', '$1'],
  ]) {
    const ran = await call(folder.path, 'run', 'vectors', ...flags)
    expect(ran.exit, ran.stderr).toBe(0)
    const vectors = linesOf(
      join(folder.path, 'out.jsonl'),
      z.object({ output: z.array(z.number()).length(length) }),
    )
    expect(vectors).toHaveLength(10)
  }
})

test.each(["gemini('gemini-2.5-flash')", "mistral('mistral-small-latest')"])(
  '%s reads a PDF that goes along',
  async (model) => {
    using folder = temporaryFolder()
    await write(folder.path, { 'offpeak.config.ts': config, 'notes.jsonl': records })
    await write(folder.path, {
      'jobs/notes.job.ts': job('notes', model)
        .replace('defineJob,', 'attach, defineJob, text,')
        .replace('user: row.text', "user: [text(row.text), attach('a.pdf')]"),
    })
    writeFileSync(join(folder.path, 'a.pdf'), pdfOf(['The harbour was quiet.']))
    const ran = await call(folder.path, 'run', 'notes', '--limit', '2', '--max-cost', '$1')
    expect(ran.exit, ran.stderr).toBe(0)
    expect(linesOf(join(folder.path, 'out.jsonl'), topic)).toHaveLength(2)
  },
)
