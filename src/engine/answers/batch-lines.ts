import { CompactRows } from '../../planning/text/compact-rows.ts'
import type { BatchRequest, MergeStore } from '../../ports/store/answers.ts'

const requestsPerPage = 500

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

const nobody = -1

/**
 * The requests of a batch by their line in its file. A batch may have 50,000 of them; as objects they would be most of
 * what a merge holds.
 */
export class BatchLines {
  /** Where the request of each line is; -1 for a line whose request has left for another file. */
  readonly #places: Int32Array
  readonly #requests = new CompactRows<BatchRequest>({
    seq: 'number',
    key: 'text',
    rowHash: 'text',
    line: 'number',
    fileTag: 'word',
    fileOffset: 'number',
    fileLength: 'number',
    rowOffset: 'number',
    rowLength: 'number',
    outcome: 'word',
    attemptId: 'number',
    deduplicatedInto: 'number',
    partOf: 'text',
    partIndex: 'number',
    parts: 'number',
  })

  private constructor(lines: number) {
    this.#places = new Int32Array(lines).fill(nobody)
  }

  static async read(
    store: Pick<MergeStore, 'batchRequests'>,
    batch: { readonly runId: string; readonly n: number; readonly requests: number },
  ): Promise<BatchLines> {
    const made = new BatchLines(batch.requests)
    for await (const page of requestsOfBatch(store, batch.runId, batch.n))
      for (const request of page) made.#add(request)
    return made
  }

  get length(): number {
    return this.#places.length
  }

  /** Null when there is no such line, or nobody's any more. */
  request(line: number): BatchRequest | null {
    return this.#requests.at(this.#places[line] ?? nobody) ?? null
  }

  #add(request: BatchRequest): void {
    const { line } = request
    if (line === null || line >= this.length) return
    this.#places[line] = this.#requests.length
    this.#requests.push(request)
  }
}
