import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { everything } from '../../src/compose/selection.ts'
import { startEmulator } from '../../src/emulator/index.ts'
import { providers } from '../../src/providers/registry.ts'
import { runCli } from '../cli/child.ts'
import { linesOf, temporaryFolder, write } from '../cli/project.ts'
import { begin, carry, reopen } from '../engine/run-kit.ts'
import { openServed } from '../server/server-kit.ts'

/*
 * One job for every service that comes with Offpeak: what changes from one to the next is the line that names the model.
 */

/** What stands in that line, by the service's name in the registry; `url` is where all of them are. */
const models: Readonly<Record<string, (url: string) => string>> = {
  openai: () => "openai('gpt-4o-mini')",
  azure: () => "azure('gpt-4o-mini-batch', { model: 'gpt-4o-mini' })",
  compatible: (url) => `openaiCompatible({ baseUrl: '${url}/v1', apiKeyEnv: 'SHAPE_KEY' })('gpt-4o-mini')`,
  anthropic: () => "anthropic('claude-haiku-5-5')",
  bedrock: () => "bedrock('global.anthropic.claude-haiku-4-5-20251001-v1:0')",
  deepinfra: () => "deepinfra('openai/gpt-oss-120b')",
  groq: () => "groq('openai/gpt-oss-120b')",
  local: (url) => `local({ baseUrl: '${url}/v1', apiKeyEnv: 'SHAPE_KEY' })('gpt-4o-mini')`,
  together: () => "together('openai/gpt-oss-120b')",
  xai: () => "xai('grok-4.3')",
  gemini: () => "gemini('gemini-3.8-flash')",
  mistral: (url) => `mistral('mistral-small-latest', { baseUrl: '${url}/mistral' })`,
}

/** What every service's own SDK, or its documents, read of the environment. */
function environmentAt(url: string): Readonly<Record<string, string>> {
  return {
    OPENAI_API_KEY: 'any-key',
    OPENAI_BASE_URL: `${url}/v1`,
    AZURE_OPENAI_API_KEY: 'any-key',
    AZURE_OPENAI_ENDPOINT: url,
    SHAPE_KEY: 'any-key',
    ANTHROPIC_API_KEY: 'any-key',
    ANTHROPIC_BASE_URL: `${url}/anthropic`,
    GEMINI_API_KEY: 'any-key',
    GOOGLE_GEMINI_BASE_URL: `${url}/gemini`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'any-key',
    AWS_SECRET_ACCESS_KEY: 'any-key',
    AWS_ENDPOINT_URL_BEDROCK: `${url}/bedrock`,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `${url}/bedrock`,
    AWS_ENDPOINT_URL_S3: `${url}/bedrock/s3`,
    BEDROCK_BATCH_ROLE_ARN: 'arn:aws:iam::123456789012:role/batches',
    BEDROCK_BATCH_BUCKET: 'offpeak-emulator',
    TOGETHER_API_KEY: 'any-key',
    TOGETHER_BASE_URL: `${url}/together/v1`,
    MISTRAL_API_KEY: 'any-key',
    XAI_API_KEY: 'any-key',
    XAI_BASE_URL: `${url}/xai/v1`,
    GROQ_API_KEY: 'any-key',
    GROQ_BASE_URL: `${url}/groq`,
    DEEPINFRA_API_KEY: 'any-key',
    DEEPINFRA_API_BASE: `${url}/deepinfra/v1/openai`,
  }
}

/** As many as the least that Bedrock takes (AWS, Quotas of batch inference). */
const rows = 100

const job = `import { defineJob, jsonl } from 'offpeak'
import { anthropic, azure, bedrock, deepinfra, gemini, groq, local, mistral, openai, openaiCompatible, together, xai } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: THE_MODEL,
  maxTokens: 200,
  prompt: ({ row }) => ({ system: 'Say it in short.', user: row.text }),
  output: z.object({ summary: z.string(), topics: z.array(z.string()) }),
  to: { jsonl: 'out.jsonl', line: ({ row, output }) => ({ ...output, was: row.text.length }) },
})
`

async function project(dir: string, url: string, service: string): Promise<void> {
  const env = Object.entries(environmentAt(url)).map(([name, value]) => `${name}=${value}\n`)
  await write(dir, {
    'offpeak.config.ts': `export default ${JSON.stringify({ timings: { pollEveryMs: 30, settleMs: [50], listingLagMs: 50 } })}\n`,
    '.env': env.join(''),
    'notes.jsonl': Array.from(
      { length: rows },
      (_, id) => `${JSON.stringify({ id, text: `Note ${id} tells of a ship that came in at noon.` })}\n`,
    ).join(''),
    'jobs/notes.job.ts': job.replace('THE_MODEL', models[service]?.(url) ?? ''),
  })
}

