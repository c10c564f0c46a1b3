/**
 * A random sample of `size` of the items that are added, each as likely as any other, in the order they came. The
 * choice is the same every time, and does not fall into step with items that repeat (every seventh a German one).
 */
export class Reservoir<T> {
  readonly #kept: { readonly at: number; readonly item: T }[] = []
  readonly #size: number
  readonly #random = seededRandom()
  #added = 0

  constructor(size: number) {
    this.#size = size
  }

  get added(): number {
    return this.#added
  }

  add(item: T): void {
    const at = this.#added++
    if (at < this.#size) {
      this.#kept.push({ at, item })
      return
    }
    const place = Math.floor(this.#random() * (at + 1))
    if (place < this.#size) this.#kept[place] = { at, item }
  }

  items(): readonly T[] {
    return this.#kept.toSorted((one, other) => one.at - other.at).map(({ item }) => item)
  }
}

/** Numbers from 0 to 1, the same ones every time (xorshift32): chance enough to be fair. */
export function seededRandom(): () => number {
  let state = 0x9e3779b9
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** At most `size` of the items, from all over. */
export function thinned<T>(items: readonly T[], size: number): readonly T[] {
  const reservoir = new Reservoir<T>(size)
  for (const item of items) reservoir.add(item)
  return reservoir.items()
}
