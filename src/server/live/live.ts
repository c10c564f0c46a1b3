import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../domain/errors.ts'
import { outlast } from '../../drivers/outage-tolerance.ts'
import type { EventTail } from '../../engine/queries/event-tail.ts'
import type { EventRow } from '../../ports/state.ts'
import type { Store } from '../../ports/store.ts'
import type { RunSummary } from '../contract/run.ts'
import type { Event } from '../contract/event.ts'
import { type Caller, sees } from '../guard/caller.ts'
import { seesEvent } from '../guard/seen-events.ts'
import type { Places } from '../guard/places.ts'
import { eventOf, bytesOf, heartbeat, opening } from './messages.ts'
import { Progress } from './progress.ts'
import { Subscriber, type Wish } from './subscriber.ts'

export interface LiveOptions {
  readonly store: Pick<Store, 'eventsToDeliver' | 'events' | 'run'>
  /** What happens, read once for everybody in this process. */
  readonly tail: Pick<EventTail, 'follow'>
  /** Where all runs stand that go on; null: where this one stands. */
  readonly summaries: (runId: string | null) => Promise<readonly RunSummary[]>
  /** Whether a caller is still let in. */
  readonly isIn: (caller: Caller) => Promise<boolean>
  readonly places: Places
  readonly log: (line: string) => void
}

const progressEveryMs = 1_000
const heartbeatEveryMs = 15_000
const againAfterMs = 5_000
const pageSize = 500
const maxJobsRemembered = 10_000

/**
 * A feed of events to all open streams, from one look at the state for all of them, so that what other processes do is
 * seen too. While nobody listens, nothing is looked at.
 */
export class Live {
  readonly #options: LiveOptions
  readonly #subscribers = new Set<Subscriber>()
  readonly #progress: Progress
  readonly #jobs = new Map<string, string>()
  /** Everything up to this event is told. */
  #position = 0
  /** Resolves when it is known from where on is told; null: nobody listens. */
  #begun: Promise<void> | null = null
  #ended: Promise<void> = Promise.resolve()
  #beatAt = 0
  readonly #closing = new AbortController()

  constructor(options: LiveOptions) {
    this.#options = options
    this.#progress = new Progress(options.summaries)
  }

  get streams(): number {
    return this.#subscribers.size
  }

