import type { Row, RowPage } from '../../../../../src/server/contract/row.ts'
import { type ListedRow, rowSummary } from '../slim-row.ts'
import { cursorAfter, type Place, PageRun } from '../page-run.ts'
import { nextWay, type Way } from '../way-to-row.ts'

/** Reads a page of rows. */
export type ReadRows = (wish: {
  readonly cursor: string | null
  readonly limit: number
  readonly answers: boolean
  readonly signal: AbortSignal
}) => Promise<RowPage>

interface WindowOptions {
  readonly read: ReadRows
  readonly answers: boolean
  /** Nothing is filtered: the place of a row in the list is its `seq`, and any page can be asked for at once. */
  readonly whole: boolean
  /** How many rows the run has in all, whatever matches; null: the list is not in the order of the run. */
  readonly span: () => number | null
}

/** Rows that are here. */
interface Part {
  readonly rows: readonly ListedRow[]
  /** What was there has changed since. */
  stale: boolean
  /** The higher, the later it was in sight. */
  seen: number
}

/** A page that is to be read: one whose place is known, or one on the way to a row. */
type Wish =
  | { readonly kind: 'page'; readonly pageRun: PageRun | null; readonly place: Place }
  | { readonly kind: 'way'; readonly way: Way }

/** A page with answers is read from their files. */
const pageSize = { plain: 200, answers: 100 } as const
const readsAtOnce = 2
/** A list that is longer than this is not read again by itself when it has changed. */
const freshPages = 4
const mostParts = 40

/**
 * The rows of a list of any length: those in sight and some around them are here, the others are read when they come
 * into sight and forgotten afterwards. Of a filtered list only the beginnings of the pages that were passed are
 * remembered.
 */
export class RowWindow {
  readonly #wish: WindowOptions
  readonly #size: number
  #whole: boolean
  #listeners = new Set<() => void>()
  #version = 0
  #parts = new Map<string, Part>()
  /** Of a filtered list: from its beginning, and where somebody has gone to from afar. */
  #head = new PageRun({ base: 0, exact: true, reach: -1 })
  #island: PageRun | null = null
  #total: number | null = null
  #answersKept = true
  #wanted = { from: 0, to: 0 }
  #running = new Set<string>()
  #onWay = false
  /** Null: nobody looks, and nothing is read. */
  #reading: AbortController | null = null
  #error: Error | null = null
  #changed = false
  /** It is read again, and stays empty until something has come. */
  #wasEmpty = false
  #clock = 0
  #loaded: { readonly version: number; readonly rows: readonly ListedRow[] } = { version: -1, rows: [] }

