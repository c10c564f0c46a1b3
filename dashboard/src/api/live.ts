import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { StreamMessage } from '../../../src/server/contract/event.ts'
import type { RunSummary } from '../../../src/server/contract/run.ts'
import { type ServerPage, runKey } from './runs.ts'

/** `live` is told everything; `reconnecting` tries again by itself; `lost` has failed for a while, and still tries. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'lost'

const firstWaitMs = 1_000
const longestWaitMs = 30_000
const lostAfter = 4
/** A run that moves fast is read again at most so often. */
const readAgainMs = 1_500
/** A tab that nobody sees gives its connection back: a browser has six of them for all tabs. */
const hiddenForMs = 60_000

/** The one stream of events of a tab: it keeps the cache true, and says how well it is connected. */
export class LiveStream {
  #cache: QueryClient
  #source: EventSource | null = null
  #state: Connection = 'connecting'
  #listeners = new Set<() => void>()
  #failures = 0
  #missed = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #hideTimer: ReturnType<typeof setTimeout> | undefined
  #readAgain = new Map<string, ReturnType<typeof setTimeout>>()

  constructor(cache: QueryClient) {
    this.#cache = cache
  }

  get state(): Connection {
    return this.#state
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Connects, and goes on until the returned function is called. */
  start(): () => void {
    const seen = (): void => this.#watchVisibility()
    document.addEventListener('visibilitychange', seen)
    this.#open()
    return () => {
      document.removeEventListener('visibilitychange', seen)
      clearTimeout(this.#timer)
      clearTimeout(this.#hideTimer)
      for (const timer of this.#readAgain.values()) clearTimeout(timer)
      this.#readAgain.clear()
      this.#close()
    }
  }

  /** Tries now, and not when it would by itself. */
  retryNow(): void {
    clearTimeout(this.#timer)
    this.#close()
    this.#open()
  }

  #open(): void {
    const source = new EventSource('/api/v1/events')
    this.#source = source
    const read = ({ data }: MessageEvent<string>): void => this.#take(data)
    source.addEventListener('open', () => this.#opened())
    source.addEventListener('message', read)
    source.addEventListener('event', read)
    source.addEventListener('progress', read)
    source.addEventListener('error', () => this.#failed())
  }

  #close(): void {
    this.#source?.close()
    this.#source = null
  }

  #opened(): void {
    this.#failures = 0
    this.#setState('live')
    // What happened meanwhile was told to nobody.
    if (this.#missed) void this.#cache.invalidateQueries()
    this.#missed = false
  }

  /** A browser gives up for good at the first refusal, so that the waiting is ours. */
  #failed(): void {
    this.#close()
    this.#missed = true
    this.#failures++
    this.#setState(this.#failures >= lostAfter ? 'lost' : 'reconnecting')
    clearTimeout(this.#timer)
    this.#timer = setTimeout(
      () => this.#open(),
      Math.min(longestWaitMs, firstWaitMs * 2 ** (this.#failures - 1)),
    )
  }

  #watchVisibility(): void {
    clearTimeout(this.#hideTimer)
    if (document.visibilityState === 'hidden') {
      this.#hideTimer = setTimeout(() => {
        clearTimeout(this.#timer)
        this.#close()
        this.#missed = true
        this.#setState('connecting')
      }, hiddenForMs)
    } else if (this.#source === null) this.retryNow()
  }

  #setState(state: Connection): void {
    if (state === this.#state) return
    this.#state = state
    for (const listener of this.#listeners) listener()
  }

  #take(data: string): void {
    // Our own server writes the shapes of the contract.
    const message: StreamMessage = JSON.parse(data)
    if (message.type === 'progress') {
      const known = replaceSummary(this.#cache, message.run)
      if (!known) void this.#cache.invalidateQueries({ queryKey: ['runs'] })
      this.#readMaybe(message.run.run)
    } else {
      this.#readMaybe(message.event.run)
      if (message.event.kind.startsWith('run.')) {
        void this.#cache.invalidateQueries({ queryKey: ['runs'] })
        void this.#cache.invalidateQueries({ queryKey: ['jobs'] })
        void this.#cache.invalidateQueries({ queryKey: ['costs'] })
      }
    }
  }

  /** Only what is on the screen is read again; the rest when it is looked at. */
  #readMaybe(run: string): void {
    if (this.#readAgain.has(run)) return
    this.#readAgain.set(
      run,
      setTimeout(() => {
        this.#readAgain.delete(run)
        void this.#cache.invalidateQueries({
          queryKey: runKey(run),
          // An answer that a person reads, and a queue that they work through, do not change under their hands.
          predicate: ({ queryKey: [, , part] }) => part !== 'record' && part !== 'review',
        })
      }, readAgainMs),
    )
  }
}

/** Puts a run's new numbers into every list that has it; false when none has. */
function replaceSummary(cache: QueryClient, run: RunSummary): boolean {
  let found = false
  cache.setQueriesData<InfiniteData<ServerPage<RunSummary>>>({ queryKey: ['runs'] }, (lists) => {
    if (lists === undefined) return lists
    return {
      ...lists,
      pages: lists.pages.map((page) => ({
        ...page,
        items: page.items.map((item) => {
          if (item.run !== run.run) return item
          found = true
          return run
        }),
      })),
    }
  })
  return found
}