  /** Opens a stream; `after`: what has happened since the event with this id is sent first. Throws E_RATE. */
  async subscribe(wish: Wish, after: number | null): Promise<ReadableStream<Uint8Array>> {
    const place = this.#options.places.take(wish.caller.id)
    const subscriber = new Subscriber(wish, () => {
      this.#subscribers.delete(subscriber)
      place[Symbol.dispose]()
    })
    subscriber.send(opening)
    this.#subscribers.add(subscriber)
    try {
      await (this.#begun ??= this.#begin())
      if (wish.runId !== null)
        for (const run of await this.#options.summaries(wish.runId))
          subscriber.send(bytesOf({ type: 'progress', run }))
    } catch (thrown) {
      subscriber.close()
      throw thrown
    }
    if (this.#closing.signal.aborted) subscriber.close()
    else if (after === null || after >= this.#position) {
      subscriber.position = this.#position
      subscriber.live = true
    } else {
      subscriber.position = after
      void this.#catchUp(subscriber).catch((thrown: unknown) => this.#broken(subscriber, thrown))
    }
    return subscriber.stream
  }

  /** Ends all streams; resolves when nothing is looked at any more. */
  async close(): Promise<void> {
    this.#closing.abort()
    for (const subscriber of this.#subscribers) subscriber.close()
    await this.#ended
  }

  async #begin(): Promise<void> {
    try {
      const following = await this.#options.tail.follow({
        onEvents: (events) => this.#tell(events),
        onFailure: (thrown) => this.#options.log(`events cannot be read: ${messageOf(thrown)}`),
      })
      this.#position = following.position
      this.#beatAt = performance.now()
      this.#ended = this.#goOn().finally(following.stop)
    } catch (thrown) {
      this.#begun = null
      throw thrown
    }
  }

  async #goOn(): Promise<void> {
    while (this.#subscribers.size > 0) {
      const delayMs = await this.#look()
      await sleep(delayMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
    }
    this.#begun = null
    this.#progress.forget()
  }

  /** Looks where the runs stand; returns when to look again. */
  async #look(): Promise<number> {
    try {
      await this.#turnOut()
      await this.#tellProgress()
      const now = performance.now()
      if (now - this.#beatAt >= heartbeatEveryMs) {
        this.#beatAt = now
        for (const subscriber of this.#subscribers) subscriber.send(heartbeat)
      }
      return progressEveryMs
    } catch (thrown) {
      this.#options.log(`where runs stand cannot be read: ${messageOf(thrown)}`)
      return againAfterMs
    }
  }

  async #tell(events: readonly EventRow[]): Promise<void> {
    for (const row of events) {
      const job = await this.#patientJobOf(row.runId)
      this.#position = row.id
      this.#progress.note(row.runId)
      const event = eventOf(row)
      const bytes = bytesOf({ type: 'event', event })
      for (const subscriber of this.#subscribers)
        if (subscriber.live && row.id > subscriber.position && wantsEvent(subscriber.wish, event, job))
          subscriber.send(bytes)
    }
  }

  async #tellProgress(): Promise<void> {
    const watched = new Set([...this.#subscribers].map(({ wish }) => wish.runId))
    for (const run of await this.#progress.changed(watched)) {
      const bytes = bytesOf({ type: 'progress', run })
      for (const subscriber of this.#subscribers)
        if (wants(subscriber.wish, run.run, run.job)) subscriber.send(bytes)
    }
  }

  /** Ends the streams of those who are not let in any more. */
  async #turnOut(): Promise<void> {
    const ways = Map.groupBy(
      this.#subscribers,
      ({ wish: { caller } }) => `${caller.id} ${caller.session ?? ''}`,
    )
    for (const subscribers of ways.values()) {
      const [first] = subscribers
      if (first && !(await this.#options.isIn(first.wish.caller)))
        for (const each of subscribers) each.close()
    }
  }

  /** Sends what happened since, as fast as it is taken, until nothing is missing. */
  async #catchUp(subscriber: Subscriber): Promise<void> {
    const { runId } = subscriber.wish
    while (subscriber.open) {
      // What comes later is told to everybody, and once it is, to this one too.
      const told = this.#position
      const page: readonly EventRow[] =
        runId === null
          ? await this.#options.store.eventsToDeliver(subscriber.position, pageSize)
          : await this.#options.store.events(runId, subscriber.position, pageSize)
      const rows = page.filter(({ id }) => id <= told)
      for (const row of rows) {
        subscriber.position = row.id
        const event = eventOf(row)
        if (!wantsEvent(subscriber.wish, event, await this.#jobOf(row.runId))) continue
        subscriber.send(bytesOf({ type: 'event', event }))
      }
      if (rows.length < pageSize) subscriber.position = Math.max(subscriber.position, told)
      if (subscriber.position >= this.#position) {
        subscriber.live = true
        return
      }
      await subscriber.room()
    }
  }

  #broken(subscriber: Subscriber, thrown: unknown): void {
    this.#options.log(`a stream is ended: ${messageOf(thrown)}`)
    subscriber.close()
  }

  /** Who is told of what, also while the state is away: nothing is passed over. */
  #patientJobOf(runId: string): Promise<string> {
    return outlast(() => this.#jobOf(runId), this.#closing.signal).catch((thrown: unknown) => {
      // Whoever comes back is sent what is missing here.
      for (const subscriber of this.#subscribers) this.#broken(subscriber, thrown)
      return ''
    })
  }

  async #jobOf(runId: string): Promise<string> {
    const known = this.#jobs.get(runId)
    if (known !== undefined) return known
    const job = (await this.#options.store.run(runId))?.job ?? ''
    if (this.#jobs.size >= maxJobsRemembered) this.#jobs.clear()
    this.#jobs.set(runId, job)
    return job
  }
}

function wantsEvent(wish: Wish, event: Event, job: string): boolean {
  return wants(wish, event.run, job) && seesEvent(wish.caller, event)
}

function wants({ caller, runId }: Wish, ofRun: string, job: string): boolean {
  return (runId === null || runId === ofRun) && sees(caller, job)
}
