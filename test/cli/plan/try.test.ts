import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../../src/emulator/index.ts'
import { offpeakProcess } from '../notes-project.ts'
import {
  call,
  emulatorConfig,
  initProject,
  jsonOf,
  providerProject,
  temporaryFolder,
  write,
} from '../project.ts'

const tried = z.object({
  results: z.array(
    z.object({ key: z.string(), model: z.string(), outcome: z.string(), written: z.string().nullable() }),
  ),
})

test('try shows what would be written, writes nothing, and the next plan counts with its answers', async () => {
  using folder = temporaryFolder()
  await initProject(folder.path)
  expect((await call(folder.path, 'plan', 'headnotes')).stdout).toContain('a guess')
  const { exit, stdout, stderr } = await call(folder.path, 'try', 'headnotes', '-n', '3')
  expect(exit).toBe(0)
  expect(
    stdout.match(/would append key, court, headnote, topics, cost to out\/headnotes\.jsonl/g),
  ).toHaveLength(3)
  expect(stderr).toContain('Nothing was written.')
  expect(
    existsSync(join(folder.path, 'out/headnotes.jsonl')) &&
      readFileSync(join(folder.path, 'out/headnotes.jsonl'), 'utf8'),
  ).toBeFalsy()
  expect((await call(folder.path, 'plan', 'headnotes')).stdout).toContain('as in your tries')
})

test('try --write writes, and what it wrote is not sent again', async () => {
  using folder = temporaryFolder()
  await initProject(folder.path)
  const called = await call(folder.path, 'try', 'headnotes', '--only', '1003,1004', '--write', '--json')
  expect(
    tried.parse(jsonOf(called)).results.map(({ key, outcome, written }) => ({ key, outcome, written })),
  ).toEqual([
    { key: '1003', outcome: 'accepted', written: 'written' },
    { key: '1004', outcome: 'accepted', written: 'written' },
  ])
  expect(readFileSync(join(folder.path, 'out/headnotes.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(2)
  expect(jsonOf(await call(folder.path, 'plan', 'headnotes', '--json'))).toMatchObject({
    unchanged: 2,
    toSend: 48,
  })
})

test('several models are asked side by side about the same records', async () => {
  using folder = temporaryFolder()
  await initProject(folder.path, '--provider', 'openai')
  const { results } = tried.parse(
    jsonOf(
      await call(
        folder.path,
        'try',
        'headnotes',
        '-n',
        '2',
        '--model',
        'gpt-4o-mini',
        '--model',
        'gpt-4.1-nano',
        '--json',
      ),
    ),
  )
  expect(results.map(({ key, model }) => `${key} ${model}`).toSorted()).toEqual([
    '1008 gpt-4.1-nano',
    '1008 gpt-4o-mini',
    '1047 gpt-4.1-nano',
    '1047 gpt-4o-mini',
  ])
})

test('a key that the source does not have is named before anything is sent', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator()
  await providerProject(folder.path, emulator)
  const { exit, stderr } = await call(folder.path, 'try', 'notes', '--only', '3,33', '--yes')
  expect(stderr).toContain('has no record 33')
  expect(exit).toBe(2)
  expect(emulator.bill().synchronous_requests).toBe(0)
})

test('where nobody can be asked, try sends nothing without an amount, and nothing that can cost more than it', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator()
  await providerProject(folder.path, emulator)
  const silent = await call(folder.path, 'try', 'notes')
  expect(silent.exit).toBe(2)
  expect(silent.stderr).toContain('E_CONSENT')
  const poor = await call(folder.path, 'try', 'notes', '--max-cost', '$0.00001')
  expect(poor.exit).toBe(5)
  expect(poor.stderr).toContain('Nothing was sent.')
  expect(emulator.bill().synchronous_requests).toBe(0)
  const agreed = await call(folder.path, 'try', 'notes', '-n', '2', '--max-cost', '$0.01')
  expect(agreed.exit).toBe(0)
  expect(emulator.bill()).toMatchObject({ synchronous_requests: 2, duplicate_requests: 0 })
})

test('a call that ends without an answer is not repeated and is said to be possibly paid', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator()
  await providerProject(folder.path, emulator)
  emulator.addFault({ operation: 'chat.completions', when: 'after', action: { type: 'drop' } })
  const { exit, stdout, stderr } = await call(
    folder.path,
    'try',
    'notes',
    '--only',
    '4',
    '--yes',
    '--max-cost',
    '$1',
  )
  expect(exit).toBe(6)
  expect(stdout).toContain('no answer')
  expect(stderr).toContain('may have been paid')
  expect(emulator.bill().synchronous_requests).toBe(1)
})

