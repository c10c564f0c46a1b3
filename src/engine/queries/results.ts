import { OffpeakError } from '../../domain/errors.ts'
import { type Outcome, outcomeNames } from '../../domain/outcome.ts'
import type { StandardSchema } from '../../domain/standard-schema.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { PageFilter } from '../../ports/store/requests.ts'
import { AnswerReader } from './answer-reader.ts'
import { rowOrder, type RowSort } from './row-order.ts'
import { recordCosts } from './record-costs.ts'
import { prepareReading } from '../job/prepare.ts'
import type { Flow } from '../flow.ts'
import { answeredBy } from '../answers/judged-record.ts'
import { overridesOf } from '../answers/override.ts'

/** One record of a run, with what the model made of it. */
export interface RunResult<Output = unknown> {
  readonly key: string
  readonly outcome: Outcome
  readonly reason: string | null
  /** In the shape of the job's schema; null when there is no answer that fits it. */
  readonly output: Output | null
  /** What the model wrote, whether it fits or not; null when it wrote nothing. */
  readonly text: string | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  /** In dollars, of all tries; null when the record cost nothing of its own. */
  readonly costUsd: number | null
  /** How often it was sent. */
  readonly tries: number
  readonly batch: number | null
  /** The record whose identical request was sent, and paid, for this one too. */
  readonly sameAs: string | null
}

/** Selection of results: merged, ended otherwise, or all. */
export type ResultStatus = 'ok' | 'failed' | 'all'

/** Filter of a run's results. */
export interface ResultsFilter<Output = unknown> {
  /** `ok`: merged; `failed`: ended otherwise; `all` (the default): everything, also what is pending. */
  readonly status?: ResultStatus
  /** False: `output` and `text` stay null, and neither the job file nor the answer files are needed. */
  readonly answers?: boolean
  /** Only records whose answer has this in it, in whatever case. */
  readonly answer?: string
  /** In this order, and not in that of the source. */
  readonly sort?: RowSort
  /** The job of the run, as `defineJob` gave it; types `output`. */
  readonly job?: { readonly name: string; readonly output?: StandardSchema<unknown, Output> }
}

const outcomesOf = {
  ok: ['merged'],
  failed: outcomeNames.filter((name) => name !== 'merged' && name !== 'pending'),
  all: null,
} as const satisfies Record<ResultStatus, readonly Outcome[] | null>

const pageSize = 500

/**
 * The records of a run in the order in which its source gave them, read page by page; answers come from the stored
 * files and are judged anew by the job as it is now. Throws E_RUN_STATE when the files were removed, what `rowOrder` refuses, E_JOB_UNKNOWN, and
 * E_USAGE when the run is of another job.
 */
export async function* resultsOf<Output>(
  flow: Flow,
  run: RunRow,
  { status = 'all', answers = true, answer, sort, job }: ResultsFilter<Output>,
): AsyncGenerator<RunResult<Output>> {
  if (job && job.name !== run.job)
    throw new OffpeakError('E_USAGE', `run ${run.id} is of the job ${run.job}, not of ${job.name}`)
  const outcomes = outcomesOf[status]
  if (answers && run.filesRemoved === 1)
    throw new OffpeakError('E_RUN_STATE', `the answer files of run ${run.id} were removed after their time`, {
      fix: 'everything but the answers is there: --fields key,outcome,reason,tries,costUsd; `retention` in the config keeps files longer',
    })
  const reader = answers ? new AnswerReader(flow, run, await prepareReading(flow, run)) : null
  try {
    const filter = outcomes === null ? {} : { outcomes }
    const pages =
      answer === undefined && sort === undefined
        ? inRunOrder(flow, run, filter)
        : inOrder(
            flow,
            run,
            await rowOrder(flow, run, filter, { answer: answer ?? null, sort: sort ?? null }),
          )
    for await (const page of pages) {
      const costs = await recordCosts(flow, page)
      const overrideOf = await overridesOf(flow.store, reader === null ? [] : page)
      for (const request of page) {
        const first = await answeredBy(flow.store, request)
        const override = overrideOf(request, first.attemptId)
        const read = (await reader?.read(request, first, override)) ?? {
          output: null,
          text: null,
          problem: null,
        }
        const { key, outcome, inputTokens, outputTokens, batchN } = request
        yield {
          key,
          outcome,
          reason: read.problem ?? request.reason,
          // The schema of this very job has given it.
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion
          output: read.output as Output | null,
          text: read.text,
          inputTokens,
          outputTokens,
          costUsd: costs.get(request.seq) ?? null,
          tries: first.tries,
          batch: batchN,
          sameAs: first === request ? null : first.key,
        }
      }
    }
  } finally {
    await reader?.close()
  }
}

async function* inRunOrder(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
  filter: PageFilter,
): AsyncGenerator<readonly RequestRow[]> {
  for (let afterSeq = -1; ;) {
    const page = await store.requests(run.id, { ...filter, afterSeq, limit: pageSize })
    const last = page.at(-1)
    if (!last) return
    yield page
    if (page.length < pageSize) return
    afterSeq = last.seq
  }
}

async function* inOrder(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
  seqs: readonly number[],
): AsyncGenerator<readonly RequestRow[]> {
  for (let from = 0; from < seqs.length; from += pageSize) {
    const page = seqs.slice(from, from + pageSize)
    const bySeq = new Map((await store.requestsAt(run.id, page)).map((request) => [request.seq, request]))
    yield page.flatMap((seq) => bySeq.get(seq) ?? [])
  }
}
