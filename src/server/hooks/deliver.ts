import { setTimeout as sleep } from 'node:timers/promises'
import type { NoticeType } from '../../domain/notice.ts'
import { errorCodes, OffpeakError } from '../../domain/errors.ts'
import type { Project } from '../../compose/project.ts'
import { backoffMs } from '../../planning/waiting/backoff.ts'
import type { EventRow } from '../../ports/state.ts'
import type { DeliveryClaim } from '../../ports/store/runs.ts'
import { callEndpoint, type Told } from './call.ts'
import { type Endpoint, endpointsOf } from './endpoints.ts'
import { newsOf, noticeOf } from './notice.ts'

/** How long things take, in milliseconds. */
export interface DeliveryTimings {
  /** Between two looks for something new. */
  readonly restMs: number
  /** A process that is silent for so long loses the endpoint to another one; a call ends well before. */
  readonly leaseMs: number
  /** The first pause after a refusal, and the longest. */
  readonly backoff: { readonly baseMs: number; readonly maxMs: number }
  /** What could not be told for so long is passed over. */
  readonly giveUpMs: number
}

const defaultTimings: DeliveryTimings = {
  restMs: 1_000,
  leaseMs: 60_000,
  backoff: { baseMs: 5_000, maxMs: 4 * 3_600_000 },
  giveUpMs: 72 * 3_600_000,
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
/** After a failure of the state; whoever works on it says so. */
const awayMs = 5_000

/**
 * Tells the endpoints of `notify` what happens, each in the order of events, at least once, also over restarts and
 * from several processes of one state. Throws E_CONFIG and E_ENV before the first call.
 */
export async function deliverNotices(offpeak: Project, options: DeliveryOptions): Promise<void> {
  const endpoints = endpointsOf(offpeak.config)
  await Promise.all(endpoints.map((endpoint) => attend(offpeak, endpoint, options)))
}

async function attend(offpeak: Project, endpoint: Endpoint, options: DeliveryOptions): Promise<void> {
  const { signal, once = false } = options
  const timings = { ...defaultTimings, ...options.timings }
  while (!signal.aborted) {
    let restMs = timings.restMs
    try {
      await tellAll(offpeak, endpoint, options, timings)
    } catch (thrown) {
      if (once || !(thrown instanceof OffpeakError) || errorCodes[thrown.code].who !== 'machine') throw thrown
      restMs = awayMs
    }
    if (once) return
    await sleep(restMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Takes the endpoint when there is something for it, and tells until nothing is left or it refuses. */
async function tellAll(
  { store, status, flow }: Project,
  endpoint: Endpoint,
  { signal, linkTo = null, onRefused }: DeliveryOptions,
  timings: DeliveryTimings,
): Promise<void> {
  const { clock, holder } = flow
  if (!(await hasNews(store, endpoint, clock.now()))) return
  const claim = await store.claimDelivery(endpoint.id, {
    holder,
    now: clock.now(),
    leaseMs: timings.leaseMs,
  })
  if (!claim) return
  let { position, tries } = claim
  let heldUntil = clock.now() + timings.leaseMs
  const save = async (): Promise<boolean> => {
    heldUntil = clock.now() + timings.leaseMs
    return store.saveDelivery(claim, { position, tries, leaseUntil: heldUntil })
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
        if (heldUntil - clock.now() < timings.leaseMs / 2 && !(await save())) return
        const told = await tell(event, type, n)
        if (signal.aborted) return release(store, claim, clock.now())
        if (told.refused !== null) {
          const pauseMs = backoffMs(tries, {
            ...timings.backoff,
            random01: Math.random(),
            retryAfterMs: told.retryAfterMs,
          })
          onRefused?.(endpoint.host, told.refused, pauseMs)
          tries += 1
          if (await save()) await release(store, claim, clock.now() + pauseMs)
          return
        }
        tries = 0
      }
      position = event.id
      if (news.length > 0 && !(await save())) return
    }
    if (!(await save())) return
    if (events.length < pageSize || signal.aborted) return release(store, claim, clock.now())
  }
}

/** Read before anything is claimed: most looks find nothing, and need not write. */
async function hasNews(store: Project['store'], { id }: Endpoint, now: number): Promise<boolean> {
  const delivery = await store.delivery(id)
  if (delivery.nextAt > now || delivery.leaseUntil > now) return false
  return (await store.eventsToDeliver(delivery.position, 1)).length > 0
}

function release(store: Project['store'], claim: DeliveryClaim, nextAt: number): Promise<void> {
  return store.releaseDelivery(claim, nextAt)
}

/** The headers of Standard Webhooks; without a secret there is no signature. */
function signed({ signer }: Endpoint, id: string, body: string): Readonly<Record<string, string>> {
  const now = new Date()
  return {
    'content-type': 'application/json',
    'user-agent': 'offpeak',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    ...(signer === null ? {} : { 'webhook-signature': signer.sign(id, now, body) }),
  }
}
