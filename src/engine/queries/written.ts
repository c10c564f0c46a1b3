import { OffpeakError } from '../../domain/errors.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { VerdictRow } from '../../ports/store/answers.ts'
import type { Flow } from '../flow.ts'
import { acceptedAsIs, overrideIn } from '../answers/override.ts'
import type { Plan } from '../plan/plan.ts'
import { prepareReading } from '../job/prepare.ts'
import { readJudged } from '../answers/read-judged.ts'
import { vectorText } from './stored-pieces.ts'

/** Columns that were, or would be, written, each with the value that the row had. */
export interface Written {
  readonly sink: string
  /** Whether it is in the sink. */
  readonly done: boolean
  readonly fields: readonly {
    readonly name: string
    /** What the row that was read had under this name; absent: the row has no such field. */
    readonly before?: unknown
    readonly after: unknown
  }[]
}

/** Longer lists of numbers are told by their length. */
const shownNumbers = 32

export interface Read {
  /** In the shape of the job's schema; null when no answer fits it. */
  readonly output: unknown
  readonly written: Written | null
}

/**
 * Columns that a record's answer writes, by the job as it is now; of one that was not accepted, those that accepting it
 * would write. Nothing when the answer or the job file is not there any more.
 */
export async function readWritten(
  flow: Flow,
  run: RunRow,
  record: {
    readonly request: RequestRow
    readonly asked: RequestRow
    readonly verdict: VerdictRow | null
    readonly row: unknown
  },
): Promise<Read> {
  const { request, asked, verdict, row } = record
  if (asked.answerFile === null || run.filesRemoved === 1 || (await flow.job(run.job)) === null)
    return nothing
  const job = await prepareReading(flow, run)
  const override = overrideIn(verdict, asked.attemptId)
  try {
    using answer = await readJudged(flow, run, job, { request, asked, before: verdict })
    const { accepted } = await answer.judge(override)
    const { values } = await answer.judge(override ?? acceptedAsIs)
    const fields = Object.entries(values ?? {}).map(([name, value]) => ({
      name,
      ...(isRecord(row) && Object.hasOwn(row, name) ? { before: shown(row[name]) } : {}),
      after: shown(value),
    }))
    const done = request.outcome === 'merged'
    return {
      output: accepted?.output ?? null,
      written: values === null ? null : { sink: sinkOf(run), done, fields },
    }
  } catch (thrown) {
    if (thrown instanceof OffpeakError && ['E_DISK', 'E_RUN_STATE'].includes(thrown.code)) return nothing
    throw thrown
  }
}

const nothing: Read = { output: null, written: null }

/** The sink as the plan has found it. */
function sinkOf(run: RunRow): string {
  const plan: Plan | null = run.plan === null ? null : JSON.parse(run.plan)
  return plan?.sink ?? 'the sink of the job'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): unknown {
  const isVector =
    Array.isArray(value) && value.length > shownNumbers && value.every((item) => typeof item === 'number')
  return isVector ? vectorText(value) : value
}