test('a key that is refused ends the try with its own exit code', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ apiKeys: ['the-right-one'] })
  await providerProject(folder.path, emulator, 'a-wrong-one')
  const { exit, stderr, stdout } = await call(folder.path, 'try', 'notes', '-n', '10', '--max-cost', '$1')
  expect(exit).toBe(3)
  expect(stdout).toContain('not sent')
  expect(stderr).toContain('The provider refused')
  expect(stdout + stderr).not.toContain('a-wrong-one')
})

/** Four tools of two kinds, each asked about in three languages, of which one always gets an answer of the wrong shape. */
async function toolsProject(dir: string): Promise<void> {
  await write(dir, {
    'offpeak.config.ts': emulatorConfig,
    'tools.jsonl': ['anvil', 'bellows', 'chisel', 'drill']
      .map((name, at) => `${JSON.stringify({ sku: `t-${at}`, name, kind: at < 3 ? 'hand' : 'power' })}\n`)
      .join(''),
    'jobs/tools.job.ts': `import { defineJob, jsonl, openai } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'tools',
  from: jsonl
    .rows({ file: 'tools.jsonl', key: 'sku', row: z.object({ sku: z.string(), name: z.string(), kind: z.string() }) })
    .flatMap((row) => ['de', 'en', 'fr'].map((locale) => ({ ...row, locale })))
    .key('sku', 'locale'),
  model: openai('gpt-4o-mini'),
  maxTokens: 60,
  prompt: ({ row }) => \`\${row.name} in \${row.locale}\${row.name === 'drill' ? ' [[wrong_schema]]' : ''}\`,
  output: z.object({ text: z.string() }),
  join: { jsonl: 'out.jsonl', line: ({ output }) => ({ output }) },
})
`,
  })
}

test('--per tries so many records of each value of a field', async () => {
  using folder = temporaryFolder()
  await toolsProject(folder.path)
  const called = await call(folder.path, 'try', 'tools', '-n', '2', '--per', 'kind', '--json')
  expect(tried.parse(jsonOf(called)).results.map(({ key }) => key.replace('\u001f', ' '))).toEqual([
    't-0 de',
    't-1 en',
    't-3 en',
    't-3 fr',
  ])
  const wrong = await call(folder.path, 'try', 'tools', '--per', 'colour')
  expect(wrong.exit).toBe(2)
  expect(wrong.stderr).toContain('the fields are sku, name, kind, locale')
})

test('the key of a record in parts means all of its parts, wherever keys are named', async () => {
  using folder = temporaryFolder()
  await toolsProject(folder.path)
  const called = await call(folder.path, 'try', 'tools', '--only', 't-2', '--json')
  const { results } = tried.parse(jsonOf(called))
  expect(results.map(({ key }) => key)).toEqual(['t-2\u001fde', 't-2\u001fen', 't-2\u001ffr'])
  const planned = await call(folder.path, 'plan', 'tools', '--only', 't-2,t-9', '--json')
  expect(jsonOf(planned)).toMatchObject({ selected: 3, sourceRecords: 1 })
  expect(planned.stderr).toContain('1 of 2 keys is not in the source')
  await call(folder.path, 'run', 'tools', '--only', 't-2,t-3', '--yes', '--max-cost', '$1')
  const again = await call(folder.path, 'retry', 'tools', '--only', 't-3', '--max-cost', '$1')
  expect(again.stderr).toContain('3 requests of run')
  const shown = await call(folder.path, 'show', 'tools', 't-3')
  expect(shown.exit).toBe(2)
  expect(shown.stderr).toContain('t-3/de, t-3/en, t-3/fr')
})

