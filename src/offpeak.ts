import { join } from 'node:path'
import { crashPoints } from './compose/crash.ts'
import { isGone, machineChance, machineClock, processName, sessionName } from './compose/machine.ts'
import type { EmbeddedEmulator } from './compose/emulator.ts'
import { followersOf, startFollowers } from './compose/followers.ts'
import { type DriveOptions, everything, type Offpeak, type Selection } from './compose/project.ts'
import { queueFor } from './compose/queue.ts'
import { reviewing } from './compose/reviewing.ts'
import { type Config, type ConfigOptions, loadConfig } from './config/config.ts'
import type { LoadedJob } from './config/jobs.ts'
import { projectAttachments } from './connectors/files/attachments.ts'
import { OffpeakError } from './domain/errors.ts'
import { formatUsd, parseUsd } from './domain/money.ts'
import { keyOfTyped } from './domain/record-key.ts'
import type { Driven, DriverOptions } from './drivers/local.ts'
import { outlast } from './drivers/patience.ts'
import { defaultRealtime, type Flow } from './engine/flow.ts'
import type { PlanOptions } from './engine/plan/plan.ts'
import { EventTail } from './engine/look/event-tail.ts'
import { findRun } from './engine/look/find-run.ts'
import { requireSame } from './engine/plan/saved-plan.ts'
import { tighten } from './engine/requests/private-files.ts'
import { checkFilesDirectory, claimFilesDirectory, readMarker } from './engine/requests/project-marker.ts'
import { RunLister } from './engine/look/runs.ts'
import { chainBudget, specOf } from './engine/spec.ts'
import { statusOf } from './engine/look/status.ts'
import type { AnyJob } from './ports/job.ts'
import type { Provider } from './ports/provider.ts'
import type { RunRow } from './ports/state.ts'
import { openStore } from './stores/open.ts'

export {
  type DriveOptions,
  everything,
  type Offpeak,
  type Selection,
  type StartHow,
} from './compose/project.ts'

/**
 * Opens the project of a directory, this one when none is named. What plans, sends or merges is loaded when it is first
 * used, so that a command that only reads the state is quick. Throws E_CONFIG, E_ENV, E_DATABASE, E_STATE_*. Nothing is
 * sent.
 */
