import { createHash } from 'node:crypto'
import { openProject } from '../../../../src/compose/open-project.ts'
import { everything } from '../../../../src/compose/selection.ts'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { advance } from '../../../../src/engine/advance/advance.ts'
import { startRun } from '../../../../src/engine/control/start-run.ts'
import type { Flow } from '../../../../src/engine/flow.ts'
import { withLease } from '../../../../src/engine/lease.ts'
import { BatchLines } from '../../../../src/engine/answers/batch-lines.ts'
import { Merger } from '../../../../src/engine/merge/merger.ts'
import { openTarget } from '../../../../src/engine/job/target.ts'
import { prepare } from '../../../../src/engine/job/prepare.ts'
import { answerFile } from '../../../../src/engine/files/durable-file.ts'
import { specOf } from '../../../../src/engine/spec.ts'
import * as offpeak from '../../../../src/index.ts'
import type { WorkItem } from '../../../../src/ports/store/runs.ts'
import { findPrice } from '../../../../src/providers/prices/prices.ts'
import { required } from '../../../../src/testing/stores/fixtures.ts'
import type { SmallProvider } from '../small-provider.ts'

/** A time and a chance that are the same whenever they are asked in the same order. */
export class Fixed {
  #now = Date.UTC(2026, 0, 15, 8)
  #asked = 0
  readonly clock = { now: (): number => this.#now, sleep: (): Promise<void> => Promise.resolve() }
  readonly random = {
    id: (length: number): string => {
      this.#asked += 1
      return createHash('sha256').update(`fixture ${this.#asked}`).digest('hex').slice(0, length)
    },
  }

  /** Lets so many seconds go by. */
  pass(seconds: number): number {
    this.#now += seconds * 1000
    return this.#now
  }
}

/**
 * The run that can be carried on: the engine itself builds three batches of the project's `titles` against the small
 * provider. The first is left on disk with half of its answers merged, the second at the provider, the third waiting.
 */
export async function makeLiveRun(dir: string, provider: SmallProvider, fixed: Fixed): Promise<string> {
  await using project = await openProject({
    cwd: dir,
    configFile: null,
    envFile: null,
    modules: { offpeak, zod: { z } },
  })
  const { job } = await project.job('titles')
  const flow: Flow = {
    ...project.flow,
    clock: fixed.clock,
    random: fixed.random,
    holder: 'fixture/0-0/1',
  }
  const model = 'gpt-4o-mini'
  const { run } = await startRun({
    flow,
    job: prepare({
      job,
      provider: await flow.provider(job),
      params: {},
      examples: [],
      model,
      endpoint: job.model.endpoint,
      version: '',
    }),
    plan: await project.plan('titles', everything),
    price: findPrice({ model, deliveryMode: 'batch' }),
    flexPrice: findPrice({ model, deliveryMode: 'flex' }),
    realtimePrice: findPrice({ model, deliveryMode: 'realtime' }),
    deliveryMode: 'batch',
    perDayMicroUsd: null,
    deadlineMs: null,
    params: {},
    examples: [],
    capMicroUsd: 100_000,
    shared: null,
    payer: null,
    follows: null,
    limit: null,
    only: null,
    redo: false,
    payAgain: false,
    writes: true,
    isSimulated: false,
    keep: false,
    followers: [],
    hold: false,
  })
  await step(flow, { kind: 'run', id: run.id })
  fixed.pass(2)
  const [first, second] = await flow.store.attempts(run.id)
  await toProvider(flow, required(first).id)
  fixed.pass(2)
  await toProvider(flow, required(second).id)
  fixed.pass(600)
  provider.finish(required((await flow.store.attempt(required(first).id))?.providerBatchId))
  await toDisk(flow, required(first).id)
  fixed.pass(1)
  await mergeHalf(flow, required(first).id)
  fixed.pass(1)
  await step(flow, { kind: 'attempt', id: required(second).id })
  return run.id
}

async function step(flow: Flow, unit: WorkItem): Promise<void> {
  const next = await advance(flow, unit, new AbortController().signal)
  if (next === 'busy') throw new Error('somebody else is at it')
}

async function toProvider(flow: Flow, id: number): Promise<void> {
  await step(flow, { kind: 'attempt', id })
  const { state } = required(await flow.store.attempt(id))
  if (state !== 'in_progress') throw new Error(`attempt ${id} is ${state}`)
}

/** Collects, and is gone before it merges anything. */
async function toDisk(flow: Flow, id: number): Promise<void> {
  const gone = new Error('the process ends here')
  const reach: Flow['reach'] = (point) => {
    if (point === 'collect.commit.after') throw gone
  }
  await step({ ...flow, reach }, { kind: 'attempt', id }).catch((thrown: unknown) => {
    if (thrown !== gone) throw thrown
  })
}

/** Merges the first half of the answers as a merge does that is killed between two chunks. */
async function mergeHalf(flow: Flow, id: number): Promise<void> {
  const attempt = required(await flow.store.attempt(id))
  const batch = required(await flow.store.batch(attempt.runId, attempt.batchN))
  const run = required(await flow.store.run(attempt.runId))
  const spec = specOf(run)
  const definition = required(await flow.job(spec.job))
  const provider = await flow.provider(definition)
  const job = prepare({
    job: definition,
    provider,
    params: {},
    examples: [],
    model: spec.model,
    endpoint: spec.endpoint,
    version: spec.version,
  })
  const whole = answerFile(flow.filesDir, attempt, 'output')
  const lines = (await readFile(whole, 'utf8')).trimEnd().split('\n')
  const half = answerFile(join(flow.filesDir, '..'), attempt, 'output')
  await writeFile(
    half,
    lines
      .slice(0, lines.length / 2)
      .map((line) => `${line}\n`)
      .join(''),
  )
  await withLease(flow, { kind: 'attempt', id }, new AbortController().signal, async (lease) => {
    await using target = await openTarget(flow, job, null)
    const asked = await BatchLines.read(flow.store, batch)
    const cancelled = { outcome: 'expired', reason: 'the batch was cancelled at the provider' } as const
    const silence = { during: <Result>(call: Promise<Result>) => call }
    const work = { flow, lease, run, spec, job, attempt, batch, asked, target, silence, cancelled }
    await using merger = new Merger(work)
    await merger.read({ path: half, base: 0 }, 0)
    return flow.clock.now()
  })
  await rm(half)
}
