import type { Row, RowPage } from '../../../../src/server/contract/row.ts'
import { type ListedRow, slimRow } from './slim-row.ts'

/** Reads a page of rows. */
export type ReadRows = (wish: {
  readonly cursor: string | null
  readonly limit: number
  readonly answers: boolean
  readonly signal: AbortSignal
}) => Promise<RowPage>

interface WindowWish {
  readonly read: ReadRows
  readonly answers: boolean
  /** Nothing is filtered: the place of a row in the list is its `seq`, and any page can be asked for at once. */
  readonly whole: boolean
}

/** Rows that are here, from a place in the list on. */
interface Part {
  readonly rows: readonly ListedRow[]
  /** What was there has changed since. */
  stale: boolean
  /** The higher, the later it was in sight. */
  seen: number
}

/** Where a page begins, and how many rows it has. */
interface Place {
  readonly start: number
  readonly cursor: string | null
  count: number
}

/** What is to be read next: a page whose place is known, or the next one of the way there. */
interface Wish {
  readonly kind: 'page' | 'walk'
  readonly place: Place
  readonly limit: number
  readonly answers: boolean
}

/** A page with answers is read from their files. */
const pageSize = { plain: 200, answers: 100 } as const
/** On the way to a row far away, more are passed at once, and not kept. */
const strideSize = 500
const readsAtOnce = 2
/** A list that is longer than this is not read again by itself when it has changed. */
const freshPlaces = 4
const mostParts = 40

/**
 * The rows of a list of any length: those in sight and some around them are here, the others are read when they come
 * into sight and forgotten afterwards. Of a filtered list a row is reached through those before it; only the beginnings
 * of their pages are remembered.
 */
export class RowWindow {
  readonly #wish: WindowWish
  readonly #size: number
  #whole: boolean
  #listeners = new Set<() => void>()
  #version = 0
  #parts = new Map<number, Part>()
  /** Of a filtered list: the pages that were passed, in order. */
  #places: Place[] = []
  /** Of a filtered list: where what was never read begins; null: the end is known. */
  #frontier: { readonly start: number; readonly cursor: string | null } | null = { start: 0, cursor: null }
  #total: number | null = null
  #answersKept = true
  #wanted = { from: 0, to: 0 }
  #running = new Map<number, Wish['kind']>()
  #abort = new AbortController()
  #error: Error | null = null
  #changed = false
  #clock = 0
  #loaded: { readonly version: number; readonly rows: readonly ListedRow[] } = { version: -1, rows: [] }

