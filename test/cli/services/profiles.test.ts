import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../src/emulator/index.ts'
import { readJson } from '../notes-project.ts'
import { call, type Called, temporaryFolder, write } from '../project.ts'

interface Profile {
  readonly name: string
  /** The model as an expression of the job; the name of the model is put in. */
  readonly model: (emulator: Emulator, name: string) => string
  readonly environment: (emulator: Emulator) => Readonly<Record<string, string>>
  readonly quotaKey: string
  /** Whether it is known for sure what the service refuses. */
  readonly isCertain: boolean
}

const azure = (name: string, endpoint: (emulator: Emulator) => string, version?: string): Profile => ({
  name: `Azure, ${name}`,
  model: (_emulator, model) => `azure('${model}-batch')`,
  environment: (emulator) => ({
    AZURE_OPENAI_ENDPOINT: endpoint(emulator),
    AZURE_OPENAI_API_KEY: 'any-key',
    ...(version === undefined ? {} : { AZURE_OPENAI_API_VERSION: version }),
  }),
  quotaKey: 'azure/gpt-4o-mini-batch',
  isCertain: true,
})

const profiles: readonly Profile[] = [
  {
    name: 'OpenAI',
    model: (_emulator, model) => `openai('${model}')`,
    environment: ({ openaiBaseUrl }) => ({ OPENAI_BASE_URL: openaiBaseUrl, OPENAI_API_KEY: 'sk-any' }),
    quotaKey: 'openai/gpt-4o-mini',
    isCertain: true,
  },
  azure('dated paths', ({ azureEndpoint }) => azureEndpoint, '2024-10-21'),
  azure('v1 paths', ({ azureEndpoint }) => `${azureEndpoint}/openai/v1`),
  azure(
    'the address as the portal shows it',
    ({ azureEndpoint }) =>
      `${azureEndpoint}/openai/deployments/gpt-4o-mini-batch/chat/completions?api-version=2025-04-01-preview`,
  ),
  {
    name: 'a compatible service',
    model: ({ openaiBaseUrl }, model) =>
      `openaiCompatible({ baseUrl: '${openaiBaseUrl}', apiKeyEnv: 'OPENAI_API_KEY' })('${model}')`,
    environment: () => ({ OPENAI_API_KEY: 'any-key' }),
    quotaKey: 'compatible/gpt-4o-mini',
    isCertain: false,
  },
]

const names = /^(OPENAI_|AZURE_OPENAI_)/
const before = { ...process.env }

/** The keys and addresses of this process, as a shell would set them. */
function setEnvironment(values: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) if (names.test(name)) delete process.env[name]
  Object.assign(process.env, values)
}

afterEach(() =>
  setEnvironment(
    Object.fromEntries(
      Object.entries(before).flatMap(([name, value]) =>
        names.test(name) && value !== undefined ? [[name, value]] : [],
      ),
    ),
  ),
)

interface Place extends AsyncDisposable {
  readonly emulator: Emulator
  readonly offpeak: (...argv: readonly string[]) => Promise<Called>
  readonly lines: () => readonly string[]
}