test('--out leaves a file for each result, and the summary says how many answers fit the schema', async () => {
  using folder = temporaryFolder()
  await toolsProject(folder.path)
  const called = await call(folder.path, 'try', 'tools', '--only', 't-2,t-3', '--out', 'test_results')
  expect(called.exit).toBe(6)
  expect(called.stderr).toContain('6 files in test_results')
  expect(called.stderr).toContain('Schema compliance: 3 of 6 answers (50 %) · success: 3 of 6 (50 %)')
  expect(called.stdout.match(/waits for the other parts of its record/g)).toHaveLength(3)
  expect(readdirSync(join(folder.path, 'test_results')).toSorted()).toEqual(
    ['2', '3'].flatMap((id) => ['de', 'en', 'fr'].map((locale) => `t-${id}_${locale}.json`)),
  )
  const file: unknown = JSON.parse(readFileSync(join(folder.path, 'test_results/t-2_de.json'), 'utf8'))
  const misfit: unknown = JSON.parse(readFileSync(join(folder.path, 'test_results/t-3_de.json'), 'utf8'))
  expect(misfit).toMatchObject({ outcome: 'invalid', output: null, text: expect.any(String) })
  expect(file).toMatchObject({
    schema: 'offpeak.try-result/2',
    key: 't-2/de',
    outcome: 'held',
    output: { text: expect.any(String) },
  })
})

test('--out writes over what it has written, and over nothing else, before anything is asked', async () => {
  using folder = temporaryFolder()
  await toolsProject(folder.path)
  const words = ['try', 'tools', '--only', 't-2', '--out', 'results']
  const file = join(folder.path, 'results/t-2_en.json')
  expect((await call(folder.path, ...words)).stderr).toContain('3 files in results')
  expect((await call(folder.path, ...words)).stderr).toContain('3 files in results')
  await write(folder.path, { 'results/t-2_en.json': 'of a person\n' })
  const refused = await call(folder.path, ...words)
  expect(refused).toMatchObject({ exit: 2, stdout: '' })
  expect(refused.stderr.replaceAll(/\s+/g, ' ')).toMatch(/t-2_en\.json is there.*--force/)
  expect(readFileSync(file, 'utf8')).toBe('of a person\n')
  expect((await call(folder.path, ...words, '--force')).stderr).toContain('3 files in results')
  expect(readFileSync(file, 'utf8')).toContain('offpeak.try-result/2')
})

test('what only a run can write is refused before anything is asked', async () => {
  using folder = temporaryFolder()
  await toolsProject(folder.path)
  const { exit, stderr } = await call(folder.path, 'try', 'tools', '--write')
  expect(exit).toBe(2)
  expect(stderr).toContain('only a run does')
})

const money = z.object({ total: z.object({ spentMicroUsd: z.number(), reservedMicroUsd: z.number() }) })

test('what a try costs is in the ledger: costs say what the bill says, also of a call without an answer', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ announces: false })
  await providerProject(folder.path, emulator)
  await call(folder.path, 'try', 'notes', '-n', '3', '--max-cost', '$0.01')
  const spent = (): Promise<z.infer<typeof money>['total']> =>
    call(folder.path, 'costs', '--json').then((called) => money.parse(jsonOf(called)).total)
  const first = await spent()
  expect(first.spentMicroUsd).toBeGreaterThanOrEqual(emulator.bill().cost_micro_usd)
  expect(first.spentMicroUsd - emulator.bill().cost_micro_usd, 'rounded up once a call').toBeLessThanOrEqual(
    3,
  )
  emulator.addFault({ operation: 'chat.completions', when: 'after', action: { type: 'drop' } })
  await call(folder.path, 'try', 'notes', '--only', '4', '--max-cost', '$1')
  const second = await spent()
  expect(second.spentMicroUsd).toBeGreaterThanOrEqual(emulator.bill().cost_micro_usd)
  expect(second.reservedMicroUsd).toBe(0)
  expect(jsonOf(await call(folder.path, 'status', '--json')), 'it is no run of the job').toMatchObject({
    runs: [],
  })
})

