/** Batches that one process merges at once: two keep the database busy, and each holds its requests in memory. */
const mergesAtOnce = 2

/** The right to merge a batch, given back when it is disposed, come or not. */
export interface MergeTurn extends Disposable {
  /** When the merge may begin. */
  readonly come: Promise<void>
}

/** Who merges in this process, and who is next: it begins the moment another one is done. */
export class MergeTurns {
  #merging = 0
  #next: (() => void) | null = null

  /** A turn, now or next; null when somebody is next already: come again, and leave room for other work until then. */
  ask(): MergeTurn | null {
    if (this.#merging < mergesAtOnce) {
      this.#merging += 1
      return { come: Promise.resolve(), [Symbol.dispose]: () => this.#end() }
    }
    if (this.#next !== null) return null
    const { promise, resolve } = Promise.withResolvers<void>()
    let has = false
    const start = (): void => {
      has = true
      resolve()
    }
    this.#next = start
    return {
      come: promise,
      [Symbol.dispose]: () => {
        if (has) this.#end()
        else this.#next = null
      },
    }
  }

  /** Whoever is done hands its turn on, so that it stays taken. */
  #end(): void {
    const next = this.#next
    this.#next = null
    if (next) next()
    else this.#merging -= 1
  }
}
