/** Which pair is joined next: the one of lowest rank, the leftmost of these. Empty again when nothing is left to take. */
export interface PairAgenda {
  readonly add: (rank: number, place: number) => void
  /** Takes the next pair out, to be read from `rank` and `place`; false when there is none. */
  readonly take: () => boolean
  readonly rank: number
  readonly place: number
}

const positions = 2 ** 31

/** For short pieces: one heap of everything. */
export class PairHeap implements PairAgenda {
  rank = 0
  place = 0
  readonly #heap: number[] = []

  add(rank: number, place: number): void {
    push(this.#heap, rank * positions + place)
  }

  take(): boolean {
    const best = pop(this.#heap)
    if (best === undefined) return false
    this.place = best % positions
    this.rank = (best - this.place) / positions
    return true
  }
}

/** The places of one rank: those that came in order, read from `head` on, and a heap of the few that did not. */
interface Queue {
  readonly inOrder: number[]
  head: number
  readonly others: number[]
}

/**
 * For long pieces, in which few ranks have many places: a queue for each rank, and a heap of ranks only. A megabyte of
 * one character has some twenty ranks, and each of its pairs comes and goes in constant time.
 */
export class PairQueues implements PairAgenda {
  rank = 0
  place = 0
  readonly #queues = new Map<number, Queue>()
  readonly #ranks: number[] = []
  /** The queue of the rank that was added to last: the next one is often the same. */
  #last: Queue | null = null
  #lastRank = -1

  add(rank: number, place: number): void {
    const { inOrder, head, others } = this.#queue(rank)
    if (inOrder.length === head || place > (inOrder.at(-1) ?? -1)) inOrder.push(place)
    else push(others, place)
  }

  take(): boolean {
    const rank = this.#ranks[0]
    if (rank === undefined) return false
    const queue = this.#queue(rank)
    const next = queue.inOrder[queue.head]
    const other = queue.others[0]
    this.rank = rank
    if (next !== undefined && (other === undefined || next < other)) {
      this.place = next
      queue.head += 1
    } else this.place = pop(queue.others) ?? 0
    if (queue.head === queue.inOrder.length && queue.others.length === 0) this.#drop(rank)
    return true
  }

  #queue(rank: number): Queue {
    if (rank === this.#lastRank && this.#last !== null) return this.#last
    let queue = this.#queues.get(rank)
    if (queue === undefined) {
      queue = { inOrder: [], head: 0, others: [] }
      this.#queues.set(rank, queue)
      push(this.#ranks, rank)
    }
    this.#last = queue
    this.#lastRank = rank
    return queue
  }

  #drop(rank: number): void {
    pop(this.#ranks)
    this.#queues.delete(rank)
    this.#last = null
    this.#lastRank = -1
  }
}
/** Puts a number into a binary heap whose smallest is first. */
function push(heap: number[], value: number): void {
  let place = heap.push(value) - 1
  for (;;) {
    const parent = (place - 1) >> 1
    const above = heap[parent]
    if (above === undefined || above <= value) break
    heap[place] = above
    place = parent
  }
  heap[place] = value
}

/** Takes the smallest out. */
function pop(heap: number[]): number | undefined {
  const best = heap[0]
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return best
  let place = 0
  for (;;) {
    let child = 2 * place + 1
    let below = heap[child] ?? Infinity
    const right = heap[child + 1] ?? Infinity
    if (right < below) {
      child += 1
      below = right
    }
    if (below >= last) break
    heap[place] = below
    place = child
  }
  heap[place] = last
  return best
}
