import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { runCli } from '../child.ts'
import { readJson } from '../notes-project.ts'
import { temporaryFolder, write } from '../project.ts'

interface Service {
  readonly name: 'anthropic' | 'gemini' | 'bedrock'
  readonly model: string
  /** Records of one file; Bedrock takes no fewer. */
  readonly perFile: number
  /** The environment with which the accounts are found at these emulators. */
  readonly env: (first: Emulator, second: Emulator) => Readonly<Record<string, string>>
  /** What `doctor` says of each account. */
  readonly seen: readonly string[]
}

const twoKeys = (key: string): string =>
  `accounts: [{ name: 'one', apiKeyEnv: '${key}' }, { name: 'two', apiKeyEnv: 'SECOND_KEY', baseUrlEnv: 'SECOND_URL' }]`

const services: readonly Service[] = [
  {
    name: 'anthropic',
    model: `anthropic('claude-haiku-5-5', { ${twoKeys('ANTHROPIC_API_KEY')} })`,
    perFile: 2,
    env: (first, second) => ({
      ANTHROPIC_API_KEY: 'key-one',
      ANTHROPIC_BASE_URL: first.baseUrls['anthropic'] ?? '',
      // It is not read for the second account, which has another key.
      ANTHROPIC_AUTH_TOKEN: 'key-one',
      SECOND_KEY: 'key-two',
      SECOND_URL: second.baseUrls['anthropic'] ?? '',
    }),
    seen: ['anthropic @ one / claude-haiku-5-5', 'anthropic @ two / claude-haiku-5-5', 'SECOND_KEY'],
  },
  {
    name: 'gemini',
    model: `gemini('gemini-3.5-flash-lite', { ${twoKeys('GEMINI_API_KEY')} })`,
    perFile: 2,
    env: (first, second) => ({
      GEMINI_API_KEY: 'key-one',
      GOOGLE_GEMINI_BASE_URL: first.baseUrls['gemini'] ?? '',
      SECOND_KEY: 'key-two',
      SECOND_URL: second.baseUrls['gemini'] ?? '',
    }),
    seen: ['gemini @ one / gemini-3.5-flash-lite', 'gemini @ two / gemini-3.5-flash-lite', 'SECOND_KEY'],
  },
  {
    name: 'bedrock',
    model: `bedrock('global.anthropic.claude-haiku-4-5-20251001-v1:0', {
      accounts: [{ name: 'one' }, { name: 'two', region: 'us-west-2', accessKeyIdEnv: 'SECOND_KEY', secretAccessKeyEnv: 'SECOND_SECRET' }],
    })`,
    perFile: 100,
    env: ({ baseUrls: { bedrock = '' } }) => ({
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'key-one',
      AWS_SECRET_ACCESS_KEY: 'any',
      BEDROCK_BATCH_ROLE_ARN: 'arn:aws:iam::123456789012:role/batches',
      BEDROCK_BATCH_BUCKET: 'offpeak-emulator',
      AWS_ENDPOINT_URL_BEDROCK: bedrock,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock,
      AWS_ENDPOINT_URL_S3: `${bedrock}/s3`,
      SECOND_KEY: 'key-two',
      SECOND_SECRET: 'any',
    }),
    seen: ['bedrock @ one', 'bedrock @ two', 'the credentials work in us-west-2', 'SECOND_KEY'],
  },
]

const files = 4

async function project(dir: string, { name, model, perFile }: Service): Promise<void> {
  const lines = Array.from({ length: files * perFile }, (_none, id) =>
    JSON.stringify({ id, text: `A ship came in from port ${id}.` }),
  )
  await write(dir, {
    'offpeak.config.ts': `export default {
  timings: { pollEveryMs: 50, leaseMs: 600, settleMs: [50, 50], listingLagMs: 50, quotaBackoffMs: 50 },
  batch: { maxRequests: ${perFile} },
}\n`,
    'notes.jsonl': `${lines.join('\n')}\n`,
    'jobs/notes.job.ts': `import { ${name}, defineJob, jsonl } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: ${model},
  maxTokens: 100,
  prompt: ({ row }) => row.text,
  to: { jsonl: 'out.jsonl' },
})
`,
  })
}

const listed = z.object({
  accounts: z.array(
    z.object({
      account: z.string().nullable(),
      ours: z.array(z.object({ file: z.number() })),
      unlisted: z.array(z.unknown()),
    }),
  ),
})
const status = z.object({
  state: z.string(),
  batches: z.array(z.object({ accountName: z.string().nullable() })),
})

describe.each(services)('two accounts of $name', { timeout: 120_000 }, (service) => {
  test('take the batches of a run that is killed after a create, each is paid once and told of', async () => {
    using folder = temporaryFolder()
    const keys = service.name === 'bedrock' ? ['key-one', 'key-two'] : ['key-one']
    await using first = await startEmulator({ speed: 2_000, announces: false, apiKeys: keys })
    await using second = await startEmulator({ speed: 2_000, announces: false, apiKeys: ['key-two'] })
    await project(folder.path, service)
    const env = service.env(first, second)
    const offpeak = (...argv: readonly string[]): ReturnType<typeof runCli> => runCli(folder.path, argv, env)

    const doctor = (await offpeak('doctor', '-v')).stdout.replaceAll(/\s+/g, ' ')
    for (const words of service.seen) expect(doctor).toContain(words)

    const killed = await runCli(folder.path, ['run', 'notes', '--max-cost', '$5'], {
      ...env,
      OFFPEAK_CRASH: 'create.post.after:2',
    })
    expect(killed.exit).not.toBe(0)
    const ran = await offpeak('run', 'notes', '--max-cost', '$5')
    expect(ran.exit, ran.stderr).toBe(0)

    const bills = [first.bill(), second.bill()]
    const sum = (name: 'requests' | 'duplicate_requests'): number =>
      bills.reduce((total, bill) => total + bill[name], 0)
    expect([sum('requests'), sum('duplicate_requests')]).toEqual([files * service.perFile, 0])

    const told = readJson(status, await offpeak('status', 'notes', '--json'))
    expect(told.state).toBe('done')
    expect(new Set(told.batches.map(({ accountName }) => accountName)).size).toBe(2)

    const { accounts } = readJson(listed, await offpeak('batches', '--json'))
    expect(accounts.map(({ account }) => account)).toEqual(['one', 'two'])
    for (const { unlisted } of accounts) expect(unlisted).toEqual([])
  })

  test('are refused before anything is sent where the second has no key', async () => {
    using folder = temporaryFolder()
    await using emulator = await startEmulator({ announces: false })
    await project(folder.path, service)
    const { SECOND_KEY: _, ...env } = service.env(emulator, emulator)
    const refused = await runCli(folder.path, ['run', 'notes', '--max-cost', '$5'], env)
    expect(refused.exit).toBe(3)
    expect(refused.stderr).toContain('SECOND_KEY is not set')
    expect(emulator.bill().batches).toBe(0)
  })
})
