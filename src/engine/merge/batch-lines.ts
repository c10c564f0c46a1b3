import type { BatchRequest, MergeStore } from '../../ports/store-merging.ts'

const requestsPerPage = 2_000

/** The requests that a batch's file has a line for, in the order of the run. */
export async function* requestsOfBatch(
  store: Pick<MergeStore, 'batchRequests'>,
  runId: string,
  n: number,
): AsyncGenerator<readonly BatchRequest[], void> {
  for (let afterSeq = -1; ;) {
    const page = await store.batchRequests(runId, n, { afterSeq, limit: requestsPerPage })
    yield page
    const last = page.at(-1)
    if (!last || page.length < requestsPerPage) return
    afterSeq = last.seq
  }
}

/** What is the same for most neighbours in a batch. */
type Shared = Omit<BatchRequest, 'seq' | 'line' | 'key' | 'rowHash' | 'rowOffset' | 'rowLength'>

const nobody = -1

/**
 * The requests of a batch by their line in its file, in some fifty bytes each: a batch may have 50,000 of them, and
 * as objects they would be most of what a merge holds.
 */
export class BatchLines {
  /** The `seq` of the request in each line; -1 for a line whose request has left for another file. */
  readonly #seqs: Int32Array
  readonly #rowOffsets: Float64Array
  readonly #rowLengths: Float64Array
  readonly #sharedAt: Int32Array
  readonly #shared: Shared[] = []
  /** Where the key of each line begins among the texts, where its row's hash does, and where that ends. */
  readonly #textAt: Int32Array
  #texts = Buffer.alloc(0)

  private constructor(lines: number) {
    this.#seqs = new Int32Array(lines).fill(nobody)
    this.#rowOffsets = new Float64Array(lines)
    this.#rowLengths = new Float64Array(lines)
    this.#sharedAt = new Int32Array(lines)
    this.#textAt = new Int32Array(lines * 3)
  }

  static async read(
    store: Pick<MergeStore, 'batchRequests'>,
    batch: { readonly runId: string; readonly n: number; readonly requests: number },
  ): Promise<BatchLines> {
    const made = new BatchLines(batch.requests)
    let textBytes = 0
    for await (const page of requestsOfBatch(store, batch.runId, batch.n))
      for (const request of page) textBytes = made.#add(request, textBytes)
    return made
  }

  get length(): number {
    return this.#seqs.length
  }

  /** Null when there is no such line, or nobody's any more. */
  request(line: number): BatchRequest | null {
    const seq = this.#seqs[line] ?? nobody
    const shared = this.#shared[this.#sharedAt[line] ?? 0]
    if (seq === nobody || !shared) return null
    const [from = 0, middle = 0, to = 0] = this.#textAt.subarray(line * 3, line * 3 + 3)
    return {
      ...shared,
      seq,
      line,
      key: this.#texts.toString('utf8', from, middle),
      rowHash: this.#texts.toString('utf8', middle, to),
      rowOffset: orNull(this.#rowOffsets[line]),
      rowLength: orNull(this.#rowLengths[line]),
    }
  }

  #add(request: BatchRequest, from: number): number {
    const { seq, line, key, rowHash, rowOffset, rowLength } = request
    if (line === null || line >= this.length) return from
    this.#seqs[line] = seq
    this.#rowOffsets[line] = rowOffset ?? Number.NaN
    this.#rowLengths[line] = rowLength ?? Number.NaN
    this.#sharedAt[line] = this.#place(request)
    this.#makeRoom(from + 3 * (key.length + rowHash.length))
    const middle = from + this.#texts.write(key, from)
    const to = middle + this.#texts.write(rowHash, middle)
    this.#textAt.set([from, middle, to], line * 3)
    return to
  }

  /** The place of what the request shares with the one before it, or with none. */
  #place({ outcome, attemptId, fileTag, foldedInto, partOf }: BatchRequest): number {
    const last = this.#shared.at(-1)
    const isSame =
      last?.outcome === outcome &&
      last.attemptId === attemptId &&
      last.fileTag === fileTag &&
      last.foldedInto === foldedInto &&
      last.partOf === partOf
    if (!isSame) this.#shared.push({ outcome, attemptId, fileTag, foldedInto, partOf })
    return this.#shared.length - 1
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#texts.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * this.#texts.length, 64 * 1024))
    this.#texts.copy(grown)
    this.#texts = grown
  }
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value
}