  constructor(wish: WindowOptions) {
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
    if (this.#head.ended) return this.#head.to
    if (this.#wasEmpty) return 0
    // One more, which stands for what is not read yet.
    return Math.max(this.#total ?? 0, this.#head.to + 1)
  }

  /** Whether something was read at all. */
  get begun(): boolean {
    return this.#whole ? this.#total !== null : this.#wasEmpty || this.#head.pages > 0 || this.#head.ended
  }

  /** How far the way to a row that is in sight has come; null: everything in sight has its place. */
  get onItsWay(): number | null {
    if (this.#whole || this.#head.ended || this.#find(this.#wanted.from) !== null) return null
    return this.#head.to
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

  /** Whether the place of a row is known, and not guessed from where the row lies in the run. */
  isExact(index: number): boolean {
    return this.#whole || (this.#find(index)?.pageRun?.exact ?? true)
  }

  row(index: number): ListedRow | undefined {
    const found = this.#find(index)
    return found === null ? undefined : this.#parts.get(partName(found.place))?.rows[index - found.start]
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

  /** Where a row is, when it is in sight or near. */
  indexOf(key: string): number | null {
    const around = this.#size
    for (let index = Math.max(0, this.#wanted.from - around); index < this.#wanted.to + around; index++)
      if (this.row(index)?.key === key) return index
    return null
  }

  /** Says what is in sight: from `from`, up to and without `to`. */
  show(from: number, to: number): void {
    this.#wanted = { from, to }
    this.#pump()
  }

  /** Reads until the returned function is called. */
  open(): () => void {
    const reading = new AbortController()
    this.#reading = reading
    this.#running.clear()
    this.#onWay = false
    this.#pump()
    return () => {
      reading.abort()
      if (this.#reading === reading) this.#reading = null
    }
  }

  retry(): void {
    this.#error = null
    this.#tell()
    this.#pump()
  }

  /** Something has happened in the run: what is in sight is read again, and shown until then. */
  refresh(): void {
    if (!this.#whole && (this.#head.pages > freshPages || this.#island !== null)) {
      this.#changed = true
      this.#tell()
    } else {
      if (!this.#whole && this.#head.pages === 0) this.#beginAnew()
      this.#outdate()
    }
  }

  /** The same for a list of any length, when a person asks. */
  refreshAll(): void {
    this.#changed = false
    if (!this.#whole) this.#beginAnew()
    this.#outdate()
  }

  #beginAnew(): void {
    this.#wasEmpty = this.begun && this.length === 0
    // Then it had nothing in sight.
    if (this.#wasEmpty) this.#wanted = { from: 0, to: this.#size }
    this.#head = new PageRun({ base: 0, exact: true, reach: -1 })
    this.#island = null
    this.#parts.clear()
  }

  #outdate(): void {
    for (const part of this.#parts.values()) part.stale = true
    this.#pump()
    this.#tell()
  }

  #find(
    index: number,
  ): { readonly pageRun: PageRun | null; readonly place: Place; readonly start: number } | null {
    if (index < 0) return null
    if (this.#whole) {
      const start = Math.floor(index / this.#size) * this.#size
      return {
        pageRun: null,
        place: { offset: start, cursor: cursorAfter(start - 1), count: this.#size },
        start,
      }
    }
    for (const pageRun of [this.#head, this.#island]) {
      const place = pageRun?.placeAt(index) ?? null
      if (pageRun !== null && place !== null) return { pageRun, place, start: pageRun.indexOf(place) }
    }
    return null
  }

  #pump(): void {
    while (this.#reading !== null && this.#error === null && this.#running.size < readsAtOnce) {
      const wish = this.#nextWish()
      if (wish === null) return
      void this.#read(wish, this.#reading.signal)
    }
  }

  #nextWish(): Wish | null {
    const end = this.#total === null ? this.#wanted.to : Math.min(this.#wanted.to, this.length)
    for (let index = this.#wanted.from; index < Math.max(end, 1);) {
      const found = this.#find(index)
      if (found === null) {
        const way = this.#onWay ? null : this.#wayTo(index)
        return way === null ? null : { kind: 'way', way }
      }
      const name = partName(found.place)
      const part = this.#parts.get(name)
      if (part !== undefined) part.seen = ++this.#clock
      if ((part === undefined || part.stale) && !this.#running.has(name)) return { kind: 'page', ...found }
      index = found.start + found.place.count
    }
    return null
  }

  #wayTo(index: number): Way | null {
    return nextWay(index, {
      head: this.#head,
      island: this.#island,
      size: this.#size,
      total: this.#total,
      span: this.#wish.span(),
    })
  }

  async #read(wish: Wish, signal: AbortSignal): Promise<void> {
    const { answers } = this.#wish
    const name = wish.kind === 'page' ? partName(wish.place) : 'way'
    const asked =
      wish.kind === 'page'
        ? { cursor: wish.place.cursor, limit: wish.place.count, answers }
        : { cursor: wish.way.cursor, limit: wish.way.limit, answers: answers && !wish.way.far }
    this.#running.add(name)
    if (wish.kind === 'way') this.#onWay = true
    try {
      const page = await this.#wish.read({ ...asked, signal })
      if (signal.aborted) return
      this.#total = page.matching ?? this.#total
      this.#answersKept = page.answersKept
      this.#take(wish, page, asked.answers === answers)
    } catch (thrown) {
      if (signal.aborted) return
      this.#error = thrown instanceof Error ? thrown : new Error(String(thrown))
    }
    this.#running.delete(name)
    if (wish.kind === 'way') this.#onWay = false
    this.#tell()
    this.#pump()
  }

  #take(wish: Wish, page: RowPage, kept: boolean): void {
    if (wish.kind === 'way') this.#wentOn(wish.way, page, kept)
    else if (wish.pageRun !== null)
      this.#keep(wish.pageRun.replace(wish.place, page.items, page.nextCursor), page.items)
    else if (this.#whole) {
      const [first] = page.items
      if (first === undefined || first.seq === wish.place.offset) this.#keep(wish.place, page.items)
      else {
        // It has gaps: its rows are gone through one page after the other.
        this.#whole = false
        this.#parts.clear()
      }
    }
    this.#forget()
  }

  #wentOn({ to, pageRun, from, cursor, reach }: Way, { items, nextCursor }: RowPage, kept: boolean): void {
    this.#wasEmpty = false
    if (to === 'new') this.#island = pageRun
    // What it leads on from is there no more, or is another now.
    else if (pageRun !== this.#head && pageRun !== this.#island) return
    else if (to === 'end' ? pageRun.next !== cursor : pageRun.reach !== from) return
    const added =
      to === 'front'
        ? pageRun.prepend(items, nextCursor, reach, this.#size)
        : { rows: items, pages: pageRun.append(items, nextCursor, this.#size, this.#total) }
    if (!kept) return
    let at = 0
    for (const place of added.pages) {
      this.#keep(place, added.rows.slice(at, at + place.count))
      at += place.count
    }
  }

  #keep(place: Place, rows: readonly Row[]): void {
    this.#parts.set(partName(place), { rows: rows.map(rowSummary), stale: false, seen: ++this.#clock })
  }

  #forget(): void {
    if (this.#parts.size <= mostParts) return
    const oldest = [...this.#parts].toSorted(([, a], [, b]) => a.seen - b.seen)
    for (const [name] of oldest.slice(0, this.#parts.size - mostParts)) this.#parts.delete(name)
  }

  #tell(): void {
    this.#version++
    for (const listener of this.#listeners) listener()
  }
}

/** A page has the name of where it begins and how long it is. */
function partName({ cursor, count }: Place): string {
  return `${cursor ?? 'start'}:${count}`
}
