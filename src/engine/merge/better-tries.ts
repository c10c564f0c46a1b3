import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { Outcome } from '../../domain/outcome.ts'
import { isBetter } from '../../planning/answers/standing-try.ts'
import type { PastTryRow, RequestRow, RunRow } from '../../ports/state.ts'
import type { ChosenTry } from '../../ports/store/requests.ts'
import { answeredBy } from '../answers/judged-record.ts'
import { Judge } from '../answers/judge.ts'
import { overridesOf } from '../answers/override.ts'
import { answerTimes, readStoredAnswer } from '../answers/stored-answer.ts'
import type { Flow } from '../flow.ts'
import { inDeliveryMode } from '../job/delivery-mode.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { specOf } from '../spec.ts'

/** Outcomes of answers that may be judged again. What a person has turned down stays so. */
export const judgedOutcomes: readonly Outcome[] = [
  'merged',
  'held',
  'review',
  'invalid',
  'stale',
  'rejected',
  'truncated',
  'refused',
]

/** Outcomes without an answer behind which one of an earlier try may lie. */
export const answerlessOutcomes: readonly Outcome[] = [
  'failed',
  'transient',
  'expired',
  'missing',
  'cancelled',
  'lost',
  'unsure',
]

/**
 * The state of a request by the best of its stored answers; `n`: the past try that this is of, null: the one that
 * stands.
 */
export interface BestStored {
  readonly request: RequestRow
  readonly outcome: Outcome
  readonly n: number | null
}

type Tried = Pick<
  PastTryRow,
  'outcome' | 'batchN' | 'attemptId' | 'answerFile' | 'answerOffset' | 'answerLength'
> &
  Pick<RequestRow, 'fileTag' | 'rowOffset' | 'rowLength'>

/** Stored answers of requests, all that there are of each, judged by a job: writes nothing, sends nothing. */
export class StoredAnswers implements Disposable {
  readonly #flow: Pick<Flow, 'store' | 'filesDir'>
  readonly #run: RunRow
  readonly #job: PreparedJob
  readonly #judges = new Map<DeliveryMode, Judge>()
  readonly #modes: ReadonlyMap<number, DeliveryMode>
  readonly #timeOf: ReturnType<typeof answerTimes>

  private constructor(
    flow: Pick<Flow, 'store' | 'filesDir'>,
    run: RunRow,
    job: PreparedJob,
    modes: ReadonlyMap<number, DeliveryMode>,
  ) {
    this.#flow = flow
    this.#run = run
    this.#job = job
    this.#modes = modes
    this.#timeOf = answerTimes(flow.store)
  }

  static async of(
    flow: Pick<Flow, 'store' | 'filesDir'>,
    run: RunRow,
    job: PreparedJob,
  ): Promise<StoredAnswers> {
    const batches = await flow.store.batches(run.id)
    return new StoredAnswers(flow, run, job, new Map(batches.map(({ n, deliveryMode }) => [n, deliveryMode])))
  }

  [Symbol.dispose](): void {
    for (const judge of this.#judges.values()) judge[Symbol.dispose]()
  }

  /** The best stored answer of each of these requests that has one, or several. */
  async best(requests: readonly RequestRow[]): Promise<readonly BestStored[]> {
    const { store } = this.#flow
    const past = await store.pastTriesOf(
      this.#run.id,
      requests.map(({ seq }) => seq),
    )
    const overrideOf = await overridesOf(store, requests)
    const found: BestStored[] = []
    for (const request of requests) {
      const own = await answeredBy(store, request)
      const tries: (readonly [Tried, number | null])[] = [
        [request.answerFile === null ? { ...request, ...answerOf(own) } : request, null],
        ...(past.get(request.seq) ?? []).toReversed().map((tried) => [tried, tried.n] as const),
      ]
      let best: BestStored | null = null
      for (const [tried, n] of tries) {
        const outcome = await this.#judged(request, tried, overrideOf(request, tried.attemptId))
        if (outcome !== null && (best === null || isBetter(outcome, best.outcome)))
          best = { request, outcome, n }
        if (best?.outcome === 'merged' || best?.outcome === 'held') break
      }
      if (best) found.push(best)
    }
    return found
  }

  async #judged(
    request: RequestRow,
    tried: Tried,
    override: Parameters<Judge['judge']>[3],
  ): Promise<Outcome | null> {
    const { answerFile, answerOffset, answerLength, attemptId } = tried
    if (!judgedOutcomes.includes(tried.outcome)) return null
    if (answerFile === null || answerOffset === null || answerLength === null) return null
    const { filesDir } = this.#flow
    const answer = await readStoredAnswer(
      filesDir,
      answerFile,
      answerOffset,
      answerLength,
      this.#job.provider,
    )
    if (answer === null) return null
    const asked = tried.fileTag === null ? request : { ...tried, key: request.key, partOf: request.partOf }
    const judge = this.#judgeIn(tried.batchN)
    return (await judge.judge(asked, answer, await this.#timeOf(attemptId), override)).outcome
  }

  #judgeIn(batchN: number | null): Judge {
    const spec = specOf(this.#run)
    const deliveryMode = this.#modes.get(batchN ?? -1) ?? spec.deliveryMode
    const judge =
      this.#judges.get(deliveryMode) ??
      new Judge({
        job: this.#job,
        spec: inDeliveryMode(spec, deliveryMode),
        runId: this.#run.id,
        filesDir: this.#flow.filesDir,
      })
    this.#judges.set(deliveryMode, judge)
    return judge
  }
}

function answerOf({
  attemptId,
  answerFile,
  answerOffset,
  answerLength,
}: RequestRow): Pick<Tried, 'attemptId' | 'answerFile' | 'answerOffset' | 'answerLength'> {
  return { attemptId, answerFile, answerOffset, answerLength }
}

/** The past tries of a page of requests that are better by the job as it is than what stands for these. */
export async function betterTries(
  flow: Pick<Flow, 'store'>,
  run: RunRow,
  stored: StoredAnswers,
  requests: readonly RequestRow[],
): Promise<readonly ChosenTry[]> {
  const open = requests.filter(({ outcome }) => outcome !== 'merged' && outcome !== 'held')
  const past = await flow.store.pastTriesOf(
    run.id,
    open.map(({ seq }) => seq),
  )
  if (past.size === 0) return []
  const best = await stored.best(open.filter(({ seq }) => past.has(seq)))
  return best.flatMap(({ request, n }) => (n === null ? [] : [{ seq: request.seq, n }]))
}
