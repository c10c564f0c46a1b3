import { readFileSync } from 'node:fs'
import { openProject } from '../../src/compose/open-project.ts'
import { join } from 'node:path'
import { expect } from 'vitest'
import { z } from 'zod'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts'
import type { RunStatus } from '../../src/engine/queries/status.ts'
import * as offpeak from '../../src/index.ts'
import type { Project } from '../../src/compose/project.ts'
import { everything, type Selection } from '../../src/compose/selection.ts'
import type { LedgerRow, RequestRow } from '../../src/ports/state.ts'
import { temporaryFolder, write } from '../cli/project.ts'

export interface KitOptions {
  readonly records?: number
  /** A word for the emulator in the text of the nth record. */
  readonly marker?: (record: number) => string
  readonly model?: string
  /** Who answers in place of a service of OpenAI's shape: its function, and what its client reads of the environment. */
  readonly service?: {
    readonly name: string
    readonly model: string
    readonly env: (emulator: Emulator) => Readonly<Record<string, string>>
  }
  /** Further lines of the job. */
  readonly job?: string
  readonly settings?: Readonly<Record<string, unknown>>
  readonly emulator?: EmulatorOptions
}

/** A project of short notes that asks an emulator of its own, which stands for a provider and does not say what it is. */
export interface KitProject extends AsyncDisposable {
  readonly dir: string
  readonly emulator: Emulator
  readonly offpeak: Project
}

export async function openKit({
  records = 12,
  marker = () => '',
  model = 'gpt-4o-mini',
  job = '',
  service,
  settings = {},
  emulator: emulatorOptions = {},
}: KitOptions = {}): Promise<KitProject> {
  const folder = temporaryFolder()
  const emulator = await startEmulator({ speed: 2_000, announces: false, ...emulatorOptions })
  const config = {
    batch: { maxRequests: 5 },
    realtime: { maxRequests: 5, concurrency: 3, requestsPerMinute: 60_000, tokensPerMinute: 1e9 },
    timings: { pollEveryMs: 30, quotaBackoffMs: 50, settleMs: [50], listingLagMs: 50 },
    ...settings,
  }
  await write(folder.path, {
    'offpeak.config.ts': `export default ${JSON.stringify(config)}\n`,
    '.env': Object.entries({ OFFPEAK_TEST_RUN_KEY: 'any-key', ...service?.env(emulator) })
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
    'notes.jsonl': Array.from(
      { length: records },
      (_, id) => `${JSON.stringify({ id, text: `Note ${id} tells of a ship. ${marker(id)}` })}\n`,
    ).join(''),
    'jobs/notes.job.ts': `import { defineJob, jsonl, ${service?.name ?? 'openaiCompatible'} } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: ${service === undefined ? `openaiCompatible({ baseUrl: '${emulator.openaiBaseUrl}', apiKeyEnv: 'OFFPEAK_TEST_RUN_KEY' })('${model}')` : service.model},
  maxTokens: 100,
  prompt: ({ row }) => row.text,
  output: z.object({ summary: z.string() }),
  to: { jsonl: 'out.jsonl', line: ({ output }) => ({ ...output }) },
  ${job}
})
`,
  })
  const project = await openProject({
    cwd: folder.path,
    configFile: null,
    envFile: null,
    modules: { offpeak, zod: { z } },
  })
  return {
    dir: folder.path,
    emulator,
    offpeak: project,
    async [Symbol.asyncDispose]() {
      await project[Symbol.asyncDispose]()
      await emulator.close()
      folder[Symbol.dispose]()
    },
  }
}

/** Starts the job's run. */
export async function begin(
  { offpeak: project }: Pick<KitProject, 'offpeak'>,
  choice: Partial<Selection> = {},
  capMicroUsd: number | null = 1_000_000,
): Promise<string> {
  const { run } = await project.start('notes', { ...everything, ...choice }, capMicroUsd)
  return run.id
}

/** Carries a run on until it is over, paused, or the signal. */
export async function carry(
  { offpeak: project }: Pick<KitProject, 'offpeak'>,
  runId: string,
  signal: AbortSignal = AbortSignal.timeout(60_000),
): Promise<RunStatus> {
  await project.drive({ runIds: [runId], signal })
  return project.status(runId)
}

const line = z.looseObject({ key: z.string() })

/** What stands in the sink, by key. */
export function sinkRows({ dir }: Pick<KitProject, 'dir'>): readonly string[] {
  return readFileSync(join(dir, 'out.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => line.parse(JSON.parse(text)))
    .toSorted((one, other) => Number(one.key) - Number(other.key))
    .map((row) => JSON.stringify(row))
}

export async function requestsOf(
  { offpeak: { store } }: Pick<KitProject, 'offpeak'>,
  runId: string,
): Promise<readonly RequestRow[]> {
  return store.requests(runId, { limit: 1_000 })
}

export function sumOf(ledger: readonly LedgerRow[], kind: LedgerRow['kind']): number {
  return ledger.reduce((sum, entry) => sum + (entry.kind === kind ? entry.amountMicroUsd : 0), 0)
}

/** The ledger says what the bill says, but for rounding and for what is only possibly paid; nothing is held any more. */
export async function checkMoney(project: KitProject, runId: string): Promise<void> {
  const { store } = project.offpeak
  const ledger = await store.ledger({ runId })
  const { money } = await project.offpeak.status(runId)
  const settled = sumOf(ledger, 'settle')
  const billed = project.emulator.bill().cost_micro_usd
  const rounding = ledger.filter(({ kind }) => kind === 'settle').length
  expect(settled, 'the ledger covers the bill').toBeGreaterThanOrEqual(billed)
  expect(settled - money.possiblyPaidMicroUsd, 'and is above it only by what is unsure').toBeLessThanOrEqual(
    billed + rounding,
  )
  expect(await store.budget(`run:${runId}`)).toMatchObject({ reservedMicroUsd: 0, spentMicroUsd: settled })
}
