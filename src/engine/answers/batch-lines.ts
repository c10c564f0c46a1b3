import { CompactRows } from '../../planning/text/compact-rows.ts'
import type { BatchRequest, MergeStore } from '../../ports/store/answers.ts'
import { messageOf } from '../../domain/errors.ts'
import { type Answer, mayBeBilled, parseCustomId, type Usage } from '../../domain/request.ts'
import { lineShape } from '../../planning/text/line-shape.ts'
import type { Line } from '../../planning/text/split-lines.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import { parseJson } from '../../planning/text/parse-json.ts'

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

/** A line of an answer file, read but not yet matched to a request. */
export interface AnswerLine {
  readonly offset: number
  readonly length: number
  readonly tooLong: boolean
  /** Null for a line that holds nothing. */
  readonly found: FoundAnswer | UnusedLine | null
}

/** An answer to a line of the batch's file. */
export interface FoundAnswer {
  readonly line: number
  readonly answer: Answer
}

/** Why a line is not used. */
export interface UnusedLine {
  readonly kind: 'malformed' | 'unknownId' | 'foreignId'
  readonly reason: string
  /** What it was bought for all the same; null: it does not say. */
  readonly usage: Usage | null
  /** Whether it may have been bought, by all that it says. */
  readonly mayBeBilled: boolean
}

/** A line whose id belongs to no request of the batch. */
export function foreignLine(answer: Answer): UnusedLine {
  const reason = 'its id belongs to no request of this batch'
  return { kind: 'foreignId', reason, usage: answer.usage, mayBeBilled: mayBeBilled(answer) }
}

/** A reader of the lines of answers to the file with this tag. Never throws for what they hold. */
export class AnswerReader {
  readonly #provider: Pick<Provider, 'line'>
  readonly #tag: string
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

  constructor(provider: Pick<Provider, 'line'>, tag: string) {
    this.#provider = provider
    this.#tag = tag
  }

  read({ bytes, offset, length, tooLong }: Line): AnswerLine {
    const found = tooLong || length === 0 ? null : this.#find(bytes)
    return { offset, length, tooLong, found }
  }

  #find(bytes: Buffer): FoundAnswer | UnusedLine {
    let value: unknown
    let parsed: ReturnType<Provider['line']>
    try {
      value = parseJson(this.#decoder.decode(bytes))
      parsed = this.#provider.line(value)
    } catch (thrown) {
      return { kind: 'malformed', reason: messageOf(thrown), usage: null, mayBeBilled: false }
    }
    if (parsed === null)
      return {
        kind: 'malformed',
        reason: `it is ${lineShape(value)}, which is no line of an answer file`,
        usage: null,
        mayBeBilled: false,
      }
    const { answer, customId } = parsed
    const id = customId === null ? null : parseCustomId(customId)
    if (id === null)
      return {
        kind: 'unknownId',
        reason: 'its id is not one of ours',
        usage: answer.usage,
        mayBeBilled: mayBeBilled(answer),
      }
    return id.fileTag === this.#tag ? { line: id.line, answer } : foreignLine(answer)
  }
}
