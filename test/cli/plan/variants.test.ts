import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { call, jsonOf, linesOf, temporaryFolder, write } from '../project.ts'

async function project(dir: string, min: number, long = 'Tell at length of'): Promise<void> {
  await write(dir, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 50 } })\n",
    'notes.jsonl': Array.from(
      { length: 20 },
      (_, id) => `${JSON.stringify({ id, text: `Note ${id} tells of a ship.` })}\n`,
    ).join(''),
    'jobs/notes.job.ts': `import { defineJob, jsonl, openai } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: openai('gpt-4o-mini'), maxTokens: 60,
  variants: {
    short: ({ row }) => \`Name \${row.text}\`,
    long: ({ row }) => \`${long} \${row.text}\`,
  },
  output: z.object({ text: z.string() }),
  score: { of: ({ output }) => (output.text.includes('length') ? 0.9 : 0.3), min: ${min} },
  to: { jsonl: 'out.jsonl', line: ({ output, score, variant }) => ({ ...output, score, variant }) },
})
`,
  })
}

const line = z.object({
  key: z.string(),
  text: z.string(),
  score: z.number(),
  variant: z.enum(['short', 'long']),
})

const comparison = z.object({
  a: z.object({ records: z.number(), validPercent: z.number(), score: z.number() }),
  b: z.object({ records: z.number(), validPercent: z.number(), score: z.number() }),
  both: z.number(),
  changed: z.number(),
})

test('every record is asked with one variant, which the sink is told', async () => {
  using folder = temporaryFolder()
  await project(folder.path, 0)
  expect((await call(folder.path, 'run', 'notes', '--max-cost', '$1')).exit).toBe(0)
  const lines = linesOf(join(folder.path, 'out.jsonl'), line)
  expect(lines).toHaveLength(20)
  for (const { text, variant, score } of lines) {
    expect(text.includes('length')).toBe(variant === 'long')
    expect(score).toBe(variant === 'long' ? 0.9 : 0.3)
  }
  const { a, b } = comparison.parse(jsonOf(await call(folder.path, 'compare', 'notes', '--json')))
  expect(a.records + b.records).toBe(20)
  expect([a.score, b.score]).toEqual([expect.closeTo(0.3), expect.closeTo(0.9)])
})

test('an answer that scores below the minimum is not written and waits for a person', async () => {
  using folder = temporaryFolder()
  await project(folder.path, 0.5)
  const ran = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(ran.exit, ran.stderr).toBe(6)
  expect(ran.stdout).toContain('scored below 0.5')
  expect(linesOf(join(folder.path, 'out.jsonl'), line).every(({ variant }) => variant === 'long')).toBe(true)
})

test('two runs are compared record by record', async () => {
  using folder = temporaryFolder()
  await project(folder.path, 0)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  await project(folder.path, 0, 'Tell at great length of')
  await call(folder.path, 'run', 'notes', '--redo', '--max-cost', '$1')
  const listed = z
    .object({ runs: z.array(z.object({ run: z.string() })) })
    .parse(jsonOf(await call(folder.path, 'status', '--json')))
  const [second = '', first = ''] = listed.runs.map(({ run }) => run)
  const { both, changed } = comparison.parse(
    jsonOf(await call(folder.path, 'compare', first, second, '--json')),
  )
  expect(both).toBe(20)
  const long = linesOf(join(folder.path, 'out.jsonl'), line).filter(({ text }) => text.includes('great'))
  expect(changed).toBe(long.length)
  const shown = await call(folder.path, 'compare', first, second)
  expect(shown.stdout).toContain(`${changed} of 20 accepted answers that both have differ`)
})

test('what waits for a person is not asked again by the next run, and is written when the minimum is lowered', async () => {
  using folder = temporaryFolder()
  await project(folder.path, 0.5)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const again = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(again.stderr).toContain('Nothing was sent')
  await project(folder.path, 0)
  const merged = await call(folder.path, 'merge', 'notes', '--today')
  expect(merged.exit, merged.stderr).toBe(0)
  const keys = linesOf(join(folder.path, 'out.jsonl'), line).map(({ key }) => key)
  expect(new Set(keys).size).toBe(20)
})
