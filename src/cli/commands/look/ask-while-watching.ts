import { setTimeout as sleep } from 'node:timers/promises'
import type { AtProvider } from '../../../engine/queries/at-provider.ts'
import { outlast } from '../../../drivers/outage-tolerance.ts'
import type { Project } from '../../../compose/project.ts'
import { maySucceedLater } from '../../../planning/addresses/database-fault.ts'

const lookEveryMs = 1_000
/** The provider is asked no more often than this, unless the config says how often batches are asked for. */
const askEveryMs = 10_000

/**
 * While a run is watched that no process carries, asks the provider now and then, reading only; null is handed on when
 * some process carries it again. Ends with the signal.
 */
export async function askWhileWatching(
  offpeak: Project,
  runId: string,
  onSeen: (seen: AtProvider | null) => void,
  over: AbortSignal,
): Promise<void> {
  const everyMs = Math.max(lookEveryMs, offpeak.config.timings.pollEveryMs ?? askEveryMs)
  for (let first = true; !over.aborted; first = false) {
    const seen = await outlast(() => offpeak.atProvider(runId), over).catch((thrown: unknown) => {
      if (over.aborted && maySucceedLater(thrown)) return null
      throw thrown
    })
    if (over.aborted) return
    onSeen(seen)
    const pauseMs = seen === null && !first ? lookEveryMs : everyMs
    await sleep(pauseMs, undefined, { signal: over }).catch(() => undefined)
  }
}
