import { join } from 'node:path'
import { crashPoints } from './compose/crash.ts'
import { isGone, machineChance, machineClock, processName, sessionName } from './compose/machine.ts'
import { startChosen } from './compose/chosen-emulator.ts'
import type { EmbeddedEmulator } from './compose/emulator.ts'
import { followersOf, startFollowers } from './compose/followers.ts'
import type { PlanOptionsOf } from './compose/plan-options.ts'
import { type DriveOptions, everything, type Offpeak, type Selection } from './compose/project.ts'
import { jobDoors, watchJobFiles } from './compose/job-doors.ts'
import { queueFor } from './compose/queue.ts'
import { rehearsing } from './compose/rehearsing.ts'
import { remedying } from './compose/remedying.ts'
import { reviewing } from './compose/reviewing.ts'
import { type ConfigOptions, loadConfig } from './config/config.ts'
import { projectAttachments } from './connectors/files/attachments.ts'
import { formatUsd, parseUsd } from './domain/money.ts'
import { keyOfTyped } from './domain/record-key.ts'
import type { Driven, DriverOptions } from './drivers/local.ts'
import { outlast } from './drivers/patience.ts'
import { defaultRealtime, type Flow } from './engine/flow.ts'
import { EventTail } from './engine/look/event-tail.ts'
import { findRun } from './engine/look/find-run.ts'
import { requireSame } from './engine/plan/saved-plan.ts'
import { tighten } from './engine/requests/private-files.ts'
import { checkFilesDirectory, claimFilesDirectory, readMarker } from './engine/requests/project-marker.ts'
import { RowOrders } from './engine/look/row-orders.ts'
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

/** How long a project that is being opened waits for a state that has just gone away, in milliseconds. */
const quotaPatienceMs = 60_000

/**
 * Opens the project of a directory, this one when none is named. What plans, sends or merges is loaded when it is first
 * used, so that a command that only reads the state is quick. Throws E_CONFIG, E_ENV, E_DATABASE, E_STATE_*. Nothing is
 * sent.
 */
