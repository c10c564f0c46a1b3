import { setTimeout as sleep } from 'node:timers/promises'
import type { EventRow } from '../../ports/state.ts'
import type { Store } from '../../ports/store.ts'

export interface TailListener {
  /** Told what happened, in order, each event once; nothing more is read before it is done. */
  readonly onEvents: (events: readonly EventRow[]) => Promise<void> | void
  /** Told that the state could not be read; it is read again after a while. */
  readonly onFailure: (thrown: unknown) => void
}

/** A listener's place in the events. */
export interface Following {
  /** The event after which this listener is told; 0: from the first. */
  readonly position: number
  /** Reads now what has happened until now, for all listeners. Throws what the state throws. */
  readonly look: () => Promise<void>
  readonly stop: () => void
}

/** A file on this machine is quick to look at; a database that others use is asked less often. */
const lookEveryMs = { sqlite: 250, postgres: 1_000 } as const
const againAfterMs = 2_500
const pageSize = 500

/**
 * A reader of the events of all runs, once for everybody in this process who wants to know, also of what other
 * processes do. While nobody listens, nothing is read.
 */
export class EventTail {
  readonly #store: Pick<Store, 'kind' | 'eventsToDeliver' | 'newestEvent'>
  readonly #listeners = new Set<TailListener>()
  #position = 0
  /** Resolves when it is known from where on is told; null: nobody listens. */
  #begun: Promise<void> | null = null
  #looking: Promise<void> = Promise.resolve()
  #rest = new AbortController()

  constructor(store: Pick<Store, 'kind' | 'eventsToDeliver' | 'newestEvent'>) {
    this.#store = store
  }

  /** Tells the listener of everything that happens from now on. Throws what the state throws. */
  async follow(listener: TailListener): Promise<Following> {
    await (this.#begun ??= this.#begin())
    this.#listeners.add(listener)
    return {
      position: this.#position,
      look: () => this.#look(),
      stop: () => {
        this.#listeners.delete(listener)
        if (this.#listeners.size > 0) return
        this.#rest.abort()
        this.#begun = null
      },
    }
  }

  async #begin(): Promise<void> {
    try {
      // What was being read for those who have left must not set the place back.
      await this.#looking.catch(() => undefined)
      this.#position = await this.#store.newestEvent()
    } catch (thrown) {
      this.#begun = null
      throw thrown
    }
    this.#rest = new AbortController()
    // Begins with the turn after this one, when the first listener is there; never rejects.
    void this.#proceed(this.#rest.signal)
  }

  async #proceed(over: AbortSignal): Promise<void> {
    do {
      const restMs = await this.#look().then(
        () => lookEveryMs[this.#store.kind],
        (thrown: unknown) => {
          for (const { onFailure } of this.#listeners) onFailure(thrown)
          return againAfterMs
        },
      )
      await sleep(restMs, undefined, { signal: over }).catch(() => undefined)
    } while (!over.aborted)
  }

  /** One look at a time. */
  #look(): Promise<void> {
    const look = this.#looking.catch(() => undefined).then(() => this.#read())
    this.#looking = look
    // Whoever asked for it hears of its failure; the next one need not.
    look.catch(() => undefined)
    return look
  }

  async #read(): Promise<void> {
    for (;;) {
      const page = await this.#store.eventsToDeliver(this.#position, pageSize)
      const last = page.at(-1)
      if (last !== undefined) {
        this.#position = last.id
        // Who comes while these are told begins behind them.
        const here = [...this.#listeners]
        for (const { onEvents } of here) await onEvents(page)
      }
      if (page.length < pageSize) return
    }
  }
}
