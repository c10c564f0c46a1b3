import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { answeringService } from '../answering-service.ts'
import { call, type Called, jsonOf, temporaryFolder, write } from '../project.ts'

const model = 'gpt-5-mini'
const usage = {
  prompt_tokens: 100,
  completion_tokens: 60,
  total_tokens: 160,
  completion_tokens_details: { reasoning_tokens: 60 },
}
const chat = (content: string | null, finish: string): object => ({
  object: 'chat.completion',
  model,
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: finish }],
  usage,
})

/** A project with a job without a schema over three notes, answered by a service at this address. */
async function project(dir: string, url: string, job: string): Promise<void> {
  await write(dir, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({
  prices: { '${model}': { batch: { input: 1, output: 10 }, realtime: { input: 2, output: 20 } } },
  timings: { pollEveryMs: 20, settleMs: [20], listingLagMs: 20 },
})
`,
    'notes.jsonl': '{"id":1}\n{"id":2}\n{"id":3}\n',
    'jobs/notes.job.ts': `import { defineJob, jsonl, openaiCompatible } from 'offpeak'
export default defineJob({
  name: 'notes', model: openaiCompatible({ baseUrl: '${url}' })('${model}'), maxTokens: 60, ${job}
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }), prompt: ({ row }) => 'Note ' + String(row.id),
  to: { jsonl: 'out.jsonl' },
})
`,
  })
}

interface Ran {
  readonly run: Called
  readonly errors: Called
  readonly written: string
  readonly requests: number
}

/** Runs the job, with each of its requests answered so. */
async function run(answer: (asked: number) => unknown, job = 'retry: { max: 1 },'): Promise<Ran> {
  await using service = await answeringService(answer)
  using folder = temporaryFolder()
  await project(folder.path, service.url, job)
  const ran = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const errors = await call(folder.path, 'errors', 'notes')
  const out = join(folder.path, 'out.jsonl')
  return {
    run: ran,
    errors,
    // A sink to which nothing was written has made no file.
    written: existsSync(out) ? readFileSync(out, 'utf8') : '',
    requests: service.asked.length,
  }
}

test('an answer whose whole limit went into reasoning is truncated, billed, and not bought again', async () => {
  const { run: ran, errors, written, requests } = await run(() => chat('', 'length'), '')
  expect(ran.exit, ran.stderr).toBe(6)
  expect(errors.stdout).toContain('cut at the output limit of 60 tokens; all 60 were reasoning')
  // Three times 100 tokens in and 60 out, at a dollar and at ten for a million.
  expect(ran.stdout).toContain('Cost $0.0021')
  expect([written, requests]).toEqual(['', 3])
})

test('an empty answer is never written, and is billed', async () => {
  const { run: ran, errors, written } = await run((asked) => chat([null, '', ' \n'][asked] ?? null, 'stop'))
  expect(ran.exit, ran.stderr).toBe(6)
  expect(errors.stdout).toContain('3 invalid')
  expect(errors.stdout).toMatch(/the answer is empty; all \d*\s*(of its tokens )?were\s+reasoning/)
  expect(ran.stdout).toContain('Cost $0.0021')
  expect(written).toBe('')
})

test.each(['a nul \0', 'half \ud800'])(
  'an answer that itself is no text (%j) is invalid, and asked again as often as the job says',
  async (text) => {
    const { run: ran, errors, requests } = await run(() => chat(text, 'stop'), 'retry: { max: 2 },')
    expect(ran.exit, ran.stderr).toBe(6)
    expect(errors.stdout).toContain('3 invalid')
    expect(requests).toBe(6)
  },
)

test('a reply without a choice is billed, and asked again only as often as the job says', async () => {
  const empty = await run(() => ({ choices: [], usage }), 'retry: { max: 2 },')
  expect(empty.errors.stdout).toContain('the reply holds no choice (it was billed)')
  expect(empty.run.stdout).toContain('Cost $0.0042')
  expect(empty.requests).toBe(6)
  const filtered = await run(() => ({ choices: [], prompt_filter_results: [{ prompt_index: 0 }], usage }), '')
  expect(filtered.errors.stdout).toContain('3 refused')
  expect(filtered.run.stdout).toContain('Cost $0.0021')
  expect(filtered.requests).toBe(3)
})

test('a reply with neither words nor usage costs what it can at most, and is asked again only as often as the job says', async () => {
  const nothing = await run(() => ({ choices: [] }), 'retry: { max: 2 },')
  expect(nothing.errors.stdout).toContain('the reply holds no choice (it may have been billed)')
  expect(nothing.requests).toBe(6)
  // Six times sixty tokens at ten dollars for a million, and a few of input.
  expect(Number(/Cost \$([\d.]+)/.exec(nothing.run.stdout)?.[1])).toBeGreaterThan(0.0036)
})

test('an answer that a gateway has wrapped as a text is an answer', async () => {
  const { run: ran, written } = await run(() => JSON.stringify(chat('A title.', 'stop')))
  expect(ran.exit, ran.stderr).toBe(0)
  expect(ran.stdout).toContain('Cost $0.0021')
  expect(written).toContain('{"key":"1","output":"A title."}')
})

test('an answer that was tried costs what it can cost at most where nobody says what it did', async () => {
  await using service = await answeringService(() => ({ ...chat('A title.', 'stop'), usage: null }))
  using folder = temporaryFolder()
  await project(folder.path, service.url, '')
  const tried = await call(folder.path, 'try', 'notes', '--only', '1', '--yes', '--json')
  expect(tried.exit, tried.stderr).toBe(0)
  // Sixty tokens at twenty dollars for a million, and a few of input at two.
  const { results } = z
    .object({ results: z.array(z.object({ costMicroUsd: z.number() })) })
    .parse(jsonOf(tried))
  expect(results[0]?.costMicroUsd).toBeGreaterThan(1_200)
})
