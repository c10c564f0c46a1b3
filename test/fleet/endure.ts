import { mkdtempSync, rmSync } from 'node:fs'
import { openProject } from '../../src/compose/open-project.ts'
import { everything } from '../../src/compose/selection.ts'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as offpeak from '../../src/index.ts'
import { outlast } from '../../src/drivers/outage-tolerance.ts'
import { type Emulator, startEmulator } from '../../src/emulator/index.ts'
import type { Project } from '../../src/compose/project.ts'
import { write } from '../cli/project.ts'
import { startOwnServer } from '../crash/server.ts'
import { type Going, going } from './processes.ts'

export interface EndureOptions {
  /** Where PostgreSQL's programs are. */
  readonly programs: string
  readonly driver: 'local' | 'pg-boss'
  readonly workers: number
  /** Runs are started one after the other for so long, in milliseconds. */
  readonly durationMs: number
  /** Pause between two restarts of the database, in milliseconds; the seed moves it by up to a quarter. */
  readonly restartEveryMs: number
  /** Records of each run. */
  readonly records: number
  readonly seed: number
  readonly say: (text: string) => void
}

export interface Endured {
  readonly restarts: number
  readonly runs: number
  readonly records: number
  /** Workers that ended by themselves, with what they said last. */
  readonly died: readonly string[]
  /** Records that are not written once their runs are over. */
  readonly lost: number
  /** Requests that the provider has billed more than once, by its own bill. */
  readonly billedTwice: number
  /** What the ledger has settled, less what the provider has billed; each batch is rounded up to a micro-dollar. */
  readonly ledgerLessBillMicroUsd: number
  readonly batches: number
}

const rowsPerBatch = 50
/** The last run is given that long, in milliseconds, once the database stays. */
const settleMs = 180_000

/**
 * Lets a fleet of workers carry one run after the other while the database of the state is ended and started again, as
 * a failing machine would end it, and counts what came of it: against the sink, the ledger and the provider's own bill.
 */
export async function endure(options: EndureOptions): Promise<Endured> {
  const { programs, workers: count, durationMs, records, say } = options
  const dir = mkdtempSync(join(tmpdir(), 'offpeak-fleet-'))
  const random = seeded(options.seed)
  const before = { ...process.env }
  try {
    await using server = await startOwnServer(programs)
    await using emulator = await startEmulator({ dataDir: join(dir, 'emulator'), speed: 60 })
    await makeProject(dir, server.url, options)
    const env = { OPENAI_API_KEY: 'sk-fleet', OPENAI_BASE_URL: emulator.openaiBaseUrl }
    await write(dir, {
      '.env': Object.entries(env)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    })
    // What an earlier project of this process has read stays in its environment.
    Object.assign(process.env, env)
    await using project = await openProject({
      cwd: dir,
      configFile: null,
      envFile: null,
      modules: { offpeak },
    })
    const fleet = Array.from({ length: count }, () => going(dir, ['worker', '--log-format', 'json']))
    const over = new AbortController()
    let restarts = 0
    const restarting = (async () => {
      while (!over.signal.aborted) {
        const pauseMs = options.restartEveryMs * (0.75 + random() / 2)
        await sleep(pauseMs, undefined, { signal: over.signal }).catch(() => undefined)
        if (over.signal.aborted) break
        await server.stopFor(random() * 2_000)
        restarts += 1
        say(`restart ${restarts}; ${emulator.state().batches.length} batches so far`)
      }
    })()
    restarting.catch(() => undefined)
    const runs: string[] = []
    const until = performance.now() + durationMs
    do runs.push(await carried(project, fleet, performance.now() + durationMs + settleMs))
    while (performance.now() < until && fleet.some((each) => !each.isOver()))
    over.abort()
    await restarting
    const died = fleet.filter((each) => each.isOver()).map((each) => each.stderr().slice(-2_000))
    for (const each of fleet) if (!each.isOver()) each.child.kill('SIGTERM')
    await Promise.all(fleet.map(({ ended }) => ended))
    return {
      restarts,
      runs: runs.length,
      records: records * runs.length,
      died,
      ...(await countUp(project, emulator, runs, records)),
    }
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Starts one run of everything and waits for its end; its id. */
async function carried(project: Project, fleet: readonly Going[], lastMs: number): Promise<string> {
  const never = new AbortController().signal
  const selection = { ...everything, redo: true }
  const { run } = await outlast(() => project.start('notes', selection, null), never)
  for (;;) {
    const { state } = await outlast(() => project.find(run.id), never)
    if (state === 'done' || state === 'cancelled' || state === 'paused') return run.id
    if (performance.now() > lastMs || fleet.every((each) => each.isOver())) return run.id
    await sleep(250)
  }
}

async function countUp(
  project: Project,
  emulator: Emulator,
  runs: readonly string[],
  records: number,
): Promise<Pick<Endured, 'lost' | 'billedTwice' | 'ledgerLessBillMicroUsd' | 'batches'>> {
  let merged = 0
  let settledMicroUsd = 0
  for (const id of runs) {
    merged += (await project.status(id)).counts.merged ?? 0
    for (const { kind, amountMicroUsd } of await project.store.ledger({ runId: id }))
      if (kind === 'settle' || kind === 'adjust') settledMicroUsd += amountMicroUsd
  }
  const bill = emulator.bill()
  return {
    lost: runs.length * records - merged,
    // Every run asks for every record anew, on purpose.
    billedTwice: bill.requests - runs.length * records,
    ledgerLessBillMicroUsd: settledMicroUsd - bill.cost_micro_usd,
    batches: emulator.state().batches.length,
  }
}

async function makeProject(dir: string, url: string, { driver, records }: EndureOptions): Promise<void> {
  const settings = {
    state: url,
    batch: { maxRequests: rowsPerBatch },
    worker: { driver, concurrency: 4 },
    timings: { pollEveryMs: 200, settleMs: [500, 1_000], listingLagMs: 500 },
  }
  await write(dir, {
    'offpeak.config.ts': `export default ${JSON.stringify(settings)}\n`,
    'notes.jsonl': Array.from(
      { length: records },
      (_note, id) => `${JSON.stringify({ id, text: `Note ${id} tells of a ship.` })}\n`,
    ).join(''),
    'jobs/notes.job.ts': `import { defineJob, jsonl, openai } from 'offpeak'

export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }),
  model: openai('gpt-4o-mini'),
  maxTokens: 100,
  prompt: ({ row }) => String(row.text),
  to: { jsonl: 'out.jsonl', line: ({ output }) => ({ said: output }) },
})
`,
  })
}

/** mulberry32 (public domain, Tommy Ettinger): numbers from 0 to 1, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
