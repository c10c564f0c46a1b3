import type { NoticeType } from '../../domain/notice.ts'
import type { Project } from '../../compose/project.ts'
import { backoffMs } from '../../planning/waiting/backoff.ts'
import type { EventRow } from '../../ports/state.ts'
import { callEndpoint, type Told } from './call.ts'
import type { Endpoint } from './endpoints.ts'
import { newsOf, noticeOf } from './notice.ts'

/** How long things take, in milliseconds. */
export interface DeliveryTimings {
  /** The longest time between two looks at an endpoint to which nothing has happened. */
  readonly restMs: number
  /** A process that is silent for so long loses the endpoint to another one; a call ends well before. */
  readonly leaseMs: number
  /** The first pause after a refusal, and the longest. */
  readonly backoff: { readonly baseMs: number; readonly maxMs: number }
  /** What could not be told for so long is passed over. */
  readonly giveUpMs: number
}

export interface DeliveryOptions {
  readonly signal: AbortSignal
  /** Stop when all has been told, or somebody refuses, in place of going on for ever. */
  readonly once?: boolean
  /** The address of a run on the dashboard; null: there is none. */
  readonly linkTo?: ((run: string) => string) | null
  /** Told of each refusal: the host, why, and when it is tried again; never the address. */
  readonly onRefused?: (host: string, why: string, pauseMs: number) => void
  readonly timings?: Partial<DeliveryTimings>
}

const pageSize = 200

/**
 * The delivery of all events to one endpoint, until nothing is left or it refuses. Returns when the next look is due if
 * nothing happens before.
 */
export async function tellAll(
  { store, status, flow }: Project,
  endpoint: Endpoint,
  { signal, linkTo = null, onRefused }: DeliveryOptions,
  timings: DeliveryTimings,
): Promise<number> {
  const { clock, holder } = flow
  const rested = (): number => clock.now() + timings.restMs
  const { position: told, nextAt, leaseUntil } = await store.delivery(endpoint.id)
  // Another process that has it hears of what happens as this one does; it may die before it has told it.
  const freeAt = Math.max(nextAt, leaseUntil)
  if (freeAt > clock.now()) return Math.min(freeAt, rested())
  // Read before anything is claimed: most looks find nothing, and need not write.
  if ((await store.eventsToDeliver(told, 1)).length === 0) return rested()
  const claim = await store.claimDelivery(endpoint.id, {
    holder,
    now: clock.now(),
    leaseMs: timings.leaseMs,
  })
  const overtaken = (): number => Math.min(clock.now() + timings.leaseMs, rested())
  if (!claim) return overtaken()
  let { position, tries } = claim
  let heldUntil = clock.now() + timings.leaseMs
  const save = async (): Promise<boolean> => {
    heldUntil = clock.now() + timings.leaseMs
    return store.saveDelivery(claim, { position, tries, leaseUntil: heldUntil })
  }
  const release = async (at: number): Promise<number> => {
    await store.releaseDelivery(claim, at)
    return Math.min(at, rested())
  }
  const tell = async (event: EventRow, type: NoticeType, n: number): Promise<Told> => {
    const body = JSON.stringify(noticeOf(type, event, await status(event.runId), linkTo))
    const id = `msg_${store.projectId}_${event.id}_${n}`
    return callEndpoint(endpoint, signed(endpoint, id, body), body, { signal })
  }
  for (;;) {
    const events = await store.eventsToDeliver(position, pageSize)
    for (const event of events) {
      const news = await newsOf({ store, status }, event)
      for (const [n, type] of news.entries()) {
        if (!endpoint.wants(type)) continue
        if (clock.now() - event.at > timings.giveUpMs) {
          await store.addEvent(event.runId, clock.now(), 'notify.skipped', {
            endpoint: endpoint.host,
            event: event.id,
            type,
          })
          continue
        }
        if (heldUntil - clock.now() < timings.leaseMs / 2 && !(await save())) return overtaken()
        const answer = await tell(event, type, n)
        if (signal.aborted) return release(clock.now())
        if (answer.refused !== null) {
          const pauseMs = backoffMs(tries, {
            ...timings.backoff,
            random01: Math.random(),
            retryAfterMs: answer.retryAfterMs,
          })
          onRefused?.(endpoint.host, answer.refused, pauseMs)
          tries += 1
          return (await save()) ? release(clock.now() + pauseMs) : overtaken()
        }
        tries = 0
      }
      position = event.id
      if (news.length > 0 && !(await save())) return overtaken()
    }
    if (!(await save())) return overtaken()
    if (events.length < pageSize || signal.aborted) {
      await release(clock.now())
      return rested()
    }
  }
}

/** The headers of Standard Webhooks; without a secret there is no signature. */
function signed({ signer }: Endpoint, id: string, body: string): Readonly<Record<string, string>> {
  const timestamp = Math.floor(Date.now() / 1_000)
  return {
    'content-type': 'application/json',
    'user-agent': 'offpeak',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    ...(signer === null ? {} : { 'webhook-signature': signer.sign({ id, timestamp, body }) }),
  }
}
