/**
 * A large run at a service that has several faults at once, on this machine alone: `npm run storm`. The commands are those
 * that a user would type; at the end what is in the file, in the state and on the service's own bill is held side by side.
 *
 *   npm run storm -- --records 118498 --scenario gzip --scenario lost-create@2
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { judgment } from '../examples/headnotes/judgments.ts'

const root = join(import.meta.dirname, '..')
const offpeak = join(root, 'bin', 'offpeak.js')
const folder = join(root, '.storm')

const { values: given } = parseArgs({
  options: {
    records: { type: 'string', default: '118498' },
    'per-file': { type: 'string', default: '10000' },
    speed: { type: 'string', default: '2000' },
    scenario: {
      type: 'string',
      multiple: true,
      default: [
        'gzip',
        'clock-skew:seconds=-3600',
        'rate-limited:retryAfter=0',
        'lost-create@2',
        'late-file-ids@all',
        'short-download@all',
        'missing-lines@all:every=100',
        'line-usage@all',
      ],
    },
  },
})
const records = Number(given.records)

const money = z.object({
  spentMicroUsd: z.number(),
  reservedMicroUsd: z.number(),
  capMicroUsd: z.number().nullable(),
  possiblyPaidMicroUsd: z.number(),
  duplicateMicroUsd: z.number(),
  estimatedAnswers: z.number(),
})
const status = z.object({
  run: z.string(),
  state: z.string(),
  pauseReason: z.string().nullable(),
  counts: z.record(z.string(), z.number()),
  batches: z.array(z.object({ state: z.string(), attempts: z.number() })),
  money,
})
const bill = z.object({ requests: z.number(), duplicate_requests: z.number(), cost_micro_usd: z.number() })
const line = z.object({ key: z.string() })

/** The environment without anybody's keys and databases. */
function ownEnvironment(url: string): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !/^(AZURE_|OPENAI_|OFFPEAK_|DATABASE_URL|SUPABASE_|NEON_)/.test(name),
      ),
    ),
    OPENAI_BASE_URL: url,
    OPENAI_API_KEY: 'sk-storm',
  }
}

async function writeProject(): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'jobs'), { recursive: true })
  await writeFile(
    join(folder, 'offpeak.config.ts'),
    `import { defineConfig } from 'offpeak'

// A service that is fast is asked often, and is waited for as much less long. A last file that is not full may miss a
// little more than the usual one percent of its answers.
export default defineConfig({
  emulator: false,
  batch: { maxRequests: ${given['per-file']} },
  timings: { pollEveryMs: 500, settleMs: [500, 1_000], listingLagMs: 500, maxMissingShare: 0.02 },
})
`,
  )
  await writeFile(
    join(folder, 'jobs', 'titles.job.ts'),
    `import { defineJob, jsonl, openai } from 'offpeak'
import { z } from 'zod'

export default defineJob({
  name: 'titles',
  from: jsonl.rows({ file: 'cases.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: openai('gpt-4o-mini'),
  maxTokens: 60,
  prompt: ({ row }) => ({ system: 'Give a title.', user: row.text }),
  output: z.object({ title: z.string() }),
  to: { jsonl: 'titles.jsonl', line: ({ output }) => ({ title: output.title }) },
})
`,
  )
  const cases = createWriteStream(join(folder, 'cases.jsonl'))
  for (let id = 0; id < records; id += 1) {
    const text = judgment(id % 5_000).fullText.slice(0, 600)
    if (!cases.write(`${JSON.stringify({ id, text: `Case ${id}. ${text}` })}\n`)) await once(cases, 'drain')
  }
  cases.end()
  await once(cases, 'close')
}

