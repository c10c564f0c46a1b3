import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { runCli } from '../child.ts'
import { readJson } from '../notes-project.ts'
import { call, providerProject, temporaryFolder, write } from '../project.ts'

const names = { first: 'OFFPEAK_TEST_ACCOUNT_A', second: 'OFFPEAK_TEST_ACCOUNT_B' }

async function twoAccounts(dir: string, first: Emulator, second: Emulator): Promise<void> {
  await providerProject(dir, first)
  await write(dir, {
    '.env': `${names.first}=key-a\n${names.second}=key-b\n`,
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({
  timings: { pollEveryMs: 50 },
  batch: { maxRequests: 2, maxConcurrent: 2 },
  quota: { 'compatible/gpt-4o-mini @ west': { enqueuedTokens: 50_000 } },
})
`,
    'jobs/notes.job.ts': `import { defineJob, jsonl, openaiCompatible } from 'offpeak'
import { z } from 'zod'
const service = openaiCompatible({
  baseUrl: '${first.openaiBaseUrl}',
  apiKeyEnv: '${names.first}',
  accounts: [{ name: 'east' }, { name: 'west', baseUrl: '${second.openaiBaseUrl}', apiKeyEnv: '${names.second}' }],
})
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: service('gpt-4o-mini'),
  maxTokens: 100,
  prompt: ({ row }) => row.text,
  output: z.object({ summary: z.string() }),
  to: { jsonl: 'out.jsonl', line: ({ output }) => ({ ...output }) },
})
`,
  })
}

const plan = z.object({
  quota: z.object({
    limitTokens: z.number().nullable(),
    accounts: z.array(
      z.object({ name: z.string(), limitTokens: z.number().nullable(), usedTokens: z.number() }),
    ),
  }),
})
const listed = z.object({
  accounts: z.array(
    z.object({
      account: z.string().nullable(),
      ours: z.array(z.object({ file: z.number() })),
      unlisted: z.array(z.unknown()),
    }),
  ),
})
const status = z.object({ batches: z.array(z.object({ accountName: z.string().nullable() })) })

test('plan, status, batches and doctor tell of each account', async () => {
  using folder = temporaryFolder()
  await using first = await startEmulator({ speed: 1_000, apiKeys: ['key-a'] })
  await using second = await startEmulator({ speed: 1_000, apiKeys: ['key-b'] })
  await twoAccounts(folder.path, first, second)
  expect(readJson(plan, await call(folder.path, 'plan', 'notes', '--json')).quota).toEqual({
    limitTokens: null,
    accounts: [
      { name: 'east', limitTokens: null, usedTokens: 0 },
      { name: 'west', limitTokens: 50_000, usedTokens: 0 },
    ],
  })
  const planned = (await call(folder.path, 'plan', 'notes')).stdout
  expect(planned).toContain('2 accounts, each by the room that it has')
  expect(planned).toContain('west: 50,000 enqueued tokens, 0 in use')

  const ran = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(ran.exit, ran.stderr).toBe(0)
  const { batches } = readJson(status, await call(folder.path, 'status', 'notes', '--json'))
  expect(new Set(batches.map(({ accountName }) => accountName))).toEqual(new Set([null, 'west']))
  const shown = (await call(folder.path, 'status', 'notes')).stdout
  expect(shown).toMatch(/at the provider +account/)
  expect(shown).toMatch(/ west\b/)

  const { accounts } = readJson(listed, await call(folder.path, 'batches', '--json'))
  expect(accounts.map(({ account }) => account)).toEqual(['east', 'west'])
  const files = accounts.map(({ ours }) => ours.map(({ file }) => file))
  expect(files.flat().toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 4])
  for (const each of files) expect(each.length).toBeGreaterThan(0)
  expect((await call(folder.path, 'batches')).stdout).toContain('compatible @ west')

  const doctor = (await call(folder.path, 'doctor', '-v')).stdout.replaceAll(/\s+/g, ' ')
  expect(doctor).toContain('compatible @ east / gpt-4o-mini')
  expect(doctor).toContain('compatible @ west / gpt-4o-mini')
  expect(doctor).toContain(`${names.second} (5 characters)`)
})

test('what is at work with one account is not missed in the list of the other', async () => {
  using folder = temporaryFolder()
  await using first = await startEmulator({ speed: 1 })
  await using second = await startEmulator({ speed: 1 })
  await twoAccounts(folder.path, first, second)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  const { accounts } = readJson(listed, await call(folder.path, 'batches', '--json'))
  expect(accounts.map(({ ours, unlisted }) => [ours.length, unlisted.length])).toEqual([
    [2, 0],
    [2, 0],
  ])
  await call(folder.path, 'cancel', 'notes', '--detach')
})

describe('accounts that cannot answer for each other are refused before anything is sent', () => {
  const cases = [
    {
      what: 'one key under two names',
      env: { OFFPEAK_TEST_SAME: 'sk-key-0000000001' },
      model:
        "openai('gpt-4o-mini', { accounts: [{ apiKeyEnv: 'OPENAI_API_KEY' }, { apiKeyEnv: 'OFFPEAK_TEST_SAME' }] })",
      says: /one and the same at the service/,
    },
    {
      what: 'two versions of the interface',
      env: {
        AZURE_OPENAI_API_KEY: 'azure-key-0000000001',
        OFFPEAK_TEST_DATED:
          'https://a.openai.azure.com/openai/deployments/mini/chat/completions?api-version=2024-10-21',
        OFFPEAK_TEST_V1: 'https://b.openai.azure.com/openai/v1',
      },
      model:
        "azure('mini', { model: 'gpt-4o-mini', accounts: [{ endpointEnv: 'OFFPEAK_TEST_DATED' }, { endpointEnv: 'OFFPEAK_TEST_V1' }] })",
      says: /not asked in the same words/,
    },
    {
      what: 'zones of different prices',
      env: { OFFPEAK_TEST_ZONE: 'sk-key-0000000002', OFFPEAK_TEST_ZONE_URL: 'https://eu.api.openai.com/v1' },
      model:
        "openai('gpt-4o-mini', { accounts: [{ apiKeyEnv: 'OPENAI_API_KEY' }, { apiKeyEnv: 'OFFPEAK_TEST_ZONE', baseUrlEnv: 'OFFPEAK_TEST_ZONE_URL' }] })",
      says: /zones of different prices/,
    },
    {
      what: 'a key that is not set, by its own name',
      env: {},
      model:
        "openai('gpt-4o-mini', { accounts: [{ apiKeyEnv: 'OPENAI_API_KEY' }, { apiKeyEnv: 'OFFPEAK_TEST_UNSET' }] })",
      says: /OFFPEAK_TEST_UNSET is not set/,
    },
    {
      what: 'a deployment of its own',
      env: {},
      model: "azure('mini', { accounts: [{ deployment: 'a' }, { deployment: 'b' }] })",
      says: /An account has no `deployment` of its own/,
    },
  ]
  test.for(cases)('$what', async ({ env, model, says }) => {
    using folder = temporaryFolder()
    await write(folder.path, {
      'notes.jsonl': '{"id":1,"text":"A ship came in."}\n',
      'jobs/notes.job.ts': `import { azure, defineJob, jsonl, openai } from 'offpeak'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }),
  model: ${model},
  maxTokens: 100,
  prompt: ({ row }) => row.text,
  to: { jsonl: 'out.jsonl' },
})
`,
    })
    const closed = 'http://127.0.0.1:9'
    const { exit, stderr } = await runCli(folder.path, ['run', 'notes', '--max-cost', '$1'], {
      OPENAI_API_KEY: 'sk-key-0000000001',
      OPENAI_BASE_URL: `${closed}/v1`,
      HTTPS_PROXY: closed,
      ...env,
    })
    expect(exit).not.toBe(0)
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(says)
  })
})
