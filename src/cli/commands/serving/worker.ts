import { setTimeout as sleep } from 'node:timers/promises'
import { outlast } from '../../../drivers/outage-tolerance.ts'
import { errorCodes, OffpeakError } from '../../../domain/errors.ts'
import type { RunStatus } from '../../../engine/queries/status.ts'
import type { Project } from '../../../compose/project.ts'
import { deliverNotices } from '../../../server/hooks/deliver.ts'
import { endpointsOf } from '../../../server/hooks/endpoints.ts'
import { runLinks } from '../../../server/hooks/notice.ts'
import { liveRuns } from '../runs/choose-run.ts'
import { command, type CommandContext } from '../../command.ts'
import { printFailure } from '../../screen/failure.ts'
import { yesFlag } from '../../../wording/commands/flags.ts'
import { cleanLine } from '../../screen/clean.ts'
import { formatDuration } from '../../../wording/duration.ts'
import { plural } from '../../../wording/count.ts'
import { Progress } from '../../screen/progress.ts'
import { resultOf, shownGroups } from '../../screen/result.ts'
import { showTrouble } from '../../screen/trouble.ts'
import { watchJobs } from './watch-jobs.ts'
import { jsonWatcher, untilOver, type Watcher, watchRun } from '../look/watch.ts'

const lookEveryMs = 1_000
/** Which runs live is read when one is started, and this often besides. */
const listEveryMs = 30_000
/** So often a run is looked at to which nothing has happened, where others use the database too. */
const restMs = 15_000
const againAfterMs = 5_000

const worker = command({
  name: 'worker',
  summary: 'drive all runs, headless, until stopped',
  group: 'Run',
  options: { once: yesFlag('--once', 'stop when nothing is due now, as for cron') },
  examples: ['offpeak worker', 'offpeak worker --once', 'offpeak worker --json'],
  notes: [
    'Polls, merges and sends for every run of this state, for systemd or a container. Several workers on one state share the work. Ctrl-C and SIGTERM end it when what is on the wire is finished; nothing is cancelled.',
  ],
  async run(context, _args, { once }) {
    const signal = context.interruptible(() =>
      context.say('  Ending: what is on the wire is finished first.'),
    )
    const offpeak = await (once ? context.open() : context.openPatiently(signal))
    const live = await outlast(() => liveRuns(offpeak), signal)
    context.say(
      `  Offpeak ${context.version} worker · ${offpeak.store.kind} state · ${live.length === 0 ? 'no run is running' : plural(live.length, 'run')}${once ? '' : ' · Ctrl-C ends it'}`,
    )
    await work(context, offpeak, { signal, once })
    return 0
  },
})
export { worker as command }

export interface WorkOptions {
  readonly signal: AbortSignal
  /** Stop when nothing is due now. */
  readonly once?: boolean
  /** Where the dashboard of this process is, for links in what others are told; null: it has none. */
  readonly url?: string | null
}

/**
 * The work on all runs until the signal, or until nothing is due; says how they go, and tells it to the endpoints of
 * `notify`.
 */
export async function work(
  context: CommandContext,
  offpeak: Project,
  { signal, once = false, url = null }: WorkOptions,
): Promise<void> {
  // Said before anything goes on.
  endpointsOf(offpeak.config)
  const over = new AbortController()
  const ends = AbortSignal.any([signal, over.signal])
  const telling = {
    linkTo: runLinks(offpeak.config.settings.api.url ?? url),
    onRefused: (host: string, why: string, pauseMs: number) =>
      context.say(
        context.paintWords.warn(
          `  ! ${host} was not told: ${cleanLine(why)}; again in ${formatDuration(pauseMs)}`,
        ),
      ),
  }
  using shown = new DisposableStack()
  shown.use(showTrouble(context, null))
  shown.use(watchJobs(context, offpeak))
  const end = (): void => over.abort()
  const driving = driveOn(context, offpeak, ends, once)
  const watching = watchAll(context, offpeak, over.signal)
  const parts = [driving]
  if (!once) parts.push(deliverNotices(offpeak, { ...telling, signal: ends }))
  // What ends one of them for good ends the worker.
  for (const part of [...parts, watching]) part.catch(end)
  try {
    const results = await Promise.allSettled(parts)
    for (const result of results) if (result.status === 'rejected') throw result.reason
    if (once && !signal.aborted) await deliverNotices(offpeak, { ...telling, signal, once })
  } finally {
    end()
    await watching
  }
}

