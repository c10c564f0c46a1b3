import { join } from 'node:path'
import { type Config, type ConfigOptions, isSharedState, loadConfig } from '../config/config.ts'
import { requireKnownNode } from '../domain/known-node.ts'
import { projectAttachments } from '../connectors/files/attachments.ts'
import { outlast } from '../drivers/outage-tolerance.ts'
import { defaultRealtime, type Flow } from '../engine/flow.ts'
import { tighten } from '../engine/files/private-files.ts'
import { readMarker } from '../engine/files/project-marker.ts'
import { leftToOthers } from '../engine/left-to-others.ts'
import type { AnyJob } from '../ports/job.ts'
import type { Provider } from '../ports/provider/provider.ts'
import type { Store } from '../ports/store.ts'
import type { StateTrouble } from '../ports/state-trouble.ts'
import { openStore } from '../stores/open.ts'
import { startChosen } from './chosen-emulator.ts'
import type { EmbeddedEmulator } from './emulator.ts'
import { jobAccess } from './job-access.ts'
import { machineRandom, machineClock, processName, sessionName } from './machine.ts'
import type { Reaching } from './provider.ts'
import { queueFor } from './queue.ts'
import { rehearsing } from './rehearsal.ts'
import type { Workspace } from './workspace.ts'
import type { CrashPoint } from '../engine/crash-points.ts'

/** How long a project that is being opened waits for a state that has just gone away, in milliseconds. */
const quotaPatienceMs = 60_000

/** Writes the limits of the configuration down. */
async function setQuotas(config: Config, store: Store): Promise<void> {
  const given = Object.entries(config.settings.quota)
  if (given.length === 0) return
  for (const [key, { enqueuedTokens }] of given)
    await outlast(
      () => store.setQuota(key, { limitTokens: enqueuedTokens }),
      AbortSignal.timeout(quotaPatienceMs),
    )
  await outlast(() => limitKnownQuotas(config, store), AbortSignal.timeout(quotaPatienceMs))
}

/** One client for each account of a job: it keeps its connections, and what it has learned of the service's clock. */
function clientsOf(
  config: Config,
  reaching: () => Promise<Reaching<EmbeddedEmulator>>,
): Pick<Flow, 'provider' | 'accounts' | 'reader'> {
  const clients = new WeakMap<AnyJob, readonly [Provider, ...Provider[]]>()
  const accounts = async (job: AnyJob): Promise<readonly [Provider, ...Provider[]]> => {
    const known = clients.get(job)
    if (known) return known
    const { accountsFor, requirePackages } = await import('./provider.ts')
    await requirePackages(job)
    const made = accountsFor(config, job, await reaching())
    clients.set(job, made)
    return made
  }
  return {
    provider: async (job) => (await accounts(job))[0],
    accounts,
    async reader(job) {
      const known = clients.get(job)
      if (known) return known[0]
      const { readerFor } = await import('./provider.ts')
      return readerFor(config, job, await reaching())
    },
  }
}

/** Gives quotas that were met before, under the address of their service, the limit of all services of the kind. */
async function limitKnownQuotas(config: Config, store: Store): Promise<void> {
  const { configuredLimit } = await import('./provider.ts')
  for (const { key, limitTokens } of await store.quotas()) {
    const limit = configuredLimit(config, key)
    if (limit !== null && limit !== limitTokens) await store.setQuota(key, { limitTokens: limit })
  }
}

/** How a process takes a state that is away or full. */
export interface StatePatience {
  /** False: who calls waits itself, and is told at once. Else each call waits for as long as `timings.awayMs` says. */
  readonly waits?: boolean
  /** Ends such a wait at once. */
  readonly signal?: AbortSignal
  /** Told like a listener of `Store.watch`, also while the state is being opened. */
  readonly onTrouble?: (trouble: StateTrouble | null) => void
}

/** The state and the doors of a project, opened. Throws E_CONFIG, E_ENV, E_DATABASE and E_STATE_*. */
export async function openWorkspace(
  options: Partial<ConfigOptions>,
  { waits = true, ...patience }: StatePatience,
): Promise<Workspace & AsyncDisposable> {
  requireKnownNode(process.versions)
  const config = await loadConfig({ cwd: '.', configFile: null, envFile: null, modules: {}, ...options })
  // Those of earlier versions, or that somebody else has made.
  for (const folder of [join(config.dir, '.offpeak', 'files'), config.filesDir, config.emulatorDir])
    if (folder.startsWith(join(config.dir, '.offpeak', '/'))) tighten(folder)
  const queue = await queueFor(config)
  const store = await openStore(config.state, machineRandom.id(8), {
    onDue: queue?.onDue ?? null,
    session: sessionName(),
    marker: readMarker(config.filesDir),
    awayMs: waits ? config.timings.awayMs : 0,
    ...patience,
  })
  await setQuotas(config, store)
  let embedded: Promise<EmbeddedEmulator | null> | null = null
  const emulator = (): Promise<EmbeddedEmulator | null> => (embedded ??= startChosen(config))
  const { loaded, ...doors } = jobAccess(config)
  const flow: Flow = {
    store,
    clock: machineClock(store.clockOffsetMs),
    random: machineRandom,
    timings: config.timings,
    realtime: { ...defaultRealtime, ...config.settings.realtime },
    filesDir: config.filesDir,
    connectors: {
      baseDir: config.dir,
      databaseUrl: config.databaseUrl,
      env: config.environment.get,
      ownPlace: config.ownPlace,
    },
    isSimulated: config.isSimulated,
    openSink: async (definition, context) =>
      (await import('../connectors/open-sink.ts')).openSink(definition, context),
    attachments: projectAttachments(config.dir),
    ...doors,
    ...clientsOf(config, async () => ({ emulator: await emulator(), now: () => flow.clock.now() })),
    follow: async (run) => (await import('./client/starting.ts')).startAfter(workspace, run),
    others: isSharedState(config) ? leftToOthers() : null,
    holder: processName(),
    reach: crashPoints(config.environment.crashAt),
  }
  const workspace: Workspace = {
    config,
    store,
    flow,
    apart: config.isSimulated ? rehearsing(flow, config) : flow,
    queue,
    emulator,
    loaded,
  }
  return {
    ...workspace,
    async [Symbol.asyncDispose]() {
      const running = await embedded?.catch(() => null)
      await running?.[Symbol.asyncDispose]()
      await queue?.[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
    },
  }
}

/**
 * The action of a crash point: none, unless the crash harness has named one as `<point>:<hit>`; then the process kills
 * itself there as hard as the system can. With `:stop` behind it, it only stands still until it is continued.
 */
export function crashPoints(crashAt: string | null): (point: CrashPoint) => void {
  if (crashAt === null) return () => undefined
  const [wanted, hit = '1', how = 'kill'] = crashAt.split(':')
  let left = Number(hit)
  return (point) => {
    if (point === wanted && --left === 0) process.kill(process.pid, how === 'stop' ? 'SIGSTOP' : 'SIGKILL')
  }
}
