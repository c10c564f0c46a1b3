import { OffpeakError } from '../../domain/errors.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { overridesOf } from '../answers/override.ts'
import { prepareReading } from '../job/prepare.ts'
import { AnswerReader, type ReadResult } from './answer-reader.ts'

/** A reader of the answers of a run for lists; those that are not there any more, or whose job is not, are left out. */
export class ReadRowAnswers {
  readonly #store: Flow['store']
  readonly #reader: AnswerReader | null

  private constructor(store: Flow['store'], reader: AnswerReader | null) {
    this.#store = store
    this.#reader = reader
  }

  static async of(flow: Flow, run: RunRow): Promise<ReadRowAnswers> {
    const known = run.filesRemoved === 0 && (await flow.job(run.job)) !== null
    return new ReadRowAnswers(
      flow.store,
      known ? new AnswerReader(flow, run, await prepareReading(flow, run)) : null,
    )
  }

  /** The answers of some requests, by their `seq`. */
  async read(requests: readonly RequestRow[]): Promise<ReadonlyMap<number, ReadResult>> {
    const read = new Map<number, ReadResult>()
    if (this.#reader === null) return read
    const firsts = await firstsOf(this.#store, requests)
    const overrideOf = await overridesOf(this.#store, requests)
    for (const request of requests) {
      const first = firsts.get(request.seq) ?? request
      const result = await this.#reader
        .read(request, first, overrideOf(request, first.attemptId))
        .catch(unlessGone)
      if (result !== null) read.set(request.seq, result)
    }
    return read
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader?.close()
  }
}

/** The requests that were sent for records whose very bytes another one had sent already, by the `seq` of the record. */
export async function firstsOf(
  store: Flow['store'],
  requests: readonly RequestRow[],
): Promise<ReadonlyMap<number, RequestRow>> {
  const folded = requests.filter(({ deduplicatedInto }) => deduplicatedInto !== null)
  const [one] = folded
  if (!one) return new Map()
  const seqs = [...new Set(folded.map(({ deduplicatedInto }) => deduplicatedInto ?? -1))]
  const firsts = new Map((await store.requestsAt(one.runId, seqs)).map((first) => [first.seq, first]))
  return new Map(
    folded.map((request) => [request.seq, firsts.get(request.deduplicatedInto ?? -1) ?? request]),
  )
}

function unlessGone(thrown: unknown): null {
  if (thrown instanceof OffpeakError && thrown.code === 'E_DISK') return null
  throw thrown
}
