import { setTimeout as sleep } from 'node:timers/promises'
import { outlast } from '../../../drivers/outage-tolerance.ts'
import type { RunStatus } from '../../../engine/queries/status.ts'
import type { Project } from '../../../compose/project.ts'
import { maySucceedLater } from '../../../planning/addresses/database-fault.ts'
import type { EventRow } from '../../../ports/state.ts'
import type { CommandContext } from '../../command.ts'
import { progressEvent } from '../../screen/progress.ts'
import { progressState } from '../../screen/views/progress-view.ts'

/** A file on this machine is quick to look at; a database that others use is asked less often. */
const lookEveryMs = { sqlite: 250, postgres: 1_000 } as const

export interface Watcher {
  readonly onStatus: (status: RunStatus) => void
  readonly onEvent: (event: EventRow) => void
}

export interface WatchOptions {
  readonly watcher: Watcher
  /** Ends the watching; it looks once more then. */
  readonly over: AbortSignal
  /** Ends the watching by what was seen. */
  readonly isOver?: (status: RunStatus) => boolean
  /** How often a run is looked at to which nothing has happened, in milliseconds; at every look when left out. */
  readonly restMs?: number
}

/**
 * The watch on a run: it is shown whenever something has happened to it, and now and then besides, until told to stop,
 * and once more at the end. A state that is away is waited for.
 */
export async function watchRun(
  offpeak: Project,
  runId: string,
  { watcher, over, isOver, restMs = 0 }: WatchOptions,
): Promise<void> {
  const { tail, store } = offpeak
  let hasNews = true
  let seenAt = -Infinity
  let failure: unknown = null
  const following = await untilOver(over, () =>
    tail.follow({
      onEvents(events) {
        for (const event of events) {
          if (event.runId !== runId) continue
          hasNews = true
          watcher.onEvent(event)
        }
      },
      onFailure: (thrown) => void (failure = maySucceedLater(thrown) ? null : thrown),
    }),
  )
  if (following === null) return
  try {
    for (let last = false; ;) {
      if (failure !== null) throw failure
      if (last && (await untilOver(over, following.look)) === null) return
      if (last || hasNews || performance.now() - seenAt >= restMs) {
        hasNews = false
        seenAt = performance.now()
        const status = await untilOver(over, () => offpeak.status(runId))
        if (status === null) return
        watcher.onStatus(status)
        if (last) return
        // What led to this end is told first.
        if (isOver?.(status)) {
          last = true
          continue
        }
      }
      await sleep(lookEveryMs[store.kind], undefined, { signal: over }).catch(() => undefined)
      last = over.aborted
    }
  } finally {
    following.stop()
  }
}

/**
 * The result of an act that waits for the state as long as it takes; null: the watching is over, and the state is still
 * away.
 */
export async function untilOver<Result>(
  over: AbortSignal,
  act: () => Promise<Result>,
): Promise<Result | null> {
  try {
    return await outlast(act, over)
  } catch (thrown) {
    if (over.aborted && maySucceedLater(thrown)) return null
    throw thrown
  }
}

const progressEveryMs = 1_000

/** Events and progress as lines of JSON: each event, and the progress whenever it changed, at most once a second. */
export function jsonWatcher(context: CommandContext): Watcher {
  let said = ''
  let saidAt = -Infinity
  return {
    onEvent: ({ at, runId, kind, data }) =>
      context.printJson({
        schema: 'offpeak.event/2',
        at: new Date(at).toISOString(),
        run: runId,
        kind,
        data: JSON.parse(data) as unknown,
      }),
    onStatus(status) {
      const state = `${progressState(status)} ${status.counts.merged ?? 0}`
      const now = context.io.now()
      if (state === said || now - saidAt < progressEveryMs) return
      said = state
      saidAt = now
      context.printJson(progressEvent(status, now))
    },
  }
}