export async function openOffpeak(options: Partial<ConfigOptions> = {}): Promise<Offpeak> {
  const config = await loadConfig({ cwd: '.', configFile: null, envFile: null, modules: {}, ...options })
  // Those of earlier versions, or that somebody else has made.
  for (const folder of [config.filesDir, config.emulatorDir])
    if (folder.startsWith(join(config.dir, '.offpeak', '/'))) tighten(folder)
  const queue = await queueFor(config)
  const store = await openStore(config.state, machineChance.id(8), {
    onDue: queue?.onDue ?? null,
    session: sessionName(),
    marker: readMarker(config.filesDir),
  })
  for (const [key, { enqueuedTokens }] of Object.entries(config.settings.quota))
    await store.setQuota(key, { limitTokens: enqueuedTokens })
  let embedded: Promise<EmbeddedEmulator | null> | null = null
  const emulator = (): Promise<EmbeddedEmulator | null> => (embedded ??= chooseEmulator(config))
  // One client for each job: it keeps its connections, and what it has learned of the service's clock.
  const clients = new WeakMap<AnyJob, Provider>()
  const loaded = async (name: string): Promise<LoadedJob> => requireJob(await config.jobs(), name)
  const flow: Flow = {
    store,
    clock: machineClock(store.clockOffsetMs),
    chance: machineChance,
    timings: config.timings,
    realtime: { ...defaultRealtime, ...config.settings.realtime },
    filesDir: config.filesDir,
    connectors: { baseDir: config.dir, databaseUrl: config.databaseUrl },
    openSink: async (definition, context) =>
      (await import('./connectors/open-sink.ts')).openSink(definition, context),
    attachments: projectAttachments(config.dir),
    job: async (name) => (await config.jobs()).get(name)?.job ?? null,
    async provider(job) {
      const known = clients.get(job)
      if (known) return known
      const { isSimulated, providerFor } = await import('./compose/provider.ts')
      const served = isSimulated(config, job) ? await emulator() : null
      const client = providerFor(config, job, { emulator: served, now: () => flow.clock.now() })
      clients.set(job, client)
      return client
    },
    async reader(job) {
      const { isSimulated, readerFor } = await import('./compose/provider.ts')
      const served = isSimulated(config, job) ? await emulator() : null
      return readerFor(config, job, { emulator: served, now: () => flow.clock.now() })
    },
    async follow(run) {
      const { followers, shared, payer } = specOf(run)
      // It may have been raised since the run began.
      const now = shared === null ? null : await store.budget(shared.key)
      return startFollowers(await config.jobs(), run, {
        agreed: followers,
        plan: (name) => planOf(name, everything),
        start: (made, capMicroUsd) =>
          start(made.job, everything, capMicroUsd, {
            plan: made,
            follows: run.id,
            followers,
            ...(payer === null ? {} : { payer }),
            ...(shared === null
              ? {}
              : { shared: { key: shared.key, capMicroUsd: now ? now.capMicroUsd : shared.capMicroUsd } }),
          }),
      })
    },
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
    const { modelName } = await import('./compose/provider.ts')
    const { deadlineMsOf } = await import('./engine/ask/lane.ts')
    const { parseParams, prepare, readExamples } = await import('./engine/plan/prepare.ts')
    const { encodingFor, loadTokenizer } = await import('./planning/count-tokens.ts')
    const { findPrice } = await import('./providers/prices.ts')
    const job = withModel((await loaded(name)).job, askedModel)
    const model = modelName(config, job)
    const provider = await flow.provider(job)
    const params = await parseParams(job, selection.params)
    const examples = await readExamples(job, flow)
    const ask = { model, pricedAs: job.model.pricedAs ?? null, overrides: config.settings.prices }
    const perRun = job.budget?.perRun ?? config.settings.budget?.perRun
    const prepared = prepare({
      job,
      provider,
      params,
      examples,
      model,
      endpoint: job.model.endpoint,
      version: job.version ?? '',
    })
    const keyParts = prepared.source.keyFields.length
    return {
      flow,
      params: selection.params,
      examples,
      job: prepared,
      count: (await loadTokenizer(encodingFor(job.model.pricedAs ?? model))).count,
      lane: selection.lane ?? 'batch',
      deadlineMs: selection.lane == null ? (selection.deadlineMs ?? deadlineMsOf(job)) : null,
      price: findPrice({ ...ask, lane: 'batch' }),
      flexPrice: findPrice({ ...ask, lane: 'flex' }),
      realtimePrice: findPrice({ ...ask, lane: 'realtime' }),
      budgetMicroUsd: perRun === undefined ? null : requireUsd(perRun, `job ${name}`),
      followers: followersOf(await config.jobs(), job.name),
      quotaKey: `${job.model.provider}/${model}`,
      limit: selection.limit,
      only: selection.only?.map((key) => keyOfTyped(key, keyParts)) ?? null,
      redo: selection.redo,
      payAgain: selection.payAgain === true,
    }
  }
  const planOf: Offpeak['plan'] = async (name, selection) =>
    (await import('./engine/plan/plan.ts')).plan(await planOptions(name, selection))
  const driven = async (runIds: DriveOptions['runIds']): Promise<Driven> => {
    const { advance } = await import('./engine/advance.ts')
    const directory = await claimFilesDirectory(flow)
    return {
      due: (limit) => store.due(flow.clock.now(), limit, runIds),
      nextDue: () => store.nextDue(runIds),
      async advance(unit, signal) {
        // A directory can also go away under a process that runs for weeks.
        checkFilesDirectory(flow, directory)
        return advance(flow, unit, signal)
      },
      now: () => flow.clock.now(),
    }
  }
  const start: Offpeak['start'] = async (name, selection, capMicroUsd, how = {}) => {
    const { startRun } = await import('./engine/control.ts')
    const { checkAffordable } = await import('./engine/plan/affordable.ts')
    const { plan } = await import('./engine/plan/plan.ts')
    await claimFilesDirectory(flow)
    const options = await planOptions(name, selection)
    const made = how.plan ?? (await plan(options))
    checkAffordable(made, capMicroUsd ?? how.shared?.capMicroUsd ?? null, formatUsd)
    const { shared = null, payer = null, follows = null, totalMicroUsd = null } = how
    const agreed = made.followers.flatMap(({ job, budgetMicroUsd }) =>
      budgetMicroUsd === null ? [] : [{ job, capMicroUsd: budgetMicroUsd }],
    )
    return startRun({
      ...options,
      plan: made,
      capMicroUsd,
      shared: shared ?? (agreed.length === 0 ? null : chainBudget(flow.chance.id(12), totalMicroUsd)),
      followers: how.followers ?? agreed,
      payer,
      follows,
      hold: selection.hold === true,
    })
  }
  const lister = new RunLister(flow, async (name) => {
    const job = (await config.jobs()).get(name)?.job
    return job !== undefined && (await import('./compose/provider.ts')).isSimulated(config, job)
  })
  const find = (runId: string): Promise<RunRow> => findRun(flow, runId)
  return {
    config,
    store,
    flow,
    tail: new EventTail(store),
    emulator,
    isSimulated: async (name) =>
      (await import('./compose/provider.ts')).isSimulated(config, (await loaded(name)).job),
    job: loaded,
    provider: async (name) => flow.provider((await loaded(name)).job),
    plan: planOf,
    examples: async (name, selection, count) =>
      (await import('./engine/plan/examples.ts')).renderFirst(await planOptions(name, selection), count),
    prepareTry: async (...asked) =>
      (await import('./compose/trying.ts')).prepareTry(flow, planOptions, asked),
    sendTry: async (...asked) => (await import('./compose/trying.ts')).sendPreparedTry(flow, asked),
    start,
    async drive({ runIds, signal, once, until }) {
      const units = await driven(runIds)
      const { removeOldFiles } = await import('./engine/keep/retention.ts')
      await outlast(() => removeOldFiles(flow, config.keepFilesMs), signal)
      // What a killed process of this machine held need not wait for its leases to run out.
      const forsakeTheGone = async (): Promise<void> => {
        for (const holder of await store.holders(flow.clock.now()))
          if (isGone(holder)) await store.forsake(holder, flow.clock.now())
      }
      await outlast(forsakeTheGone, signal)
      const options: DriverOptions = {
        concurrency: config.settings.worker?.concurrency ?? 4,
        signal,
        isOver: async (isIdle) => {
          if (await until?.()) return true
          if (runIds !== null) {
            const runs = await Promise.all(runIds.map(find))
            return runs.every(({ state }) => state === 'done' || state === 'cancelled' || state === 'paused')
          }
          return once === true && isIdle && (await units.due(1)).length === 0
        },
      }
      // A fleet takes any work from the queue; who waits for one run looks after that one, and its lease keeps the two apart.
      if (queue && runIds === null) {
        const { driveWithPgBoss } = await import('./drivers/pg-boss.ts')
        await driveWithPgBoss(units, { ...options, queue, ...sweeping(config) })
      } else await (await import('./drivers/local.ts')).driveLocally(units, options)
    },
    find,
    followersOf: async (name) => followersOf(await config.jobs(), name),
    followers: async (runIds) =>
      (await store.runs({ live: true, limit: 1_000 })).filter((run) =>
        runIds.includes(specOf(run).follows ?? ''),
      ),
    status: async (runId) => statusOf(flow, await find(runId)),
    async atProvider(runId) {
      const run = await find(runId)
      const job = (await config.jobs()).get(run.job)?.job
      if (job !== undefined && (await import('./compose/provider.ts')).isSimulated(config, job)) return null
      return (await import('./engine/look/at-provider.ts')).askProvider(flow, run)
    },
    resume: async (runId, capMicroUsd, followersMicroUsd) =>
      (await import('./engine/control.ts')).resumeRun(
        flow,
        await find(runId),
        capMicroUsd,
        followersMicroUsd,
      ),
    accept: async (runId) => (await import('./engine/control.ts')).acceptMissing(flow, await find(runId)),
    lookForLost: async (runId) =>
      (await import('./engine/look-again.ts')).lookForLost(flow, await find(runId)),
    runsToLookIn: async (runId) =>
      (await import('./engine/look-again.ts')).runsToLookIn(flow, await find(runId)),
    cancel: async (runId) => (await import('./engine/control.ts')).cancelRun(flow, await find(runId)),
    pause: async (runId) => (await import('./engine/pause.ts')).pauseByHand(flow, await find(runId)),
    cancelUnsent: async (runId, signal) =>
      (await import('./engine/send/drop-unsent.ts')).dropUnsent(flow, await find(runId), signal),
    cancelBatch: async (runId, batchN) =>
      (await import('./engine/send/cancel-batch.ts')).cancelBatch(flow, await find(runId), batchN),
    retry: async (runId, choice) =>
      (await import('./engine/control.ts')).retryRun(flow, await find(runId), choice),
    async mergeAgain(runId, batchN) {
      const { mergeAgain } = await import('./engine/control.ts')
      const { prepareReading } = await import('./engine/plan/prepare-run.ts')
      const run = await find(runId)
      return mergeAgain(flow, run, await prepareReading(flow, run), batchN)
    },
    async *results(runId, filter = {}) {
      const { resultsOf } = await import('./engine/look/results.ts')
      yield* resultsOf(flow, await find(runId), filter)
    },
    record: async (runId, key) =>
      (await import('./engine/look/record.ts')).recordOf(flow, await find(runId), key),
    retryCost: async (runId, choice) =>
      (await import('./engine/plan/retry-cost.ts')).retryCostOf(flow, await find(runId), choice),
    groups: async (runId) => (await import('./engine/look/report.ts')).groupsOf(flow, await find(runId)),
    report: async (runId) => (await import('./engine/look/report.ts')).reportOf(flow, await find(runId)),
    ingest: async (...asked) =>
      (await import('./compose/bringing.ts')).bringAnswers(flow, planOptions, asked),
    ...reviewing({
      flow,
      find,
      prepared: async (name, params) => (await planOptions(name, { ...everything, params })).job,
    }),
    costs: async (by, since, series = null, jobs = null) =>
      (await import('./engine/look/costs.ts')).costsOf(flow, { by, series, since, jobs }),
    runs: (filter) => lister.page(filter),
    rows: async (runId, filter) =>
      (await import('./engine/look/rows.ts')).rowsOf(flow, await find(runId), filter),
    timeline: async (runId) =>
      (await import('./engine/look/timeline.ts')).timelineOf(flow, await find(runId)),
    keepPlan: async (plan, { params, limit, only, redo, payAgain, lane, deadlineMs }) =>
      (await import('./engine/plan/kept-plan.ts')).keepPlan(flow, plan, {
        params: { ...params },
        limit,
        only,
        redo,
        ...(payAgain === true ? { payAgain } : {}),
        ...(lane === undefined ? {} : { lane }),
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
      }),
    keptPlan: async (job, planId) => (await import('./engine/plan/kept-plan.ts')).keptPlan(flow, job, planId),
    requireSame: (seen, now) =>
      requireSame(seen, now, { where: `job ${now.job}`, fix: 'make it again, and look at what it says now' }),
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

/** Starts the emulator when it answers any job of the project. */
async function chooseEmulator(config: Config): Promise<EmbeddedEmulator | null> {
  const { deploymentsOf, isSimulated } = await import('./compose/provider.ts')
  const { emulator } = config.settings
  const jobs = [...(await config.jobs()).values()]
  if (emulator === false || (emulator === 'auto' && !jobs.some(({ job }) => isSimulated(config, job))))
    return null
  const { embedEmulator } = await import('./compose/emulator.ts')
  const deployments = deploymentsOf(
    config,
    jobs.map(({ job }) => job),
  )
  return embedEmulator(config.emulatorDir, typeof emulator === 'object' ? emulator : {}, deployments)
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