  constructor(wish: WindowWish) {
    this.#wish = wish
    this.#whole = wish.whole
    this.#size = wish.answers ? pageSize.answers : pageSize.plain
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly version = (): number => this.#version

  /** How many match; null: nobody counted. */
  get total(): number | null {
    return this.#total
  }

  /** How long the list is, as far as anybody knows. */
  get length(): number {
    if (this.#whole) return this.#total ?? 0
    if (this.#frontier === null) return this.#places.reduce((sum, { count }) => sum + count, 0)
    // One more, which stands for what is not read yet.
    return Math.max(this.#total ?? 0, this.#frontier.start + 1)
  }

  /** Whether something was read at all. */
  get begun(): boolean {
    return this.#whole ? this.#total !== null : this.#places.length > 0 || this.#frontier === null
  }

  /** How far the way to a row that is in sight has come; null: everything in sight has its place. */
  get onItsWay(): number | null {
    if (this.#whole || this.#frontier === null || this.#wanted.from < this.#frontier.start) return null
    return this.#frontier.start
  }

  get answersKept(): boolean {
    return this.#answersKept
  }

  get error(): Error | null {
    return this.#error
  }

  /** The run went on, and a long filtered list still shows what was. */
  get changed(): boolean {
    return this.#changed
  }

  row(index: number): ListedRow | undefined {
    const place = this.#placeOf(index)
    return place === null ? undefined : this.#parts.get(place.start)?.rows[index - place.start]
  }

  /** Those that are here: the same list until something changes. */
  readonly loaded = (): readonly ListedRow[] => {
    if (this.#loaded.version !== this.#version)
      this.#loaded = {
        version: this.#version,
        rows: [...this.#parts.values()].flatMap(({ rows }) => rows),
      }
    return this.#loaded.rows
  }

  /** Where a row is, when it is here. */
  indexOf(key: string): number | null {
    for (const [start, { rows }] of this.#parts) {
      const at = rows.findIndex((row) => row.key === key)
      if (at >= 0) return start + at
    }
    return null
  }

  /** Says what is in sight: from `from`, up to and without `to`. */
  show(from: number, to: number): void {
    this.#wanted = { from, to }
    this.#pump()
  }

  /** Reads until `close`. */
  open(): () => void {
    this.#abort = new AbortController()
    this.#running.clear()
    this.#pump()
    return () => this.#abort.abort()
  }

  retry(): void {
    this.#error = null
    this.#tell()
    this.#pump()
  }

  /** Something has happened in the run: what is in sight is read again, and shown until then. */
  refresh(): void {
    if (!this.#whole && this.#places.length > freshPlaces) {
      this.#changed = true
      this.#tell()
      return
    }
    this.#outdate()
  }

  /** The same for a list of any length, when a person asks. */
  refreshAll(): void {
    this.#changed = false
    if (!this.#whole) {
      this.#places = []
      this.#frontier = { start: 0, cursor: null }
      this.#parts.clear()
    }
    this.#outdate()
  }

  #outdate(): void {
    for (const part of this.#parts.values()) part.stale = true
    this.#pump()
    this.#tell()
  }

  #placeOf(index: number): Place | null {
    if (index < 0) return null
    if (this.#whole) {
      const start = Math.floor(index / this.#size) * this.#size
      return { start, cursor: start === 0 ? null : String(start - 1), count: this.#size }
    }
    let [low, high] = [0, this.#places.length - 1]
    while (low <= high) {
      const middle = (low + high) >> 1
      const place = this.#places[middle]
      if (place === undefined) return null
      if (index < place.start) high = middle - 1
      else if (index >= place.start + place.count) low = middle + 1
      else return place
    }
    return null
  }

  #pump(): void {
    while (this.#error === null && !this.#abort.signal.aborted && this.#running.size < readsAtOnce) {
      const wish = this.#nextWish()
      if (wish === null) return
      void this.#read(wish)
    }
  }

  #nextWish(): Wish | null {
    const { answers } = this.#wish
    const to = this.#whole && this.#total !== null ? Math.min(this.#wanted.to, this.#total) : this.#wanted.to
    for (let index = this.#wanted.from; index < Math.max(to, 1);) {
      const place = this.#placeOf(index)
      if (place === null) return this.#walkTo(index)
      const part = this.#parts.get(place.start)
      if (part !== undefined) part.seen = ++this.#clock
      if ((part === undefined || part.stale) && !this.#running.has(place.start))
        return { kind: 'page', place, limit: this.#whole ? this.#size : place.count, answers }
      index = place.start + place.count
    }
    return null
  }

  #walkTo(index: number): Wish | null {
    if (this.#frontier === null || [...this.#running.values()].includes('walk')) return null
    const place = { ...this.#frontier, count: 0 }
    const far = index - place.start > 3 * this.#size
    return far
      ? { kind: 'walk', place, limit: strideSize, answers: false }
      : { kind: 'walk', place, limit: this.#size, answers: this.#wish.answers }
  }

  async #read(wish: Wish): Promise<void> {
    const { signal } = this.#abort
    const { start, cursor } = wish.place
    this.#running.set(start, wish.kind)
    try {
      const page = await this.#wish.read({ cursor, limit: wish.limit, answers: wish.answers, signal })
      if (signal.aborted) return
      this.#total = page.matching ?? this.#total
      this.#answersKept = page.answersKept
      this.#running.delete(start)
      this.#take(wish, page)
    } catch (thrown) {
      if (signal.aborted) return
      this.#running.delete(start)
      this.#error = thrown instanceof Error ? thrown : new Error(String(thrown))
    }
    this.#tell()
    this.#pump()
  }

  #take(wish: Wish, page: RowPage): void {
    const { start } = wish.place
    if (this.#whole) {
      const [first] = page.items
      if (first !== undefined && first.seq !== start) return this.#notWhole()
      this.#keep(start, page.items)
    } else if (wish.kind === 'walk') this.#walked(wish, page)
    else this.#readAgain(wish.place, page)
    this.#forget()
  }

  /** The list has gaps: its rows are gone through one page after the other. */
  #notWhole(): void {
    this.#whole = false
    this.#parts.clear()
  }

  #walked(wish: Wish, { items, nextCursor }: RowPage): void {
    const { start, cursor } = wish.place
    // Somebody has begun anew meanwhile.
    if (this.#frontier?.start !== start || this.#frontier.cursor !== cursor) return
    for (let at = 0; at < items.length; at += this.#size) {
      const rows = items.slice(at, at + this.#size)
      const before = items[at - 1]
      this.#places.push({
        start: start + at,
        cursor: before === undefined ? cursor : String(before.seq),
        count: rows.length,
      })
      if (wish.answers === this.#wish.answers) this.#keep(start + at, rows)
    }
    this.#frontier = nextCursor === null ? null : { start: start + items.length, cursor: nextCursor }
  }

  /** A page that was read before; when it has other rows now, what follows begins elsewhere. */
  #readAgain(place: Place, { items, nextCursor }: RowPage): void {
    const at = this.#places.findIndex(({ start, cursor }) => start === place.start && cursor === place.cursor)
    if (at < 0) return
    this.#keep(place.start, items)
    const following = this.#places[at + 1] ?? this.#frontier
    if (items.length === place.count && (following?.cursor ?? null) === nextCursor) return
    this.#places = [...this.#places.slice(0, at), { ...place, count: items.length }]
    if (items.length === 0) this.#places.pop()
    this.#frontier = nextCursor === null ? null : { start: place.start + items.length, cursor: nextCursor }
  }

  #keep(start: number, rows: readonly Row[]): void {
    this.#parts.set(start, { rows: rows.map(slimRow), stale: false, seen: ++this.#clock })
  }

  #forget(): void {
    if (this.#parts.size <= mostParts) return
    const oldest = [...this.#parts].toSorted(([, a], [, b]) => a.seen - b.seen)
    for (const [start] of oldest.slice(0, this.#parts.size - mostParts)) this.#parts.delete(start)
  }

  #tell(): void {
    this.#version++
    for (const listener of this.#listeners) listener()
  }
}
