import { type Driven, type DriverOptions, driveLocally } from '../../drivers/local.ts'
import { outlast } from '../../drivers/outage-tolerance.ts'
import { advance } from '../../engine/advance/advance.ts'
import { removeRemains } from '../../engine/cleanup/remains.ts'
import { removeOldFiles } from '../../engine/cleanup/retention.ts'
import { findRun } from '../../engine/queries/find-run.ts'
import { checkFilesDirectory, claimFilesDirectory } from '../../engine/files/project-marker.ts'
import { specOf } from '../../engine/spec.ts'
import type { WorkItem } from '../../ports/store/runs.ts'
import { isGone } from '../machine.ts'
import type { Workspace } from '../workspace.ts'

export interface DriveOptions {
  /** The runs to carry to their ends; null: everything that lives, until the signal. */
  readonly runIds: readonly string[] | null
  readonly signal: AbortSignal
  /** With `runIds` null: stop when nothing is due now instead of going on for ever. */
  readonly once?: boolean
  /** Asked between steps; true ends the drive although the run is not over. */
  readonly until?: () => Promise<boolean>
}

/** `Offpeak.drive`. */
export async function drive(workspace: Workspace, options: DriveOptions): Promise<void> {
  const { config, queue } = workspace
  const { runIds, signal } = options
  const units = await drivenWorkItems(workspace, runIds)
  await tidy(workspace, signal)
  const driver: DriverOptions = {
    concurrency: config.settings.worker?.concurrency ?? 4,
    signal,
    isOver: (isIdle) => isOver(workspace, options, async () => isIdle && (await units.due(1)).length === 0),
  }
  // A fleet takes any work from the queue; who waits for one run looks after that one, and its lease keeps the two apart.
  if (queue === null || runIds !== null) return driveLocally(units, driver)
  const sweepEveryMs = config.settings.worker?.sweepEveryMs
  const { driveWithPgBoss } = await import('../../drivers/pg-boss.ts')
  await driveWithPgBoss(units, {
    ...driver,
    queue,
    ...(sweepEveryMs === undefined ? {} : { sweepEveryMs }),
  })
}

/** How long a process rests, in milliseconds, that leaves to others what is due. */
const leftRestMs = 500

async function drivenWorkItems(
  { config, store, flow, apart }: Workspace,
  runIds: DriveOptions['runIds'],
): Promise<Driven> {
  const directory = await claimFilesDirectory(flow)
  // What is left to others is due all the same, and not asked for again and again.
  const left = new Map<string, string>()
  const isLeft = ({ kind, id }: WorkItem): boolean => {
    const runId = left.get(`${kind} ${id}`)
    const still = runId !== undefined && flow.others?.isLeft(runId, flow.clock.now()) === true
    if (!still) left.delete(`${kind} ${id}`)
    return still
  }
  return {
    async due(limit) {
      const due = await store.due(flow.clock.now(), limit + left.size, runIds)
      return left.size === 0 ? due : due.filter((unit) => !isLeft(unit)).slice(0, limit)
    },
    async nextDue() {
      const next = await store.nextDue(runIds)
      return next === null || left.size === 0 ? next : Math.max(next, flow.clock.now() + leftRestMs)
    },
    async advance(unit, signal) {
      // A directory can also go away under a process that runs for weeks.
      checkFilesDirectory(flow, directory)
      const runId = unit.kind === 'run' ? unit.id : (await store.attempt(unit.id))?.runId
      if (runId !== undefined && flow.others?.isLeft(runId, flow.clock.now()) === true) {
        left.set(`${unit.kind} ${unit.id}`, runId)
        return 'left'
      }
      const run = config.isSimulated && runId !== undefined ? await store.run(runId) : null
      return advance(run !== null && !specOf(run).writes ? apart : flow, unit, signal)
    },
    now: () => flow.clock.now(),
  }
}

/** Removes what has had its time, and frees what a killed process of this machine held before its leases run out. */
async function tidy({ config, store, flow }: Workspace, signal: AbortSignal): Promise<void> {
  await outlast(() => removeOldFiles(flow, config.keepFilesMs), signal)
  await outlast(() => removeRemains(flow, config.keepFilesMs), signal)
  await outlast(() => releaseLeasesOfGone({ store, flow }), signal)
}

/** The release of leases that killed processes of this machine hold, so that nobody waits for them to run out. */
export async function releaseLeasesOfGone({ store, flow }: Pick<Workspace, 'store' | 'flow'>): Promise<void> {
  for (const holder of await store.holders(flow.clock.now()))
    if (isGone(holder)) await store.releaseLeasesOf(holder, flow.clock.now())
}

async function isOver(
  { flow }: Workspace,
  { runIds, once, until }: DriveOptions,
  isNothingDue: () => Promise<boolean>,
): Promise<boolean> {
  if (await until?.()) return true
  if (runIds === null) return once === true && isNothingDue()
  const runs = await Promise.all(runIds.map((id) => findRun(flow, id)))
  return runs.every(({ state }) => state === 'done' || state === 'cancelled' || state === 'paused')
}
