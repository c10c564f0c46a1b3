import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { answeringService } from '../answering-service.ts'
import { notesProject } from '../notes-project.ts'
import { call, jsonOf, temporaryFolder } from '../project.ts'

const reasoning = "azure('gpt-5-mini-batch')"

test('what each request would fail for is said by plan, try and run, before anything is sent', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { model: reasoning, job: 'temperature: 0.2, maxTokens: 4_000,' })
  for (const argv of [
    ['plan', 'notes'],
    ['try', 'notes', '-n', '1', '--yes'],
    ['run', 'notes', '--yes'],
  ]) {
    const { exit, stderr } = await call(folder.path, ...argv)
    expect(exit).toBe(2)
    expect(stderr).toContain('`temperature: 0.2` is refused by gpt-5-mini-batch, which is a reasoning model')
    expect(stderr).toContain('job notes')
    expect(stderr).toContain('leave out `temperature`')
    expect(stderr).toContain('Nothing was sent.')
  }
})

test('several faults are said at once', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, {
    job: "parameters: { n: 3, stream: true, service_tier: 'priority', max_tokens: 50 },",
  })
  const { exit, stderr } = await call(folder.path, 'plan', 'notes')
  expect(exit).toBe(2)
  for (const words of [
    '`n: 3` buys 3 answers',
    '`stream` has no use',
    '`service_tier` changes',
    'both limit the answer',
  ])
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(words)
  expect(stderr).toContain('maxTokens: 100 in the job')
})

test('more than the model can write is refused, with what it can', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { job: 'maxTokens: 20_000,' })
  const { exit, stderr } = await call(folder.path, 'plan', 'notes')
  expect(exit).toBe(2)
  expect(stderr).toContain('maxTokens: 16384, or less')
})

test('what may fail is a warning of the plan', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { model: reasoning })
  const { exit, stdout } = await call(folder.path, 'plan', 'notes')
  expect(exit).toBe(0)
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'Warning what gpt-5-mini-batch thinks counts against the limit of 100 tokens; an answer may be cut before its first word (raise `maxTokens`: only what is used is billed)',
  )
})

test('a job without `maxTokens` is bounded by what its model can write', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { job: 'maxTokens: undefined,' })
  const { exit, stdout, stderr } = await call(folder.path, 'run', 'notes', '--max-cost', '$5')
  expect(exit, stderr).toBe(0)
  expect(stdout).toContain('12 of 12 records')
})

test('a limit that only a further field names goes to a gateway as it is, and bounds the cost', async () => {
  await using service = await answeringService(() => ({
    choices: [{ message: { content: '{"summary":"x"}' } }],
  }))
  using folder = temporaryFolder()
  await notesProject(folder.path, {
    emulator: 'none',
    model: `openaiCompatible({ baseUrl: '${service.url}' })('gpt-5-mini')`,
    config: "prices: { 'gpt-5-mini': { batch: { input: 1, output: 10 } } },",
    job: 'maxTokens: undefined, parameters: { max_completion_tokens: 60 },',
  })
  const planned = await call(folder.path, 'plan', 'notes', '--json')
  expect(jsonOf(planned)).toMatchObject({ outputTokensPerRecord: { atMost: 60 } })
  const run = await call(folder.path, 'run', 'notes', '--yes')
  expect(run.exit, run.stderr).toBe(0)
  expect(service.asked[0]).toMatchObject({ max_completion_tokens: 60 })
  expect(service.asked[0]).not.toHaveProperty('max_tokens')
})

test('a service that refuses metadata says what leaves it out, and is asked so', async () => {
  await using service = await answeringService(
    () => ({ choices: [{ message: { content: '{"summary":"x"}' } }] }),
    { takesMetadata: false },
  )
  using folder = temporaryFolder()
  const ask = (more: string): Promise<void> =>
    notesProject(folder.path, {
      emulator: 'none',
      model: `openaiCompatible({ baseUrl: '${service.url}'${more} })('gpt-5-mini')`,
      config: "prices: { 'gpt-5-mini': { batch: { input: 1, output: 10 } } },",
    })
  await ask('')
  const refused = await call(folder.path, 'run', 'notes', '--yes')
  expect(refused.exit).toBe(4)
  expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain(
    'Unknown parameter: metadata (openaiCompatible({ takesMetadata: false, … }) leaves it out)',
  )
  expect(refused.stderr).toMatch(/Then: offpeak resume/)
  await ask(', takesMetadata: false')
  const run = await call(folder.path, 'resume', 'notes')
  expect(run.exit, run.stderr).toBe(0)
  expect(run.stdout).toContain('12 of 12 records')
  expect(service.asked).toHaveLength(12)
})

test('a record that the model cannot read is said by plan and left out by run', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 3 })
  appendFileSync(
    join(folder.path, 'notes.jsonl'),
    `${JSON.stringify({ id: 99, text: 'ship '.repeat(128_000) })}\n`,
  )
  const planned = await call(folder.path, 'plan', 'notes')
  expect(planned.stdout).toContain('1 unusable')
  expect(planned.stdout).toMatch(/record 99: the prompt is 128,0\d\d tokens and its answer up to 100/)
  const run = await call(folder.path, 'run', 'notes', '--yes')
  expect(run.exit).toBe(6)
  expect(run.stdout).toContain('3 of 4 records are in out.jsonl. 1 needs attention:')
  expect(run.stdout).toContain('oversize: the prompt is 128,0')
})
