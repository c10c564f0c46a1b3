import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, temporaryFolder, write } from '../project.ts'

interface Parts {
  readonly from: string
  readonly to: string
  readonly write?: boolean
}

async function project(dir: string, { from, to, write: writes = true }: Parts): Promise<void> {
  await write(dir, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: { speed: 2000, write: ${writes} }, timings: { pollEveryMs: 50 }, budget: { perRun: '$5' } })\n`,
    'jobs/titles.job.ts': `import { azure, defineJob, files, jsonl } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'titles',
  from: ${from},
  model: azure('gpt-4o-mini-batch'),
  maxTokens: 100,
  prompt: ({ row }) => 'A title of: ' + JSON.stringify(row),
  output: z.object({ title: z.string() }),
  to: ${to},
})
`,
  })
}

const rows = "jsonl.rows({ file: 'data/names.jsonl', key: 'k' })"
const names = (...keys: readonly string[]): string => keys.map((k) => `${JSON.stringify({ k })}\n`).join('')

test('a sink of files writes over no file of its source', async () => {
  using folder = temporaryFolder()
  await project(folder.path, { from: "files.text('texts/*.txt')", to: '{ file: ({ row }) => row.path }' })
  await write(folder.path, { 'texts/a.txt': 'one', 'texts/b.txt': 'two' })
  const run = await call(folder.path, 'run', 'titles', '--yes')
  expect([run.exit, run.stderr + run.stdout]).toEqual([
    2,
    expect.stringContaining('the source of the job reads it'),
  ])
  const read = (name: string): string => readFileSync(join(folder.path, 'texts', name), 'utf8')
  expect([read('a.txt'), read('b.txt')]).toEqual(['one', 'two'])
})

test('a sink of files writes over no file of rows that its source reads', async () => {
  using folder = temporaryFolder()
  await project(folder.path, { from: rows, to: "{ file: () => 'data/names.jsonl' }" })
  await write(folder.path, { 'data/names.jsonl': names('a', 'b') })
  expect((await call(folder.path, 'run', 'titles', '--yes')).exit).toBe(2)
  expect(readFileSync(join(folder.path, 'data/names.jsonl'), 'utf8')).toBe(names('a', 'b'))
})

test('a key plants no job file and no configuration, and the other records are written', async () => {
  using folder = temporaryFolder()
  await project(folder.path, {
    from: rows,
    to: "{ file: ({ row }) => (row.k.startsWith('/') ? row.k.slice(1) : 'out/files/' + row.k), content: ({ output }) => output.title }",
  })
  const keys = [
    '../../jobs/victim.job.ts',
    '/jobs/victim.job.ts',
    '/jobs/titles.job.ts',
    '/offpeak.config.ts',
    '/.env',
    '/.offpeak/state.db',
    '/node_modules/zod/index.js',
  ]
  await write(folder.path, { 'data/names.jsonl': names('good', ...keys) })
  const job = readFileSync(join(folder.path, 'jobs/titles.job.ts'), 'utf8')
  const config = readFileSync(join(folder.path, 'offpeak.config.ts'), 'utf8')
  const run = await call(folder.path, 'run', 'titles', '--yes', '--json')
  expect(run.exit).toBe(6)
  expect(readdirSync(join(folder.path, 'jobs'))).toEqual(['titles.job.ts'])
  expect(readFileSync(join(folder.path, 'jobs/titles.job.ts'), 'utf8')).toBe(job)
  expect(readFileSync(join(folder.path, 'offpeak.config.ts'), 'utf8')).toBe(config)
  expect(
    ['.env', 'node_modules', '.offpeak/state.db'].filter((path) => existsSync(join(folder.path, path))),
  ).toEqual([])
  expect(readdirSync(join(folder.path, 'out/files'))).toEqual(['good'])
  const asked = await call(folder.path, 'results', 'titles', '--fields', 'key,outcome')
  for (const key of keys) expect(asked.stdout).toContain(JSON.stringify({ key, outcome: 'unrenderable' }))
})

test('a file of somebody else is refused by the plan, and no line is appended to it', async () => {
  using folder = temporaryFolder()
  await project(folder.path, { from: rows, to: "{ jsonl: 'data/mine.csv' }" })
  await write(folder.path, { 'data/names.jsonl': names('a'), 'data/mine.csv': 'id,text\n1,one\n' })
  for (const words of [
    ['plan', 'titles'],
    ['run', 'titles', '--yes'],
  ]) {
    const refused = await call(folder.path, ...words)
    expect(refused.stderr).toContain('no sink of this kind has begun it')
    expect(refused.exit).not.toBe(0)
  }
  expect(readFileSync(join(folder.path, 'data/mine.csv'), 'utf8')).toBe('id,text\n1,one\n')
  expect(readdirSync(join(folder.path, 'data'))).toEqual(['mine.csv', 'names.jsonl'])
})

test.for(['{ jsonl: "out/titles.jsonl" }', '{ csv: "out/titles.csv" }', '{ parquet: "out/titles" }'])(
  'nothing is made where %s writes by a plan, a try, or a run without records',
  async (to) => {
    for (const writes of [true, false]) {
      using folder = temporaryFolder()
      await project(folder.path, { from: rows, to, write: writes })
      await write(folder.path, { 'data/names.jsonl': names('a') })
      expect((await call(folder.path, 'plan', 'titles')).exit).toBe(0)
      expect((await call(folder.path, 'try', 'titles')).stderr).toContain('Nothing was written.')
      await write(folder.path, { 'data/names.jsonl': '' })
      await call(folder.path, 'run', 'titles', '--yes')
      expect(existsSync(join(folder.path, 'out'))).toBe(false)
    }
  },
)
