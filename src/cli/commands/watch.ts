import { setTimeout as sleep } from 'node:timers/promises'
import type { RunStatus } from '../../engine/look/status.ts'
import type { Offpeak } from '../../offpeak.ts'
import type { EventRow } from '../../ports/state.ts'
import type { CommandContext } from '../command.ts'
import { progressEvent } from '../screen/progress.ts'
import { progressState } from '../screen/progress-view.ts'

/** A file on this machine is quick to look at; a database that others use is asked less often. */
const lookEveryMs = { sqlite: 250, postgres: 1_000 } as const
const eventsPerPage = 500

export interface Watcher {
  readonly onStatus: (status: RunStatus) => void
  readonly onEvent: (event: EventRow) => void
}

/** Looks at a run again and again until told to stop, and once more at the end. */
export async function watchRun(
  offpeak: Offpeak,
  runId: string,
  { onStatus, onEvent }: Watcher,
  over: AbortSignal,
  isOver?: (status: RunStatus) => boolean,
): Promise<void> {
  let after = await newestEvent(offpeak, runId)
  for (let last = false; ;) {
    const events = await offpeak.store.events(runId, after, eventsPerPage)
    for (const event of events) onEvent(event)
    after = events.at(-1)?.id ?? after
    const status = await offpeak.status(runId)
    onStatus(status)
    if (events.length === eventsPerPage) continue
    if (last || isOver?.(status)) return
    await sleep(lookEveryMs[offpeak.store.kind], undefined, { signal: over }).catch(() => undefined)
    last = over.aborted
  }
}

/** What happened before this call is history, and not printed again. */
async function newestEvent({ store }: Offpeak, runId: string): Promise<number> {
  for (let after = 0; ;) {
    const page = await store.events(runId, after, eventsPerPage)
    after = page.at(-1)?.id ?? after
    if (page.length < eventsPerPage) return after
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
        schema: 'offpeak.event/1',
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