async function driveOn(
  context: CommandContext,
  offpeak: Project,
  signal: AbortSignal,
  once: boolean,
): Promise<void> {
  while (!signal.aborted) {
    const mended = await driveOnce(context, offpeak, signal, once)
    if (once || signal.aborted) break
    if (!mended) await sleep(againAfterMs, undefined, { signal }).catch(() => undefined)
  }
}

/** True: the drive ended by itself. What only needs time is said and tried again; all else ends the worker. */
async function driveOnce(
  context: CommandContext,
  offpeak: Project,
  signal: AbortSignal,
  once: boolean,
): Promise<boolean> {
  try {
    await offpeak.drive({ runIds: null, signal, once })
    return true
  } catch (thrown) {
    if (
      once ||
      !(thrown instanceof OffpeakError) ||
      // A person has to give another state or a newer version: trying again does not.
      thrown.code === 'E_STATE_VERSION' ||
      thrown.code === 'E_STATE_CORRUPT' ||
      !['machine', 'provider'].includes(errorCodes[thrown.code].who)
    )
      throw thrown
    printFailure(context.io, thrown, {
      ...context.globals,
      money: `The state is safe; it is tried again in ${againAfterMs / 1_000} s.`,
    })
    return false
  }
}

/** Follows every run that lives, also those that others start meanwhile. */
async function watchAll(context: CommandContext, offpeak: Project, over: AbortSignal): Promise<void> {
  const followed = new Map<string, Promise<void>>()
  const failed = new AbortController()
  const ends = AbortSignal.any([over, failed.signal])
  const failures: unknown[] = []
  let hasNews = true
  const following = await untilOver(ends, () =>
    offpeak.tail.follow({
      onEvents: (events) => void (hasNews ||= events.some(({ kind }) => kind === 'run.started')),
      onFailure: () => undefined,
    }),
  )
  if (following === null) return
  let lookedAt = -Infinity
  while (!ends.aborted) {
    if (hasNews || performance.now() - lookedAt >= listEveryMs) {
      hasNews = false
      lookedAt = performance.now()
      for (const { id } of (await untilOver(ends, () => liveRuns(offpeak))) ?? []) {
        if (followed.has(id)) continue
        const watching = follow(context, offpeak, id, ends).catch((thrown: unknown) => {
          failures.push(thrown)
          failed.abort()
        })
        followed.set(
          id,
          watching.finally(() => followed.delete(id)),
        )
      }
    }
    await sleep(lookEveryMs, undefined, { signal: ends }).catch(() => undefined)
  }
  following.stop()
  await Promise.all(followed.values())
  if (failures.length > 0) throw failures[0]
}

async function follow(
  context: CommandContext,
  offpeak: Project,
  runId: string,
  over: AbortSignal,
): Promise<void> {
  const { io, globals, paintWords } = context
  using progress = new Progress({
    io,
    paint: paintWords,
    live: false,
    json: globals.logFormat === 'json',
    quiet: globals.quiet,
    hint: null,
  })
  const watcher: Watcher = globals.json
    ? jsonWatcher(context)
    : { onStatus: (status) => progress.update(status), onEvent: () => undefined }
  const last: { status: RunStatus | null } = { status: null }
  await watchRun(offpeak, runId, {
    watcher: { ...watcher, onStatus: (status) => watcher.onStatus((last.status = status)) },
    over,
    isOver: ({ state }) => state === 'done' || state === 'cancelled',
    restMs: offpeak.store.kind === 'sqlite' ? 0 : restMs,
  })
  const { status } = last
  if (status === null || (status.state !== 'done' && status.state !== 'cancelled')) return
  if (globals.json) return context.printJson(status)
  const groups = await untilOver(over, async () =>
    offpeak.mended(runId, await offpeak.groups(runId), shownGroups),
  )
  if (groups === null) return
  const options = { paint: paintWords, columns: io.stderr.columns() }
  context.say(resultOf(status, groups, options).lines.join('\n'))
}