/** Ten notes in files of five, at a service that plays these scenarios. */
async function open(
  profile: Profile,
  scenarios: readonly string[],
  {
    job = '',
    model = 'gpt-4o-mini',
    emulator: options = {},
  }: { readonly job?: string; readonly model?: string; readonly emulator?: EmulatorOptions } = {},
): Promise<Place> {
  const folder = temporaryFolder()
  const emulator = await startEmulator({ speed: 2_000, scenarios, ...options })
  setEnvironment(profile.environment(emulator))
  await write(folder.path, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({ emulator: false, batch: { maxRequests: 5 },
  timings: { pollEveryMs: 30, quotaBackoffMs: 50, settleMs: [50], listingLagMs: 50 } })
`,
    'notes.jsonl': Array.from(
      { length: 10 },
      (_, id) => `${JSON.stringify({ id, text: `Note ${id} tells of a ship that came in at noon.` })}\n`,
    ).join(''),
    'jobs/notes.job.ts': `import { azure, defineJob, jsonl, openai, openaiCompatible } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes', model: ${profile.model(emulator, model)}, maxTokens: 100, ${job}
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  prompt: ({ row }) => row.text, output: z.object({ summary: z.string() }), to: { jsonl: 'out.jsonl' },
})
`,
  })
  return {
    emulator,
    offpeak: (...argv) => call(folder.path, ...argv),
    lines: () => readFileSync(join(folder.path, 'out.jsonl'), 'utf8').split('\n').slice(0, -1),
    async [Symbol.asyncDispose]() {
      await emulator.close()
      folder[Symbol.dispose]()
    },
  }
}

const run = ['run', 'notes', '--max-cost', '$1'] as const
const quotas = z.object({
  quotas: z.array(z.object({ key: z.string(), limitTokens: z.number().nullable() })),
})
const status = z.object({
  // Retried ones leave a zero.
  counts: z
    .record(z.string(), z.number())
    .transform((counts) => Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))),
  money: z.object({ spentMicroUsd: z.number(), reservedMicroUsd: z.number() }),
})

describe.for(profiles)('at $name', (profile) => {
  test.for([
    ['all is well', []],
    ['a queue limit is told when the batch is created', ['token-limit-sync']],
    ['a queue limit is told when the file is checked', ['token-limit']],
    ['the batch that failed for the queue limit names two empty files', ['failed-with-files']],
    ['the service is slow to see an uploaded file', ['file-not-visible']],
  ] as const)('every record is answered and paid once where %s', async ([, scenarios]) => {
    await using place = await open(profile, scenarios)
    const ran = await place.offpeak(...run)
    expect(ran.exit, ran.stderr).toBe(0)
    expect(place.lines()).toHaveLength(10)
    expect(place.emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
    const { counts, money } = readJson(status, await place.offpeak('status', 'notes', '--json'))
    expect(counts).toEqual({ merged: 10 })
    expect(money.spentMicroUsd).toBeGreaterThanOrEqual(place.emulator.bill().cost_micro_usd)
    expect(money.reservedMicroUsd).toBe(0)
  })

  test('the limit of the queue is learned from a refusal, and batches wait for room', async () => {
    await using place = await open(profile, [], { emulator: { enqueuedTokenLimit: 300 } })
    const ran = await place.offpeak(...run)
    expect(ran.exit, ran.stderr).toBe(0)
    expect(place.lines()).toHaveLength(10)
    expect(place.emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
    const known = readJson(quotas, await place.offpeak('quota', '--json'))
    expect(known.quotas).toContainEqual(
      expect.objectContaining({ key: expect.stringContaining(profile.quotaKey), limitTokens: 300 }),
    )
  })

  test.for([
    ['a deployment that is not there', ['validation-fail@all:code=model_not_found'], 'model_not_found'],
    [
      'a deployment that is not there, with two empty files',
      ['failed-with-files@all:code=model_not_found'],
      'model_not_found',
    ],
    ['a limit of the account', ['failed-with-files@all:code=billing_hard_limit_reached'], 'billing'],
    ['an upload that is refused', ['upload-refused'], '400'],
    ['an upload that is too large', ['upload-refused:status=413'], '413'],
  ] as const)('%s pauses the run with the words, unpaid', async ([, scenarios, words]) => {
    await using place = await open(profile, scenarios)
    const ran = await place.offpeak(...run)
    expect(ran.exit, ran.stderr).toBe(4)
    expect(ran.stderr).toContain(words)
    expect(place.emulator.bill()).toMatchObject({ requests: 0, cost_micro_usd: 0 })
    const { counts, money } = readJson(status, await place.offpeak('status', 'notes', '--json'))
    expect(counts, 'no record has failed for it').toEqual({})
    expect(money.spentMicroUsd).toBe(0)
  })

  test.for([
    ['a parameter that is not supported', 'unsupported_parameter'],
    ['a value that is not supported', 'unsupported_value'],
    ['a prompt that is too long', 'context_length_exceeded'],
  ] as const)('%s fails its record with the words, unpaid, and is not asked again', async ([, code]) => {
    await using place = await open(profile, [`line-4xx@all:every=5,code=${code}`])
    const ran = await place.offpeak(...run)
    expect(ran.exit, ran.stderr).toBe(6)
    expect(ran.stdout).toContain(code)
    const { counts, money } = readJson(status, await place.offpeak('status', 'notes', '--json'))
    expect(counts).toEqual({ merged: 8, failed: 2 })
    expect(place.emulator.bill()).toMatchObject({ requests: 8, duplicate_requests: 0 })
    expect(money.spentMicroUsd).toBeGreaterThanOrEqual(place.emulator.bill().cost_micro_usd)
  })

  test('a line that the service cannot read fails alone, and the others go again', async () => {
    await using place = await open(profile, ['validation-fail:code=invalid_json_line,line=2'])
    const ran = await place.offpeak(...run)
    expect(ran.exit, ran.stderr).toBe(6)
    const { counts } = readJson(status, await place.offpeak('status', 'notes', '--json'))
    expect(counts).toEqual({ merged: 9, failed: 1 })
    expect(place.emulator.bill()).toMatchObject({ requests: 9, duplicate_requests: 0 })
  })

  test('what a batch has answered before it failed is merged, and what is open is never bought twice', async () => {
    await using place = await open(profile, ['failed-after-running'])
    const ran = await place.offpeak(...run)
    expect(ran.exit, ran.stderr).toBe(0)
    expect(place.lines()).toHaveLength(10)
    expect(place.emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
  })

  test('what a reasoning model refuses is said before anything is sent', async () => {
    await using place = await open(profile, [], { model: 'gpt-5-mini', job: 'temperature: 0.2,' })
    const { exit, stdout, stderr } = await place.offpeak('plan', 'notes')
    const words = `${stdout}${stderr}`.replaceAll(/\s+/g, ' ')
    expect(exit, words).toBe(profile.isCertain ? 2 : 0)
    expect(words).toContain('temperature')
    expect(place.emulator.state().files).toHaveLength(0)
  })
})
