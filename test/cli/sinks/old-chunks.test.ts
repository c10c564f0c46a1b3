import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { chunkText } from '../../../src/planning/tokens/chunk.ts'
import { loadTokenizer } from '../../../src/planning/tokens/count-tokens.ts'
import { call, temporaryFolder, write } from '../project.ts'

const words = (count: number): string => Array.from({ length: count }, (_, index) => `word${index}`).join(' ')

/** A project that asks about the pieces of texts, and keeps an answer for each of them. */
async function piecesProject(dir: string): Promise<void> {
  await write(dir, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({ emulator: { speed: 2_000, write: true }, timings: { pollEveryMs: 50 } })
`,
  })
  const database = new DatabaseSync(join(dir, 't.db'))
  database.exec(
    'create table pieces (doc text, n integer, model text, answer text, primary key (doc, n, model))',
  )
  database.close()
}

async function job(dir: string, model: string): Promise<void> {
  await write(dir, {
    'jobs/pieces.job.ts': `import { defineJob, jsonl, openai } from 'offpeak'
export default defineJob({
  name: 'pieces',
  from: jsonl.rows<{ doc: string; text: string }>({ file: 'docs.jsonl', key: 'doc' })
    .chunk({ field: 'text', tokens: 20 }),
  model: openai('${model}'),
  maxTokens: 60,
  prompt: ({ row }) => \`What is in this? \${row.chunk.text}\`,
  to: {
    database: 't.db', upsert: 'pieces', key: ['doc', 'n', 'model'],
    set: ({ row, output, provenance }) => ({ doc: row.doc, n: row.chunk.index, model: provenance.model, answer: output }),
    scope: { of: 'doc', chunk: 'n' },
  },
  budget: { perRun: '$5' },
})
`,
  })
}

function put(dir: string, texts: Readonly<Record<string, string>>): void {
  const lines = Object.entries(texts).map(([doc, text]) => `${JSON.stringify({ doc, text })}\n`)
  writeFileSync(join(dir, 'docs.jsonl'), lines.join(''))
}

async function pieces(dir: string): Promise<readonly string[]> {
  const ran = await call(dir, 'run', 'pieces', '--yes')
  expect(ran.exit, ran.stderr).toBe(0)
  return counted(dir)
}

function counted(dir: string): readonly string[] {
  const database = new DatabaseSync(join(dir, 't.db'))
  const rows = database
    .prepare('select doc, model, count(*) as n, max(n) as last from pieces group by doc, model')
    .all()
  database.close()
  return rows.map(({ doc, model, n, last }) => [doc, model, n, 'up to', last].map(String).join(' '))
}

test('chunks that a text no longer has are removed, and those of another model once theirs are replaced', async () => {
  using folder = temporaryFolder()
  await piecesProject(folder.path)
  await job(folder.path, 'gpt-4o-mini')
  put(folder.path, { a: words(60), b: words(40) })
  const [a = '', b = ''] = await pieces(folder.path)
  expect(a).toMatch(/^a gpt-4o-mini (\d+) up to/)
  put(folder.path, { a: words(15), b: words(40) })
  expect(await pieces(folder.path)).toEqual([expect.stringMatching(/^a gpt-4o-mini [23] up to [12]$/), b])
  await job(folder.path, 'gpt-4.1-mini')
  expect(await pieces(folder.path)).toEqual([
    expect.stringMatching(/^a gpt-4.1-mini [23] up to [12]$/),
    b.replace('gpt-4o-mini', 'gpt-4.1-mini'),
  ])
})

test('chunks at the end of a text that has not changed else are removed at no cost, and asked again when they come back', async () => {
  using folder = temporaryFolder()
  await piecesProject(folder.path)
  await job(folder.path, 'gpt-4o-mini')
  const long = words(70)
  const cut = chunkText(long, { tokens: 20, overlap: 0, tokenizer: await loadTokenizer(undefined) })
  put(folder.path, { a: long, b: words(40) })
  const [a = '', b = ''] = await pieces(folder.path)
  put(folder.path, { a: cut.slice(0, 2).join(''), b: words(40) })
  const planned = await call(folder.path, 'plan', 'pieces', '--json')
  const plan = z.object({ toSend: z.number(), oldChunks: z.number() }).parse(JSON.parse(planned.stdout))
  expect(plan.toSend).toBe(0)
  expect(plan.oldChunks).toBe(cut.length - 2)
  const ran = await call(folder.path, 'run', 'pieces')
  expect(ran.exit, ran.stderr).toBe(0)
  expect(counted(folder.path)).toEqual([a.replace(/ \d+ up to \d+$/, ' 2 up to 1'), b])
  expect((await call(folder.path, 'run', 'pieces')).stderr).toContain('done and unchanged')

  put(folder.path, { a: long, b: words(40) })
  expect(await pieces(folder.path)).toEqual([a, b])
})