/** Starts the emulator as a process of its own, on a free port. */
async function startService(): Promise<{
  readonly child: ChildProcess
  readonly url: string
  readonly base: string
}> {
  const child = spawn(
    process.execPath,
    [
      offpeak,
      'emulator',
      '--port',
      '0',
      '--json',
      '--speed',
      given.speed,
      '--data-dir',
      join(folder, 'service'),
      ...given.scenario.flatMap((name) => ['--scenario', name]),
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  process.once('exit', () => child.kill('SIGKILL'))
  const [first]: readonly unknown[] = await once(createInterface({ input: child.stdout }), 'line')
  const { url, openaiBaseUrl } = z
    .object({ url: z.string(), openaiBaseUrl: z.string() })
    .parse(JSON.parse(String(first)))
  return { child, url: openaiBaseUrl, base: url }
}

/** Calls the CLI and returns its exit code; what it says goes to the screen, or is returned. */
async function call(
  url: string,
  args: readonly string[],
  isQuiet = false,
): Promise<{ exit: number; stdout: string }> {
  if (!isQuiet)
    console.log(`\n$ offpeak ${args.map((arg) => (arg.includes('$') ? `'${arg}'` : arg)).join(' ')}`)
  const child = spawn(process.execPath, [offpeak, ...args], {
    cwd: folder,
    env: ownEnvironment(url),
    stdio: ['ignore', isQuiet ? 'pipe' : 'inherit', 'inherit'],
  })
  const pieces: Buffer[] = []
  child.stdout?.on('data', (piece: Buffer) => pieces.push(piece))
  const [exit]: readonly unknown[] = await once(child, 'close')
  return { exit: Number(exit), stdout: Buffer.concat(pieces).toString() }
}

/** How many lines the sink has, and how many records they are of. */
async function readSink(): Promise<{ readonly lines: number; readonly distinct: number }> {
  const keys = new Set<string>()
  let lines = 0
  for await (const text of createInterface({ input: createReadStream(join(folder, 'titles.jsonl')) })) {
    lines += 1
    keys.add(line.parse(JSON.parse(text)).key)
  }
  return { lines, distinct: keys.size }
}

const startedAt = Date.now()
await writeProject()
const service = await startService()
console.log(`${records} records at a service with ${given.scenario.join(', ')}`)
const ran = await call(service.url, ['run', 'titles', '--max-cost', '$1000'])
const found = status.parse(JSON.parse((await call(service.url, ['status', 'titles', '--json'], true)).stdout))
const billed = bill.parse(await (await fetch(`${service.base}/_emulator/bill`)).json())
const sink = await readSink()
const { child } = service
child.kill('SIGTERM')
await once(child, 'close')

const { counts } = found
const [merged, lost] = [counts['merged'] ?? 0, counts['lost'] ?? 0]
const outcomes = Object.values(counts).reduce((sum, count) => sum + count, 0)
const difference = found.money.spentMicroUsd - billed.cost_micro_usd
const checks: readonly (readonly [what: string, value: string, isRight: boolean])[] = [
  [
    'state of the run',
    `${found.state}${found.pauseReason === null ? '' : `: ${found.pauseReason}`}`,
    found.state === 'done',
  ],
  ['exit code', String(ran.exit), ran.exit === (lost > 0 ? 6 : 0)],
  ['records with an outcome', `${outcomes} of ${records}`, outcomes === records],
  ['merged, and lines in the file', `${merged}, ${sink.lines}`, merged === sink.lines],
  ['records in the file more than once', String(sink.lines - sink.distinct), sink.lines === sink.distinct],
  [
    'neither merged nor known to be left out by the service',
    String(records - merged - lost),
    merged + lost === records,
  ],
  [
    'left out by the service, held as possibly paid',
    String(lost),
    lost === 0 || given.scenario.some((name) => name.startsWith('missing-lines')),
  ],
  ['requests on the bill', String(billed.requests), billed.requests === records],
  ['requests paid twice, by the bill', String(billed.duplicate_requests), billed.duplicate_requests === 0],
  ['still reserved', String(found.money.reservedMicroUsd), found.money.reservedMicroUsd === 0],
  ['bill, in millionths of a dollar', String(billed.cost_micro_usd), true],
  ['ledger, in millionths of a dollar', String(found.money.spentMicroUsd), true],
  [
    'ledger above the bill (each batch is rounded up)',
    String(difference),
    difference >= 0 && difference <= found.batches.length,
  ],
  ['answers of unknown usage, estimated', String(found.money.estimatedAnswers), true],
]
console.log(
  `\n${records} records, ${found.batches.length} batches, ${Math.round((Date.now() - startedAt) / 1_000)} s`,
)
for (const [what, value, isRight] of checks)
  console.log(`${isRight ? 'ok   ' : 'WRONG'} ${what.padEnd(58)} ${value}`)
if (checks.some(([, , isRight]) => !isRight)) process.exitCode = 1
else await rm(folder, { recursive: true, force: true })
