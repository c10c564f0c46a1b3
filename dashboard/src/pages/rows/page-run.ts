import type { Row } from '../../../../src/server/contract/row.ts'

/** Where a page begins, and how many rows it has. */
export interface Place {
  /** From the first row that the stretch began with; before it: negative. */
  readonly offset: number
  readonly cursor: string | null
  readonly count: number
}

interface Beginning {
  /** Where the first row stands in the list. */
  readonly base: number
  /** Whether that is known, and not guessed. */
  readonly exact: boolean
  /** Every row that matches and has a higher `seq` follows; -1: from the beginning of the run. */
  readonly reach: number
}

/** Pages of a list that follow each other without a gap: rows are found in them, and pages are added at both ends. */
export class PageRun {
  #base: number
  #exact: boolean
  #reach: number
  #places: readonly Place[] = []
  #next: string | null
  #ended = false
  #stride = 1

  constructor({ base, exact, reach }: Beginning) {
    this.#base = base
    this.#exact = exact
    this.#reach = reach
    this.#next = cursorAfter(reach)
  }

  get from(): number {
    return this.#base + (this.#places[0]?.offset ?? 0)
  }

  get to(): number {
    return this.#base + this.#end()
  }

  get exact(): boolean {
    return this.#exact
  }

  get reach(): number {
    return this.#reach
  }

  /** Where what follows begins. */
  get next(): string | null {
    return this.#next
  }

  /** Whether nothing follows. */
  get ended(): boolean {
    return this.#ended
  }

  /** By how much more, or less, than usual is gone back at once: what matches may lie thick or thin there. */
  get stride(): number {
    return this.#stride
  }

  get pages(): number {
    return this.#places.length
  }

  indexOf({ offset }: Place): number {
    return this.#base + offset
  }

  placeAt(index: number): Place | null {
    const offset = index - this.#base
    let [low, high] = [0, this.#places.length - 1]
    while (low <= high) {
      const middle = (low + high) >> 1
      const place = this.#places[middle]
      if (place === undefined) return null
      if (offset < place.offset) high = middle - 1
      else if (offset >= place.offset + place.count) low = middle + 1
      else return place
    }
    return null
  }

  /** Adds what follows. At the end of the list it is known where its rows stand, when `total` is. */
  append(rows: readonly Row[], next: string | null, size: number, total: number | null): readonly Place[] {
    const added = pagesOf(rows, this.#next, this.#end(), size)
    this.#places = [...this.#places, ...added]
    this.#next = next
    this.#ended = next === null
    if (this.#ended && !this.#exact && total !== null) {
      this.#base = total - this.#end()
      this.#exact = true
    }
    return added
  }

  /**
   * Adds what goes before: what matches after `reach`, of which `rows` is the beginning. Nothing is added when they do
   * not lead up to what is here; then less is gone back the next time.
   */
  prepend(
    rows: readonly Row[],
    next: string | null,
    reach: number,
    size: number,
  ): { readonly rows: readonly Row[]; readonly pages: readonly Place[] } {
    const before = rows.filter(({ seq }) => seq <= this.#reach)
    if (before.length === rows.length && next !== null && Number(next) < this.#reach) {
      this.#stride /= 2
      return { rows: [], pages: [] }
    }
    if (before.length < size / 4) this.#stride *= 2
    const first = this.#places[0]?.offset ?? 0
    const pages = pagesOf(before, cursorAfter(reach), first - before.length, size)
    this.#places = [...pages, ...this.#places]
    this.#reach = reach
    if (reach < 0) {
      this.#base = before.length - first
      this.#exact = true
    }
    return { rows: before, pages }
  }

  /** A page was read again, and is given as it is now; when it has other rows, what follows is to be found anew. */
  replace(place: Place, rows: readonly Row[], next: string | null): Place {
    const at = this.#places.indexOf(place)
    if (at < 0) return place
    const following = at + 1 < this.#places.length ? this.#places[at + 1]?.cursor : this.#next
    if (rows.length === place.count && (following ?? null) === next) return place
    const now = { ...place, count: rows.length }
    this.#places = [...this.#places.slice(0, at), ...(rows.length === 0 ? [] : [now])]
    this.#next = next
    this.#ended = next === null
    return now
  }

  #end(): number {
    const last = this.#places.at(-1)
    return last === undefined ? 0 : last.offset + last.count
  }
}

/** The cursor of what comes after a place of the run. */
export function cursorAfter(seq: number): string | null {
  return seq < 0 ? null : String(seq)
}

function pagesOf(
  rows: readonly Row[],
  cursor: string | null,
  offset: number,
  size: number,
): readonly Place[] {
  const pages: Place[] = []
  for (let at = 0; at < rows.length; at += size) {
    const before = rows[at - 1]
    pages.push({
      offset: offset + at,
      cursor: before === undefined ? cursor : String(before.seq),
      count: Math.min(size, rows.length - at),
    })
  }
  return pages
}