const written = z.strictObject({
  key: z.string(),
  summary: z.string(),
  topics: z.array(z.string()),
  was: z.number(),
})
test('the registry has no service that is not here', () => {
  expect(Object.keys(models).toSorted()).toEqual(providers.map(({ name }) => name).toSorted())
})

describe('one job, and one line for each service', () => {
  /** The members of what the first service gave, which all others give as well. */
  let shapes: object | null = null

  test.for(Object.keys(models))('%s', { timeout: 120_000 }, async (service) => {
    using folder = temporaryFolder()
    await using emulator = await startEmulator({ speed: 2_000, announces: false })
    await project(folder.path, emulator.url, service)
    await using offpeak = await reopen({ dir: folder.path })
    const plan = await offpeak.plan('notes', everything)
    expect(plan).toMatchObject({ toSend: rows })
    expect(emulator.bill().requests, 'a plan sends nothing').toBe(0)

    const runId = await begin({ offpeak }, {}, 5_000_000)
    expect(await carry({ offpeak }, runId)).toMatchObject({ state: 'done', counts: { merged: rows } })
    const lines = linesOf(join(folder.path, 'out.jsonl'), written)
    expect(new Set(lines.map(({ key }) => key)).size).toBe(rows)
    expect(emulator.bill()).toMatchObject({ requests: rows, duplicate_requests: 0 })

    const found = {
      plan: membersOf(plan),
      status: membersOf(await offpeak.status(runId)),
      money: membersOf((await offpeak.status(runId)).money),
    }
    shapes ??= found
    expect(found).toEqual(shapes)
  })
})

function membersOf(value: object): readonly string[] {
  return Object.keys(value).toSorted()
}

const side = z.object({ model: z.string(), compared: z.number(), costMicroUsd: z.number() })
const comparison = z.object({ common: z.number(), a: side, b: side })

test('two services are set side by side with what each has cost, in the CLI, as JSON and for the dashboard', async () => {
  const [claude, flash] = ["anthropic('claude-haiku-5-5')", "gemini('gemini-3.8-flash')"]
  await using served = await openServed({
    service: { name: 'anthropic, gemini', model: claude, env: ({ url }) => environmentAt(url) },
  })
  const first = await begin(served)
  expect(await carry(served, first)).toMatchObject({ state: 'done' })
  const firstBill = served.emulator.bill().cost_micro_usd

  const file = join(served.dir, 'jobs', 'notes.job.ts')
  writeFileSync(file, readFileSync(file, 'utf8').replace(claude, flash))
  await using other = {
    offpeak: await reopen(served),
    [Symbol.asyncDispose]: () => other.offpeak[Symbol.asyncDispose](),
  }
  const second = await begin(other)
  expect(await carry(other, second)).toMatchObject({ state: 'done' })
  const secondBill = served.emulator.bill().cost_micro_usd - firstBill

  // Processes of their own: what a project says of the environment is not for other tests.
  const compare = (...flags: readonly string[]): ReturnType<typeof runCli> =>
    runCli(served.dir, ['compare', first, second, ...flags])
  const told = comparison.parse(JSON.parse((await compare('--json')).stdout))
  expect(told).toMatchObject({
    common: 12,
    a: { model: 'claude-haiku-5-5', compared: 12 },
    b: { model: 'gemini-3.8-flash', compared: 12 },
  })
  // Each batch is rounded up to a micro-dollar, the bill once as a whole.
  const near = (costMicroUsd: number, bill: number): void => {
    expect(costMicroUsd).toBeGreaterThanOrEqual(Math.floor(bill))
    expect(costMicroUsd - bill).toBeLessThanOrEqual(4)
  }
  near(told.a.costMicroUsd, firstBill)
  near(told.b.costMicroUsd, secondBill)

  const shown = await compare()
  for (const words of ['claude-haiku-5-5', 'gemini-3.8-flash', 'cost per record', 'cost of the run'])
    expect(shown.stdout).toContain(words)

  const answer = await served.ask('GET', `/api/v1/compare?a=${first}&b=${second}`)
  expect(answer.status).toBe(200)
  expect(comparison.parse(answer.json)).toEqual(told)
})
