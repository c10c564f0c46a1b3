import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { call, initProject, jsonOf, linesOf, temporaryFolder, write } from '../project.ts'

test('init writes a project into an empty folder and says what comes next', async () => {
  using folder = temporaryFolder()
  const { exit, stdout, stderr } = await call(folder.path, 'init', 'cases')
  expect(exit).toBe(0)
  for (const file of [
    'offpeak.config.ts',
    'jobs/headnotes.job.ts',
    'data/cases.jsonl',
    '.env.example',
    'package.json',
    '.gitignore',
  ])
    expect(existsSync(join(folder.path, 'cases', file)), file).toBe(true)
  expect(stdout).toContain('data/cases.jsonl (50 records)')
  expect(stderr).toContain('cd cases')
  expect(stderr).toContain('offpeak dev')
})

test.each([
  ['headnotes', 'azure', 50],
  ['headnotes', 'openai', 50],
  ['headnotes', 'compatible', 50],
  ['transcripts', 'azure', 2],
  ['transcripts', 'compatible', 2],
  ['lessons', 'openai', 4],
  ['lessons', 'compatible', 4],
  ['products', 'azure', 27],
  ['products', 'openai', 27],
  ['products', 'compatible', 27],
  ['headnotes', 'deepinfra', 50],
  ['headnotes', 'groq', 50],
  ['headnotes', 'local', 50],
  ['headnotes', 'together', 50],
  ['blank', 'azure', 3],
  ['blank', 'openai', 3],
  ['blank', 'bedrock', 3],
  ['blank', 'xai', 3],
  ['headnotes', 'bedrock', 50],
  ['headnotes', 'xai', 50],
  ['blank', 'compatible', 3],
  ['headnotes', 'gemini', 50],
  ['headnotes', 'mistral', 50],
])('what init writes from %s for %s can be planned as it is', async (template, provider, records) => {
  using folder = temporaryFolder()
  await initProject(folder.path, '--template', template, '--provider', provider)
  const planned = await call(folder.path, 'plan', template === 'blank' ? 'example' : template, '--json')
  expect(planned.stderr.trim().split('\n')).toEqual([expect.stringMatching(/^SIMULATED/)])
  expect(jsonOf(planned)).toMatchObject({ toSend: records, unusable: 0, cost: expect.any(Object) })
})

test.each(['azure', 'openai', 'deepinfra', 'gemini', 'groq', 'local', 'mistral', 'together', 'compatible'])(
  'the enrichment template for %s has a summary and a vector for each event',
  async (provider) => {
    using folder = temporaryFolder()
    await initProject(folder.path, '--template', 'enrichment', '--provider', provider)
    const summaries = jsonOf(await call(folder.path, 'plan', 'summaries', '--json'))
    const embeddings = jsonOf(await call(folder.path, 'plan', 'embeddings', '--json'))
    expect(summaries).toMatchObject({ toSend: 40, unusable: 0, cost: expect.any(Object) })
    expect(embeddings).toMatchObject({ sourceRecords: 40, unusable: 0, cost: expect.any(Object) })
    if (provider !== 'azure') return
    const ran = await call(folder.path, 'run', 'summaries', 'embeddings', '--max-cost', '$1')
    expect(ran.exit, ran.stderr).toBe(0)
    const vectors = linesOf(
      join(folder.path, 'out/embeddings.jsonl'),
      z.object({ embedding: z.array(z.number()).length(1_536) }),
    )
    expect(vectors).toHaveLength(40)
    expect(
      linesOf(join(folder.path, 'out/summaries.jsonl'), z.object({ summary_en: z.string() })),
    ).toHaveLength(40)
  },
)

test('what init writes runs to its end with the emulator', async () => {
  using folder = temporaryFolder()
  await initProject(folder.path)
  const { exit, stdout } = await call(folder.path, 'run', 'headnotes', '--max-cost', '$1')
  expect(stdout).toContain('50 of 50 records')
  expect(exit).toBe(0)
  const lines = linesOf(join(folder.path, 'out/headnotes.jsonl'), z.object({ key: z.string() }))
  expect(new Set(lines.map(({ key }) => key)).size).toBe(50)
})

test.each(['deepinfra', 'groq', 'local', 'together'])(
  'what init writes for %s runs to its end with the emulator',
  async (provider) => {
    using folder = temporaryFolder()
    await initProject(folder.path, '--template', 'blank', '--provider', provider)
    const { exit, stdout, stderr } = await call(folder.path, 'run', 'example', '--max-cost', '$1')
    expect(exit, stderr).toBe(0)
    expect(stdout).toContain('3 of 3 records')
  },
)

test.each([
  ['transcripts', 'data/transcripts/minutes.json', 'Nobody could say who had paid for the crane'],
  ['lessons', 'lessons/M1-L004.md', '# A rule for meeting others'],
])('what init writes of %s becomes files', async (template, file, text) => {
  using folder = temporaryFolder()
  await initProject(folder.path, '--template', template)
  const { exit, stdout, stderr } = await call(folder.path, 'run', template, '--max-cost', '$1')
  expect(exit, stdout + stderr).toBe(0)
  expect(readFileSync(join(folder.path, file), 'utf8')).toContain(text)
})

test('init overwrites nothing: it lists what is in the way and writes no file at all', async () => {
  using folder = temporaryFolder()
  await write(folder.path, { 'jobs/headnotes.job.ts': 'mine', 'data/cases.jsonl': 'mine too' })
  const { exit, stderr } = await call(folder.path, 'init')
  expect(exit).toBe(2)
  expect(stderr).toContain('jobs/headnotes.job.ts')
  expect(stderr).toContain('data/cases.jsonl')
  expect(existsSync(join(folder.path, 'offpeak.config.ts'))).toBe(false)
  expect(readFileSync(join(folder.path, 'jobs/headnotes.job.ts'), 'utf8')).toBe('mine')
})

test('init leaves a package.json alone and adds to a .gitignore only what is missing', async () => {
  using folder = temporaryFolder()
  await write(folder.path, { 'package.json': '{"name":"mine"}', '.gitignore': 'node_modules/\n.env' })
  const { exit } = await call(folder.path, 'init')
  expect(exit).toBe(0)
  expect(readFileSync(join(folder.path, 'package.json'), 'utf8')).toBe('{"name":"mine"}')
  expect(readFileSync(join(folder.path, '.gitignore'), 'utf8')).toBe(
    'node_modules/\n.env\n.offpeak/\n.env.local\n',
  )
})

test('init for Bedrock says which packages it is called with', async () => {
  using folder = temporaryFolder()
  const { stdout, stderr } = await call(folder.path, 'init', '--template', 'blank', '--provider', 'bedrock')
  expect(stdout + stderr).toContain('npm install @aws-sdk/client-bedrock @aws-sdk/client-s3')
})

test.each(['bedrock', 'xai'])(
  'what init writes for %s is answered by the emulator in it',
  async (provider) => {
    using folder = temporaryFolder()
    await initProject(folder.path, '--template', 'blank', '--provider', provider)
    const ran = await call(folder.path, 'run', 'example', '--max-cost', '$1', '--yes')
    expect(ran.exit, ran.stderr).toBe(0)
    expect(ran.stdout).toContain('3 of 3 records')
  },
)
