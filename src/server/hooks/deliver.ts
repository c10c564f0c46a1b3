import { setTimeout as sleep } from 'node:timers/promises'
import { errorCodes, OffpeakError } from '../../domain/errors.ts'
import type { Project } from '../../compose/project.ts'
import { outlast } from '../../drivers/outage-tolerance.ts'
import { type Endpoint, endpointsOf } from './endpoints.ts'
import { mayBeNews } from './notice.ts'
import { type DeliveryOptions, type DeliveryTimings, tellAll } from './tell.ts'

const defaultTimings: DeliveryTimings = {
  restMs: 60_000,
  leaseMs: 60_000,
  backoff: { baseMs: 5_000, maxMs: 4 * 3_600_000 },
  giveUpMs: 72 * 3_600_000,
}

/** After a failure of the state; whoever works on it says so. */
const awayMs = 5_000

/**
 * The delivery of events to the endpoints of `notify`, each in the order of events, at least once, also over restarts
 * and from several processes of one state. The state is looked at when something happens that may be news, and when a
 * repetition is due. Throws E_CONFIG and E_ENV before the first call.
 */
export async function deliverNotices(offpeak: Project, options: DeliveryOptions): Promise<void> {
  const endpoints = endpointsOf(offpeak.config)
  const timings = { ...defaultTimings, ...options.timings }
  await Promise.all(
    endpoints.map((endpoint) =>
      options.once === true
        ? tellAll(offpeak, endpoint, options, timings)
        : attend(offpeak, endpoint, options, timings),
    ),
  )
}

async function attend(
  offpeak: Project,
  endpoint: Endpoint,
  options: DeliveryOptions,
  timings: DeliveryTimings,
): Promise<void> {
  const { signal } = options
  const { clock } = offpeak.flow
  let happened = new AbortController()
  const following = await untilStopped(signal, () =>
    offpeak.tail.follow({
      onEvents: (events) => void (events.some(mayBeNews) && happened.abort()),
      // The state itself says that it is waited for.
      onFailure: () => undefined,
    }),
  )
  try {
    while (!signal.aborted) {
      // What happens during the look is looked for once more.
      happened = new AbortController()
      const dueAt = await tellAll(offpeak, endpoint, options, timings).catch((thrown: unknown) => {
        if (!(thrown instanceof OffpeakError) || errorCodes[thrown.code].who !== 'machine') throw thrown
        return clock.now() + awayMs
      })
      const ends = AbortSignal.any([signal, happened.signal])
      await sleep(Math.max(0, dueAt - clock.now()), undefined, { signal: ends }).catch(() => undefined)
    }
  } finally {
    following?.stop()
  }
}

/** Does it once the state lets it through; null: it was stopped before. */
async function untilStopped<Result>(signal: AbortSignal, act: () => Promise<Result>): Promise<Result | null> {
  try {
    return await outlast(act, signal)
  } catch (thrown) {
    if (signal.aborted) return null
    throw thrown
  }
}
