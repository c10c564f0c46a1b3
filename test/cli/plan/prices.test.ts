import { expect, test } from 'vitest'
import { z } from 'zod'
import { notesProject, readJson } from '../notes-project.ts'
import { call, temporaryFolder, write } from '../project.ts'

const stepped = z.object({ steps: z.array(z.object({ inputPerMillion: z.number() })) })
const listed = z.object({
  schema: z.literal('offpeak.prices/2'),
  age: z.object({
    asOf: z.string(),
    ageDays: z.number(),
    sources: z.array(
      z.object({ source: z.string(), asOf: z.string(), ageDays: z.number(), rows: z.number() }),
    ),
  }),
  prices: z.array(
    z.object({
      model: z.string(),
      alsoKnownAs: z.array(z.string()),
      override: z.boolean(),
      batch: z.object({ price: stepped, source: z.string() }).nullable(),
      realtime: z.object({ price: stepped }).nullable(),
    }),
  ),
})

test('the table has both delivery modes, dates and sources, and finds a model by its deployment', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const all = await call(folder.path, 'prices')
  expect(all.stdout).toMatch(/model +batch in +cached +out +realtime in/)
  expect(all.stdout).toMatch(/gpt-4o-mini +0\.075 +0\.075 +0\.30 +0\.15 +0\.075 +0\.60 +a\n/)
  expect(all.stdout).toMatch(/^ {2}a {2}\S.*, 20\d\d-\d\d-\d\d$/m)
  expect((await call(folder.path, 'prices', 'gpt-4o-mini')).stdout).toMatch(/Answer +at most 16,384 tokens/)
  const one = readJson(listed, await call(folder.path, 'prices', 'gpt-4o-mini-batch', '--json'))
  expect(one.prices).toMatchObject([{ model: 'gpt-4o-mini', override: false }])
  const some = readJson(listed, await call(folder.path, 'prices', '4.1-', '--json'))
  expect(some.prices.length).toBeGreaterThan(1)
  const long = await call(folder.path, 'prices', 'gpt-5.4')
  expect(long.stdout).toMatch(
    /Batch +1\.25 in, 0\.13 cached, 7\.50 out; above 272,000 tokens of input 2\.50 in, .*, 11\.25 out/,
  )
  const places = await call(folder.path, 'prices', 'gpt-5.4', '--all')
  expect(places.stdout).toMatch(/gpt-5\.4 +azure eu +1\.375 /)
  expect(await call(folder.path, 'prices', 'no-such-model')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('E_PRICE_UNKNOWN'),
  })
})

test('the table says how old it is, and what it leaves out', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const { stdout, stderr } = await call(folder.path, 'prices')
  expect(stdout).toMatch(/the oldest source is \d+ days? old/)
  expect(stderr).toMatch(/\d+ more prices: offpeak prices --all/)
  const { age, prices } = readJson(listed, await call(folder.path, 'prices', '--json'))
  expect(age.sources.reduce((sum, { rows }) => sum + rows, 0)).toBe(prices.length)
  const days = age.sources.map(({ asOf }) => asOf)
  expect(days).toEqual(days.toSorted().toReversed())
  expect(age.asOf).toBe(days.at(-1))
  expect(age.ageDays).toBe(Math.floor((Date.now() - Date.parse(age.asOf)) / 86_400_000))
})

test('prices of the config are marked and stand in place of the table', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, {
    config:
      "prices: { 'gpt-4o-mini': { batch: { input: 1, output: 2 } }, mine: { realtime: { input: 3, output: 4 } } }",
  })
  const { stdout } = await call(folder.path, 'prices', 'gpt-4o-mini')
  expect(stdout).toMatch(/gpt-4o-mini +1\.00 +1\.00 +2\.00 +unknown +unknown +unknown +\*/)
  expect(stdout).toContain('*  your own price')
  const { prices } = readJson(listed, await call(folder.path, 'prices', '--json'))
  expect(prices.filter(({ override }) => override).map(({ model }) => model)).toEqual(['gpt-4o-mini', 'mine'])
  // The dated snapshot still costs what the table says.
  expect(prices.find(({ model }) => model === 'gpt-4o-mini-2024-07-18')).toMatchObject({
    batch: { price: { steps: [{ inputPerMillion: 75_000 }] } },
  })
})

test('--check ends with 2 when the model of a job has no price, and names it', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const known = await call(folder.path, 'prices', '--check')
  expect(known.exit).toBe(0)
  expect(known.stdout).toMatch(/notes +gpt-4o-mini-batch +\+ known +\+ known/)
  await notesProject(folder.path, { model: "azure('our-deployment')" })
  const unknown = await call(folder.path, 'prices', '--check')
  expect(unknown.exit).toBe(2)
  expect(unknown.stdout).toContain('x unknown')
  expect(unknown.stderr).toContain('E_PRICE_UNKNOWN')
  expect(unknown.stderr).toContain("prices: { 'our-deployment'")
  expect(await call(folder.path, 'prices', '--check', '--json')).toMatchObject({
    exit: 2,
    stdout: expect.stringContaining('"ok":false'),
  })
  await write(folder.path, { 'p.json': '{ "our-deployment": { "batch": { "input": 0.1, "output": 0.4 } } }' })
  expect((await call(folder.path, 'prices', '--check', '--set', 'p.json')).exit).toBe(0)
})

test('--set checks a file and says how to name it, which then works', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { model: "azure('our-deployment')" })
  await write(folder.path, {
    'p.json': '{ "our-deployment": { "batch": { "input": 0.1, "output": 0.4 } } }',
    'bad.json': '{ "our-deployment": { "batch": { "input": "0.1", "output": 0.4 } } }',
    'negative.json': '{ "x": { "batch": { "input": -1, "output": 0.4 } } }',
    'unknown.json': '{ "x": { "bach": {} } }',
    'none.json': 'no json',
  })
  for (const [file, words] of [
    ['bad.json', 'our-deployment.batch.input'],
    ['negative.json', 'not a number of dollars'],
    ['unknown.json', 'bach'],
    ['none.json', 'cannot be read'],
    ['not-there.json', 'cannot be read'],
  ] as const)
    expect(await call(folder.path, 'prices', '--set', file)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(words),
    })
  const { exit, stdout, stderr } = await call(folder.path, 'prices', '--set', 'p.json')
  expect(exit).toBe(0)
  expect(stdout).toMatch(/our-deployment +0\.10 +0\.10 +0\.40 .*\*/)
  const line = /import prices from .*/.exec(stderr)?.[0] ?? ''
  expect(line).toBe("import prices from './p.json' with { type: 'json' }")
  await notesProject(folder.path, { model: "azure('our-deployment')", config: 'prices' })
  const config = `${line}\nimport { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: { write: true }, prices })\n`
  await write(folder.path, { 'offpeak.config.ts': config })
  expect((await call(folder.path, 'prices', '--check')).exit).toBe(0)
})
