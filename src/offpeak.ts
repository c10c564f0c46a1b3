import { embedEmulator, type EmbeddedEmulator } from './compose/emulator.ts'
import { crashPoints } from './compose/crash.ts'
import { machineChance, machineClock, processName } from './compose/machine.ts'
import { missingCredentials, modelName, providerFor } from './compose/provider.ts'
import { queueFor } from './compose/queue.ts'
import { type Config, type ConfigOptions, loadConfig } from './config/config.ts'
import type { LoadedJob } from './config/jobs.ts'
import { openSink } from './connectors/open-sink.ts'
import { OffpeakError } from './domain/errors.ts'
import { formatUsd, parseUsd } from './domain/money.ts'
import type { OutcomeCounts } from './domain/outcome.ts'
import { type Driven, driveLocally, type DriverOptions } from './drivers/local.ts'
import { driveWithPgBoss } from './drivers/pg-boss.ts'
import { advance } from './engine/advance.ts'
import { prepareRun } from './engine/build.ts'
import {
  cancelRun,
  findRun,
  mergeAgain,
  resumeRun,
  type RetryChoice,
  retryRun,
  startRun,
} from './engine/control.ts'
import { type Costs, type CostsBy, costsOf } from './engine/costs.ts'
import { renderFirst, type RenderedRecord } from './engine/examples.ts'
import { defaultRealtime, type Flow } from './engine/flow.ts'
import { deadlineMsOf, type LaneChoice } from './engine/lane.ts'
import { checkAffordable, plan, type Plan, type PlanOptions } from './engine/plan.ts'
import { parseParams, prepare, readExamples } from './engine/prepare.ts'
import { groupsOf, type OutcomeGroup, reportOf, type RunReport } from './engine/report.ts'
import { removeOldFiles } from './engine/retention.ts'
import { type RetryCost, retryCostOf } from './engine/retry-cost.ts'
import { sendTry, type SendTryOptions, type TryResult } from './engine/send-try.ts'
import { specOf } from './engine/spec.ts'
import { showRecord, type RecordView } from './engine/show.ts'
import { statusOf, type RunStatus } from './engine/status.ts'
import { pickRecords, planTry, type TryChoice, type TryPlan } from './engine/try.ts'
import { encodingFor, loadTokenizer } from './planning/count-tokens.ts'
import type { AnyJob } from './ports/job.ts'
import type { Provider } from './ports/provider.ts'
import type { RunRow } from './ports/state.ts'
import type { Store } from './ports/store.ts'
import { findPrice } from './providers/prices.ts'
import { openStore } from './stores/open.ts'

/** What of a job's records is meant, and how it is sent (in batches, unless a lane is named). */
export interface Selection extends Partial<LaneChoice> {
  readonly params: Readonly<Record<string, unknown>>
  readonly limit: number | null
  readonly only: readonly string[] | null
  /** Send records again although nothing about them changed. */
  readonly redo: boolean
  /** Build the files and wait until somebody submits them. */
  readonly hold?: boolean
}

/** Everything of the selection, with the job's default parameters. */
export const everything: Selection = { params: {}, limit: null, only: null, redo: false }

export interface DriveOptions {
  /** The run to carry to its end; null: everything that lives, until the signal. */
  readonly runId: string | null
  readonly signal: AbortSignal
  /** With `runId` null: stop when nothing is due now instead of going on for ever. */
  readonly once?: boolean
  /** Asked between steps; true ends the drive although the run is not over. */
  readonly until?: () => Promise<boolean>
}

/** A project opened for work: its configuration, state, jobs and provider. */
export interface Offpeak extends AsyncDisposable {
  readonly config: Config
  readonly store: Store
  readonly flow: Flow
  /** The embedded emulator that serves this project; null: the real provider does. */
  readonly emulator: () => Promise<EmbeddedEmulator | null>
  readonly job: (name: string) => Promise<LoadedJob>
  readonly provider: (name: string) => Promise<Provider>
  readonly plan: (name: string, selection: Selection) => Promise<Plan>
  /**
   * Renders some records for each model (none: the job's own) and bounds what asking them in real time can cost.
   * Sends nothing. Throws E_SOURCE_*, E_SINK_*, E_SCHEMA, E_PARAMS and E_RECORD_UNKNOWN.
   */
  readonly prepareTry: (
    name: string,
    params: Selection['params'],
    choice: TryChoice,
    models: readonly string[],
  ) => Promise<readonly TryPlan[]>
  /** Asks the records of a try, each once, in real time; paid. Writes nothing unless told to. */
  readonly sendTry: (plan: TryPlan, options: SendTryOptions) => Promise<readonly TryResult[]>
  /** The first requests of a selection as they would be sent. */
  readonly examples: (name: string, selection: Selection, count: number) => Promise<readonly RenderedRecord[]>
  /** Makes a run that may cost up to `capMicroUsd` (null: no cap); sends nothing yet. Throws E_BUDGET when it cannot be enough. */
  readonly start: (
    name: string,
    selection: Selection,
    capMicroUsd: number | null,
    planned?: Plan,
  ) => Promise<{ readonly run: RunRow; readonly attached: boolean }>
  readonly drive: (options: DriveOptions) => Promise<void>
  readonly find: (runId: string) => Promise<RunRow>
  readonly status: (runId: string) => Promise<RunStatus>
  readonly resume: (runId: string, capMicroUsd: number | null) => Promise<RunRow>
  readonly cancel: (runId: string) => Promise<RunRow>
  /** Marks what is chosen to be sent again, in a lane of its own when one is named. Throws E_PRICE_UNKNOWN. */
  readonly retry: (runId: string, choice: RetryChoice) => Promise<number>
  readonly mergeAgain: (runId: string, batchN: number | null) => Promise<OutcomeCounts>
  readonly show: (runId: string, key: string) => Promise<RecordView>
  /** What a retry would send and cost. */
  readonly retryCost: (runId: string, choice: RetryChoice) => Promise<RetryCost>
  /** What did not become a merged record, by fate and reason. */
  readonly groups: (runId: string) => Promise<readonly OutcomeGroup[]>
  readonly report: (runId: string) => Promise<RunReport>
  readonly costs: (by: CostsBy, since: number | null) => Promise<Costs>
}

