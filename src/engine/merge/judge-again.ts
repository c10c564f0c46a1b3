import { addCounts, type Outcome, type OutcomeCounts } from '../../domain/outcome.ts'
import { mayBeJudgedAgain } from '../../wording/remedies.ts'
import type { RunRow } from '../../ports/state.ts'
import { answeredBy } from '../answers/answered-by.ts'
import type { Flow } from '../flow.ts'
import { Judge } from '../answers/judge.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { rulingsOf } from '../answers/ruling.ts'
import { specOf } from '../spec.ts'
import { answerTimes, readStoredAnswer } from '../answers/stored-answer.ts'

/** What the job of today makes of stored answers. */
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

/** Judges stored answers that were not taken by the job as it is now, and writes nothing. Sends nothing. */
export async function judgedAgain(
  { store, filesDir }: Pick<Flow, 'store' | 'filesDir'>,
  run: RunRow,
  job: PreparedJob,
  outcomes: readonly Outcome[],
): Promise<JudgedAgain> {
  const wanted = mayBeJudgedAgain.filter((name) => outcomes.includes(name))
  let [accepted, judged]: [OutcomeCounts, number] = [{}, 0]
  if (wanted.length === 0 || run.filesRemoved === 1) return { accepted, judged }
  using judge = new Judge({ job, spec: specOf(run), runId: run.id, filesDir })
  const timeOf = answerTimes(store)
  for (let afterSeq = -1; judged < mostJudged;) {
    const page = await store.requests(run.id, { outcomes: wanted, afterSeq, limit: pageSize })
    const rulingOf = await rulingsOf(store, page)
    for (const request of page) {
      const asked = await answeredBy(store, request)
      const { answerFile, answerOffset, answerLength, attemptId } = asked
      if (answerFile === null || answerOffset === null || answerLength === null) continue
      const answer = await readStoredAnswer(filesDir, answerFile, answerOffset, answerLength, job.provider)
      if (answer === null) continue
      judged++
      const { outcome } = await judge.judge(
        request,
        answer,
        await timeOf(attemptId),
        rulingOf(request, attemptId),
      )
      if (good.includes(outcome)) accepted = addCounts(accepted, { [request.outcome]: 1 })
    }
    const last = page.at(-1)
    if (!last || page.length < pageSize) break
    afterSeq = last.seq
  }
  return { accepted, judged }
}
