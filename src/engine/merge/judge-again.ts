import { addCounts, type Outcome, type OutcomeCounts } from '../../domain/outcome.ts'
import { mayBeJudgedAgain } from '../../wording/remedies.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { StoredAnswers } from './better-tries.ts'
import type { PreparedJob } from '../job/prepare.ts'

/** Counts of stored answers by the job of today. */
export interface JudgedAgain {
  /** Answers that it takes, by what they ended as. */
  readonly accepted: OutcomeCounts
  /** How many were judged; there may be more. */
  readonly judged: number
}

const pageSize = 250
/** Judging runs the user's code; more than so many answers only to say how many there are would take long. */
const mostJudged = 1_000
const good: readonly Outcome[] = ['merged', 'held']

/** Counts of stored answers that were not taken, judged by the job as it is now; writes nothing. Sends nothing. */
export async function judgedAgain(
  flow: Pick<Flow, 'store' | 'filesDir'>,
  run: RunRow,
  job: PreparedJob,
  outcomes: readonly Outcome[],
): Promise<JudgedAgain> {
  const { store } = flow
  const wanted = mayBeJudgedAgain.filter((name) => outcomes.includes(name))
  let [accepted, judged]: [OutcomeCounts, number] = [{}, 0]
  if (wanted.length === 0 || run.filesRemoved === 1) return { accepted, judged }
  using stored = await StoredAnswers.of(flow, run, job)
  for (let afterSeq = -1; judged < mostJudged;) {
    const page = await store.requests(run.id, { outcomes: wanted, afterSeq, limit: pageSize })
    for (const { request, outcome } of await stored.best(page)) {
      judged++
      if (good.includes(outcome)) accepted = addCounts(accepted, { [request.outcome]: 1 })
    }
    const last = page.at(-1)
    if (!last || page.length < pageSize) break
    afterSeq = last.seq
  }
  return { accepted, judged }
}