const emulatorPollMs = 250

/** Opens a project. Throws E_CONFIG, E_ENV, E_DATABASE, E_STATE_*. Nothing is sent. */
export async function openOffpeak(options: ConfigOptions): Promise<Offpeak> {
  const config = await loadConfig(options)
  const queue = await queueFor(config)
  const store = await openStore(config.state, machineChance.id(8), queue?.onDue ?? null)
  for (const [key, { enqueuedTokens }] of Object.entries(config.settings.quota))
    await store.setQuota(key, { limitTokens: enqueuedTokens })
  let embedded: Promise<EmbeddedEmulator | null> | null = null
  let emulated = false
  const emulator = (): Promise<EmbeddedEmulator | null> =>
    (embedded ??= chooseEmulator(config).then((chosen) => {
      emulated = chosen !== null
      return chosen
    }))
  const loaded = async (name: string): Promise<LoadedJob> => requireJob(await config.jobs(), name)
  const flow: Flow = {
    store,
    clock: machineClock(store.clockOffsetMs),
    chance: machineChance,
    /** Only the emulator is asked as often; a provider has a pace of its own. */
    get timings() {
      return emulated
        ? { ...config.timings, pollEveryMs: config.timings.pollEveryMs ?? emulatorPollMs }
        : config.timings
    },
    realtime: { ...defaultRealtime, ...config.settings.realtime },
    filesDir: config.filesDir,
    connectors: { baseDir: config.dir, databaseUrl: config.databaseUrl },
    openSink,
    job: async (name) => (await config.jobs()).get(name)?.job ?? null,
    provider: async (job) => providerFor(config, job, await emulator()),
    holder: processName(),
    reach: crashPoints(config.environment.crashAt),
  }
  const planOptions = async (
    name: string,
    selection: Selection,
    askedModel: string | null = null,
  ): Promise<
    PlanOptions & { readonly params: Selection['params']; readonly examples: readonly unknown[] }
  > => {
    const job = withModel((await loaded(name)).job, askedModel)
    const model = modelName(config, job)
    const provider = await flow.provider(job)
    const params = await parseParams(job, selection.params)
    const examples = await readExamples(job, flow)
    const ask = { model, pricedAs: job.model.pricedAs ?? null, overrides: config.settings.prices }
    const perRun = job.budget?.perRun ?? config.settings.budget?.perRun
    return {
      flow,
      params: selection.params,
      examples,
      job: prepare({
        job,
        provider,
        params,
        examples,
        model,
        endpoint: job.model.endpoint,
        version: job.version ?? '',
      }),
      count: await loadTokenizer(encodingFor(job.model.pricedAs ?? model)),
      lane: selection.lane ?? 'batch',
      deadlineMs: selection.lane == null ? (selection.deadlineMs ?? deadlineMsOf(job)) : null,
      price: findPrice({ ...ask, lane: 'batch' }),
      flexPrice: findPrice({ ...ask, lane: 'flex' }),
      realtimePrice: findPrice({ ...ask, lane: 'realtime' }),
      budgetMicroUsd: perRun === undefined ? null : requireUsd(perRun, `job ${name}`),
      quotaKey: `${job.model.provider}/${model}`,
      limit: selection.limit,
      only: selection.only,
      redo: selection.redo,
    }
  }
  const driven = (runId: string | null): Driven => ({
    due: (limit) => store.due(flow.clock.now(), limit, runId),
    nextDue: () => store.nextDue(runId),
    advance: (unit, signal) => advance(flow, unit, signal),
    now: () => flow.clock.now(),
  })
  const find = (runId: string): Promise<RunRow> => findRun(flow, runId)
  return {
    config,
    store,
    flow,
    emulator,
    job: loaded,
    provider: async (name) => flow.provider((await loaded(name)).job),
    plan: async (name, selection) => plan(await planOptions(name, selection)),
    examples: async (name, selection, count) => renderFirst(await planOptions(name, selection), count),
    async prepareTry(name, params, choice, models) {
      const selection = { ...everything, params, only: choice.only }
      const first = await planOptions(name, selection, models[0] ?? null)
      const records = await pickRecords(flow, first.job, choice)
      const others = await Promise.all(models.slice(1).map((model) => planOptions(name, selection, model)))
      return [first, ...others].map(({ job, realtimePrice, count, budgetMicroUsd }) =>
        planTry(job, records, { price: realtimePrice, count, budgetMicroUsd }),
      )
    },
    sendTry: (plan, choice) => sendTry(flow, plan, choice),
    async start(name, selection, capMicroUsd, planned) {
      const options = await planOptions(name, selection)
      const made = planned ?? (await plan(options))
      checkAffordable(made, capMicroUsd, formatUsd)
      return startRun({ ...options, plan: made, capMicroUsd, hold: selection.hold === true })
    },
    async drive({ runId, signal, once, until }) {
      await removeOldFiles(flow, config.keepFilesMs)
      const units = driven(runId)
      const options: DriverOptions = {
        concurrency: config.settings.worker?.concurrency ?? 4,
        signal,
        isOver: async () => {
          if (await until?.()) return true
          if (runId !== null) {
            const { state } = await find(runId)
            return state === 'done' || state === 'cancelled' || state === 'paused'
          }
          return once === true && (await units.due(1)).length === 0
        },
      }
      // A fleet takes any work from the queue; who waits for one run looks after that one, and its lease keeps the two apart.
      if (queue && runId === null) await driveWithPgBoss(units, { ...options, queue, ...sweeping(config) })
      else await driveLocally(units, options)
    },
    find,
    status: async (runId) => statusOf(flow, await find(runId)),
    resume: async (runId, capMicroUsd) => resumeRun(flow, await find(runId), capMicroUsd),
    cancel: async (runId) => cancelRun(flow, await find(runId)),
    retry: async (runId, choice) => retryRun(flow, await find(runId), choice),
    async mergeAgain(runId, batchN) {
      const run = await find(runId)
      return mergeAgain(flow, run, await prepareRun(flow, specOf(run)), batchN)
    },
    show: async (runId, key) => showRecord(flow, await find(runId), key),
    retryCost: async (runId, choice) => retryCostOf(flow, await find(runId), choice),
    groups: async (runId) => groupsOf(flow, await find(runId)),
    report: async (runId) => reportOf(flow, await find(runId)),
    costs: (by, since) => costsOf(flow, by, since),
    async [Symbol.asyncDispose]() {
      const running = await embedded?.catch(() => null)
      await running?.[Symbol.asyncDispose]()
      await queue?.[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
    },
  }
}

function sweeping(config: Config): { readonly sweepEveryMs?: number } {
  const sweepEveryMs = config.settings.worker?.sweepEveryMs
  return sweepEveryMs === undefined ? {} : { sweepEveryMs }
}

/** `auto` runs the emulator where a job's credentials are missing; `true` and options always do. */
async function chooseEmulator(config: Config): Promise<EmbeddedEmulator | null> {
  const { emulator } = config.settings
  if (emulator === false) return null
  if (emulator === 'auto') {
    const jobs = [...(await config.jobs()).values()]
    if (jobs.every(({ job }) => missingCredentials(config, job.model).length === 0)) return null
  }
  return embedEmulator(config.emulatorDir, typeof emulator === 'object' ? emulator : {})
}

/** The same job, asked of another model, which has a price of its own. */
function withModel(job: AnyJob, model: string | null): AnyJob {
  if (model === null) return job
  const { pricedAs: _pricedAs, realtimeModel: _realtimeModel, ...rest } = job.model
  return { ...job, model: { ...rest, model } }
}

function requireJob(jobs: ReadonlyMap<string, LoadedJob>, name: string): LoadedJob {
  const job = jobs.get(name)
  if (job) return job
  const names = [...jobs.keys()]
  throw new OffpeakError('E_JOB_UNKNOWN', `there is no job ${name}`, {
    fix:
      names.length === 0
        ? 'no job files were found; `offpeak init` writes one, or set `jobs` in offpeak.config.ts'
        : `the jobs are ${names.join(', ')}`,
  })
}

function requireUsd(text: string, where: string): number {
  const amount = parseUsd(text)
  if (amount !== null) return amount
  throw new OffpeakError('E_JOB_INVALID', `the budget "${text}" is not an amount of dollars`, {
    where,
    fix: "budget: { perRun: '$90' }",
  })
}