export async function openOffpeak(options: Partial<ConfigOptions> = {}): Promise<Offpeak> {
  const config = await loadConfig({ cwd: '.', configFile: null, envFile: null, modules: {}, ...options })
  // Those of earlier versions, or that somebody else has made.
  for (const folder of [join(config.dir, '.offpeak', 'files'), config.filesDir, config.emulatorDir])
    if (folder.startsWith(join(config.dir, '.offpeak', '/'))) tighten(folder)
  const queue = await queueFor(config)
  const store = await openStore(config.state, machineChance.id(8), {
    onDue: queue?.onDue ?? null,
    session: sessionName(),
    marker: readMarker(config.filesDir),
  })
  for (const [key, { enqueuedTokens }] of Object.entries(config.settings.quota))
    await outlast(
      () => store.setQuota(key, { limitTokens: enqueuedTokens }),
      AbortSignal.timeout(quotaPatienceMs),
    )
  let embedded: Promise<EmbeddedEmulator | null> | null = null
  const emulator = (): Promise<EmbeddedEmulator | null> => (embedded ??= startChosen(config))
  // One client for each job: it keeps its connections, and what it has learned of the service's clock.
  const clients = new WeakMap<AnyJob, Provider>()
  const { loaded, ...doors } = jobDoors(config)
  const flow: Flow = {
    store,
    clock: machineClock(store.clockOffsetMs),
    chance: machineChance,
    timings: config.timings,
    realtime: { ...defaultRealtime, ...config.settings.realtime },
    filesDir: config.filesDir,
    connectors: { baseDir: config.dir, databaseUrl: config.databaseUrl },
    isSimulated: config.isSimulated,
    openSink: async (definition, context) =>
      (await import('./connectors/open-sink.ts')).openSink(definition, context),
    attachments: projectAttachments(config.dir),
    ...doors,
    async provider(job) {
      const known = clients.get(job)
      if (known) return known
      const { providerFor } = await import('./compose/provider.ts')
      const reaching = { emulator: await emulator(), now: () => flow.clock.now() }
      const client = providerFor(config, job, reaching)
      clients.set(job, client)
      return client
    },
    async reader(job) {
      const known = clients.get(job)
      if (known) return known
      const { readerFor } = await import('./compose/provider.ts')
      return readerFor(config, job, { emulator: await emulator(), now: () => flow.clock.now() })
    },
    async follow(run) {
      const { followers, shared, payer, writes } = specOf(run)
      const apart = writes ? null : await (await import('./compose/rehearsal.ts')).keptApart(config, run.job)
      // It may have been raised since the run began.
      const now = shared === null ? null : await store.budget(shared.key)
      const selection = { ...everything, write: writes }
      return startFollowers(await config.jobs.all(), run, {
        apart,
        agreed: followers,
        plan: (name) => planOf(name, selection),
        start: (made, capMicroUsd) =>
          start(made.job, selection, capMicroUsd, {
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
  const flows = { real: flow, apart: config.isSimulated ? rehearsing(flow, config) : flow }
  /** What is invented is written apart, unless somebody wants it where it would go. */
  const writesFor = ({ write }: Pick<Selection, 'write'>): boolean =>
    !config.isSimulated || (write ?? config.writesSimulated)
  /** Before a run begins: the copies that it writes in place of the databases of its job. */
  const readyToWrite = async (name: string, selection: Selection): Promise<boolean> => {
    const writes = writesFor(selection)
    if (!writes) await (await import('./compose/rehearsal.ts')).makeCopies(config, (await loaded(name)).job)
    return writes
  }
  /** A run with what it is carried on with: where it reads and writes is what it began with. */
  const of = async (runId: string): Promise<readonly [Flow, RunRow]> => {
    const run = await find(runId)
    return [specOf(run).writes ? flows.real : flows.apart, run]
  }
  const planOptions: PlanOptionsOf = async (name, selection, { asks, model: askedModel = null }) => {
    const { askedJob } = await import('./compose/asked-job.ts')
    const { deadlineMsOf } = await import('./engine/ask/lane.ts')
    const { parseParams, prepare, readExamples } = await import('./engine/plan/prepare.ts')
    const { encodingFor, loadTokenizer } = await import('./planning/count-tokens.ts')
    const { findPrice } = await import('./providers/prices.ts')
    const { nearModels } = await import('./compose/near-models.ts')
    const { rescue = null } = selection
    const asked = askedJob(config, (await loaded(name)).job, { model: askedModel, rescue })
    const { job, model, client, insteadOf } = asked
    const own = writesFor(selection) ? flows.real : flows.apart
    // What only plans needs no key.
    const provider = await (asks ? flow.provider(client) : flow.reader(client))
    const isSimulated = provider.isSimulated() ?? (await store.wasSimulated(provider.account))
    const params = await parseParams(job, selection.params)
    const examples = await readExamples(job, own)
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
      insteadOf,
    })
    const keyParts = prepared.source.keyFields.length
    return {
      flow: own,
      isSimulated,
      params: selection.params,
      examples,
      job: prepared,
      count: (await loadTokenizer(encodingFor(job.model.pricedAs ?? model))).count,
      lane: selection.lane ?? 'batch',
      deadlineMs: selection.lane == null ? (selection.deadlineMs ?? deadlineMsOf(job)) : null,
      price: findPrice({ ...ask, lane: 'batch' }),
      flexPrice: findPrice({ ...ask, lane: 'flex' }),
      realtimePrice: findPrice({ ...ask, lane: 'realtime' }),
      nearModels: nearModels(ask),
      budgetMicroUsd: perRun === undefined ? null : parseUsd(perRun),
      followers: followersOf(await config.jobs.all(), job.name),
      quotaKey: `${job.model.provider}/${model}`,
      limit: selection.limit,
      only: selection.only?.map((key) => (rescue ? key : keyOfTyped(key, keyParts))) ?? null,
      redo: selection.redo,
      payAgain: selection.payAgain === true,
      keep: selection.keep === true,
      rescue: rescue && { run: rescue.run, maxTokens: rescue.maxTokens, insteadOf },
    }
  }
  const planOf: Offpeak['plan'] = async (name, selection) =>
    (await import('./engine/plan/plan.ts')).plan(await planOptions(name, selection, { asks: false }))
  const driven = async (runIds: DriveOptions['runIds']): Promise<Driven> => {
    const { advance } = await import('./engine/advance.ts')
    const directory = await claimFilesDirectory(flow)
    return {
      due: (limit) => store.due(flow.clock.now(), limit, runIds),
      nextDue: () => store.nextDue(runIds),
      async advance(unit, signal) {
        // A directory can also go away under a process that runs for weeks.
        checkFilesDirectory(flow, directory)
        const runId = unit.kind === 'run' ? unit.id : (await store.attempt(unit.id))?.runId
        const run = config.isSimulated && runId !== undefined ? await store.run(runId) : null
        return advance(run !== null && !specOf(run).writes ? flows.apart : flow, unit, signal)
      },
      now: () => flow.clock.now(),
    }
  }
  const start: Offpeak['start'] = async (name, selection, capMicroUsd, how = {}) => {
    const { startRun } = await import('./engine/control.ts')
    const { checkAffordable } = await import('./engine/plan/affordable.ts')
    const { plan } = await import('./engine/plan/plan.ts')
    await claimFilesDirectory(flow)
    const options = await planOptions(name, selection, { asks: true })
    const writes = await readyToWrite(name, selection)
    const made = how.plan ?? (await plan(options))
    checkAffordable(made, capMicroUsd ?? how.shared?.capMicroUsd ?? null, formatUsd)
    const { shared = null, payer = null, follows = null, totalMicroUsd = null } = how
    const agreed = made.followers.flatMap(({ job, budgetMicroUsd }) =>
      budgetMicroUsd === null ? [] : [{ job, capMicroUsd: budgetMicroUsd }],
    )
    return startRun({
      ...options,
      writes,
      plan: made,
      capMicroUsd,
      shared: shared ?? (agreed.length === 0 ? null : chainBudget(flow.chance.id(12), totalMicroUsd)),
      followers: how.followers ?? agreed,
      payer,
      follows,
      hold: selection.hold === true,
    })
  }
  const rowOrders = new RowOrders()
  const lister = new RunLister(flow)
  const find = (runId: string): Promise<RunRow> => findRun(flow, runId)
  return {
    config,
    store,
    flow,
    tail: new EventTail(store),
    emulator,
    isSimulated: config.isSimulated,
    job: loaded,
    watchJobs: watchJobFiles(config, flow),
    provider: async (name) => flow.provider((await loaded(name)).job),
    plan: planOf,
    examples: async (name, selection, count) =>
      (await import('./engine/plan/examples.ts')).renderFirst(
        await planOptions(name, selection, { asks: false }),
        count,
      ),
    prepareTry: async (...asked) =>
      (await import('./compose/trying.ts')).prepareTry(flow, planOptions, asked),
    sendTry: async (...asked) => (await import('./compose/trying.ts')).sendPreparedTry(flow, asked),
    start,
    async drive({ runIds, signal, once, until }) {
      const units = await driven(runIds)
      const { removeOldFiles } = await import('./engine/keep/retention.ts')
      const { removeRemains } = await import('./engine/keep/remains.ts')
      await outlast(() => removeOldFiles(flow, config.keepFilesMs), signal)
      await outlast(() => removeRemains(flow, config.keepFilesMs), signal)
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
        const sweepEveryMs = config.settings.worker?.sweepEveryMs
        const { driveWithPgBoss } = await import('./drivers/pg-boss.ts')
        await driveWithPgBoss(units, {
          ...options,
          queue,
          ...(sweepEveryMs === undefined ? {} : { sweepEveryMs }),
        })
      } else await (await import('./drivers/local.ts')).driveLocally(units, options)
    },
    find,
    followersOf: async (name) => followersOf(await config.jobs.all(), name),
    followers: async (runIds) =>
      (await store.runs({ live: true, limit: 1_000 })).filter((run) =>
        runIds.includes(specOf(run).follows ?? ''),
      ),
    status: async (runId) => statusOf(...(await of(runId))),
    async atProvider(runId) {
      const run = await find(runId)
      if (config.isSimulated) return null
      return (await import('./engine/look/at-provider.ts')).askProvider(flow, run)
    },
    resume: async (runId, capMicroUsd, how) =>
      (await import('./engine/control.ts')).resumeRun(...(await of(runId)), capMicroUsd, how),
    takeToday: async (runId) => (await import('./engine/job-change.ts')).adoptToday(...(await of(runId))),
    accept: async (runId) => (await import('./engine/control.ts')).acceptMissing(...(await of(runId))),
    lookForLost: async (runId) => (await import('./engine/look-again.ts')).lookForLost(...(await of(runId))),
    runsToLookIn: async (runId) =>
      (await import('./engine/look-again.ts')).runsToLookIn(...(await of(runId))),
    cancel: async (runId) => (await import('./engine/control.ts')).cancelRun(...(await of(runId))),
    pause: async (runId) => (await import('./engine/pause.ts')).pauseByHand(...(await of(runId))),
    cancelUnsent: async (runId, signal) =>
      (await import('./engine/send/drop-unsent.ts')).dropUnsent(...(await of(runId)), signal),
    cancelBatch: async (runId, batchN) =>
      (await import('./engine/send/cancel-batch.ts')).cancelBatch(...(await of(runId)), batchN),
    async *results(runId, filter = {}) {
      const { resultsOf } = await import('./engine/look/results.ts')
      yield* resultsOf(...(await of(runId)), filter)
    },
    record: async (runId, key) =>
      (await import('./engine/look/record.ts')).recordOf(...(await of(runId)), key),
    groups: async (runId) => (await import('./engine/look/report.ts')).groupsOf(...(await of(runId))),
    report: async (runId) => (await import('./engine/look/report.ts')).reportOf(...(await of(runId))),
    ingest: async (...asked) =>
      (await import('./compose/bringing.ts')).bringAnswers(flow, { planOptions, readyToWrite }, asked),
    ...remedying({ of, plan: planOf }),
    ...reviewing({
      flow: flows.apart,
      find,
      of,
      prepared: async (name, params) =>
        (await planOptions(name, { ...everything, params }, { asks: false })).job,
    }),
    costs: async (by, since, series = null, jobs = null) =>
      (await import('./engine/look/costs.ts')).costsOf(flow, { by, series, since, jobs }),
    runs: (filter) => lister.page(filter),
    rows: async (runId, filter) =>
      (await import('./engine/look/rows.ts')).rowsOf(...(await of(runId)), filter, rowOrders),
    timeline: async (runId) => (await import('./engine/look/timeline.ts')).timelineOf(...(await of(runId))),
    keepPlan: async (plan, { params, limit, only, redo, payAgain, keep, write, lane, deadlineMs }) =>
      (await import('./engine/plan/kept-plan.ts')).keepPlan(flow, plan, {
        params: { ...params },
        limit,
        only,
        redo,
        ...(payAgain === true ? { payAgain } : {}),
        ...(write === undefined ? {} : { write }),
        ...(keep === true ? { keep } : {}),
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
