import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { call, jsonOf, linesOf, temporaryFolder, write } from '../project.ts'

const products = ['anvil', 'bellows', 'chisel', 'drill']

function job({
  to = '',
  prompt = "`${row.name} in ${row.locale}${row.name === 'chisel' && row.locale === 'fr' ? ' [[wrong_schema]]' : ''}`",
} = {}): string {
  return `import { defineJob, jsonl, openai } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'copy',
  from: jsonl
    .rows({ file: 'products.jsonl', key: 'sku', row: z.object({ sku: z.string(), name: z.string() }) })
    .flatMap((row) => ['de', 'en', 'fr'].map((locale) => ({ ...row, locale })))
    .key('sku', 'locale'),
  model: openai('gpt-4o-mini'),
  maxTokens: 60,
  prompt: ({ row }) => ${prompt},
  output: z.object({ text: z.string() }),
  ${to}
  join: {
    jsonl: 'joined.jsonl',
    line: ({ row, rows, output, usage }) => ({
      name: row.name,
      copy: output.map(({ text }, at) => [rows[at]?.locale, text]),
      tokens: usage.outputTokens,
    }),
  },
})
`
}

async function project(dir: string, jobText: string): Promise<void> {
  await write(dir, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 50 }, batch: { maxRequests: 5 } })\n",
    'products.jsonl': products.map((name, at) => `${JSON.stringify({ sku: `sku-${at}`, name })}\n`).join(''),
    'jobs/copy.job.ts': jobText,
  })
}

const joinedLine = z.object({
  key: z.string(),
  name: z.string(),
  copy: z.array(z.tuple([z.string(), z.string()])),
  tokens: z.number(),
})

test('a record is written once all of its parts are good, its parts in their order', async () => {
  using folder = temporaryFolder()
  await project(folder.path, job())
  const ran = await call(folder.path, 'run', 'copy', '--max-cost', '$1')
  expect(ran.exit, ran.stderr).toBe(6)
  const lines = linesOf(join(folder.path, 'joined.jsonl'), joinedLine)
  expect(lines.map(({ key }) => key).toSorted()).toEqual(['sku-0', 'sku-1', 'sku-3'])
  for (const { name, copy, tokens } of lines) {
    expect(copy.map(([locale]) => locale)).toEqual(['de', 'en', 'fr'])
    for (const [locale, text] of copy) expect(text).toContain(`${name} in ${locale}`)
    expect(tokens).toBeGreaterThan(0)
  }
  expect(jsonOf(await call(folder.path, 'status', 'copy', '--json'))).toMatchObject({
    counts: { merged: 9, held: 2, invalid: 1 },
    needsAttention: 1,
  })
})

test('a later run asks only for the part that was missing, and joins it with what was paid for before', async () => {
  using folder = temporaryFolder()
  await project(folder.path, job())
  await call(folder.path, 'run', 'copy', '--max-cost', '$1')
  await write(folder.path, { 'jobs/copy.job.ts': job({ prompt: '`${row.name} in ${row.locale}`' }) })
  const ran = await call(folder.path, 'run', 'copy', '--max-cost', '$1')
  expect(ran.exit, ran.stderr).toBe(0)
  expect(jsonOf(await call(folder.path, 'status', 'copy', '--json'))).toMatchObject({
    selected: 12,
    unchanged: 11,
    counts: { merged: 1 },
  })
  const chisel = linesOf(join(folder.path, 'joined.jsonl'), joinedLine).find(({ key }) => key === 'sku-2')
  expect(chisel?.copy.map(([locale]) => locale)).toEqual(['de', 'en', 'fr'])
})

test('parts may also be written one by one, each as it comes', async () => {
  using folder = temporaryFolder()
  await project(
    folder.path,
    job({
      to: "to: { jsonl: 'each.jsonl', line: ({ output, row }) => ({ locale: row.locale, ...output }) },",
    }),
  )
  await call(folder.path, 'run', 'copy', '--max-cost', '$1')
  expect(linesOf(join(folder.path, 'each.jsonl'), z.object({ locale: z.string() }))).toHaveLength(11)
  expect(linesOf(join(folder.path, 'joined.jsonl'), joinedLine)).toHaveLength(3)
})

test('merging again joins again, at no cost', async () => {
  using folder = temporaryFolder()
  await project(folder.path, job())
  await call(folder.path, 'run', 'copy', '--max-cost', '$1')
  const before = linesOf(join(folder.path, 'joined.jsonl'), joinedLine).length
  const merged = await call(folder.path, 'merge', 'copy')
  expect(merged.stdout, merged.stderr).toContain('Nothing was sent')
  expect(jsonOf(await call(folder.path, 'status', 'copy', '--json'))).toMatchObject({
    counts: { merged: 9, held: 2, invalid: 1 },
  })
  const keys = linesOf(join(folder.path, 'joined.jsonl'), joinedLine).map(({ key }) => key)
  expect(new Set(keys).size).toBe(before)
})

test('a job that says nowhere where its answers go is refused before anything is sent', async () => {
  using folder = temporaryFolder()
  await project(folder.path, job().replace(/join: \{[\s\S]*\n {2}\},\n/, ''))
  const planned = await call(folder.path, 'plan', 'copy')
  expect(planned.exit).toBe(2)
  expect(planned.stderr).toContain('`to`')
  expect(existsSync(join(folder.path, 'joined.jsonl'))).toBe(false)
})