test.each([
  ['the job', 'jobs/notes.job.ts', 'maxTokens: 100,', "maxTokens: 100, budget: { perDay: '$0.00029' },"],
  ['the configuration', 'offpeak.config.ts', 'timings:', "budget: { perDay: '$0.00029' }, timings:"],
])(
  'a try keeps to the budget of a day of %s, with what runs and other tries have spent of it',
  async (_, file, line, changed) => {
    using folder = temporaryFolder()
    await using emulator = await startEmulator({ announces: false })
    await providerProject(folder.path, emulator)
    const text = readFileSync(join(folder.path, file), 'utf8')
    expect(text).toContain(line)
    await write(folder.path, { [file]: text.replace(line, changed) })
    const first = await call(folder.path, 'try', 'notes', '-n', '4', '--max-cost', '$1')
    expect(first.exit, first.stderr).toBe(0)
    const billed = emulator.bill().synchronous_requests
    const second = await call(folder.path, 'try', 'notes', '-n', '4', '--max-cost', '$1')
    expect(second.exit, second.stderr).toBe(5)
    expect(second.stderr).toMatch(/of \$0\.00029\d* is left for today/)
    expect(emulator.bill().synchronous_requests).toBe(billed)
  },
)

test('a try whose process was killed is booked as possibly paid by the next one, and holds nothing any more', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ announces: false })
  await providerProject(folder.path, emulator)
  const config = join(folder.path, 'offpeak.config.ts')
  await write(folder.path, {
    'offpeak.config.ts': readFileSync(config, 'utf8').replace(
      'pollEveryMs: 50',
      'pollEveryMs: 50, leaseMs: 1_000',
    ),
  })
  emulator.addFault({ operation: 'chat.completions', when: 'before', action: { type: 'hang', ms: 60_000 } })
  const child = await offpeakProcess(folder.path, ['try', 'notes', '--only', '4', '--max-cost', '$1'], {
    whenSaid: ['Asking 1 record', 'SIGKILL'],
  })
  expect(child.signal).toBe('SIGKILL')
  emulator.clearFaults()
  await sleep(1_500)
  await call(folder.path, 'try', 'notes', '--only', '5', '--max-cost', '$1')
  const costs = money.parse(jsonOf(await call(folder.path, 'costs', '--json')))
  expect(costs.total.reservedMicroUsd).toBe(0)
  expect(costs.total.spentMicroUsd).toBeGreaterThanOrEqual(emulator.bill().cost_micro_usd)
})

test('a try that an emulator has answered is simulated: it is in no costs, and uses up no budget of a day', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator()
  await providerProject(folder.path, emulator)
  const path = join(folder.path, 'jobs/notes.job.ts')
  await write(folder.path, {
    'jobs/notes.job.ts': readFileSync(path, 'utf8').replace(
      'maxTokens: 100,',
      "maxTokens: 100, budget: { perDay: '$0.00029' },",
    ),
  })
  for (const requests of [4, 8]) {
    const tried = await call(folder.path, 'try', 'notes', '-n', '4', '--max-cost', '$1')
    expect(tried.exit, tried.stderr).toBe(0)
    expect(emulator.bill().synchronous_requests).toBe(requests)
  }
  const { total } = money.parse(jsonOf(await call(folder.path, 'costs', '--json')))
  expect(total).toMatchObject({ spentMicroUsd: 0, reservedMicroUsd: 0 })
})
