import { addCounts, outcomeNames, type OutcomeCounts } from '../../domain/outcome.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { settleRescued } from '../job/settle-rescued.ts'
import { answerlessOutcomes, betterTries, judgedOutcomes, StoredAnswers } from '../merge/better-tries.ts'
import { writeStored } from '../merge/folds.ts'
import { joinParts } from '../merge/join.ts'
import { meanToday } from '../merge/mean-today.ts'
import { statusOf } from '../queries/status.ts'
import { type DroppedAnswered, dropAnswered } from './drop-answered.ts'
import { whileNothingIsQueued } from './take-back.ts'

const pageSize = 500

/**
 * The stored answers of a run, judged again with all tries of a record; those that fit are written into the sink. A
 * retry that waits unsent is taken out of the queue meanwhile: what has its answer now is not sent, by this run or by
 * one that rescues it, of which `tell` hears. Pays nothing; returns what the requests are now.
 */
export async function mergeAgain(
  flow: Flow,
  run: RunRow,
  job: PreparedJob,
  batchN: number | null,
  tell: (dropped: DroppedAnswered) => void = () => undefined,
): Promise<OutcomeCounts> {
  const total = await whileNothingIsQueued(flow, run, () => judgeAll(flow, run, job, batchN))
  await meanToday(flow, run, job)
  await settleRescued(flow, run)
  const dropped = await dropAnswered(flow, run)
  if (dropped !== null) tell(dropped)
  if (job.job.join === undefined) return total
  await flow.store.joinAgain(run.id)
  await joinParts(flow, { check: () => undefined, claim: null }, run, job)
  return (await statusOf(flow, run)).counts
}

async function judgeAll(
  flow: Flow,
  run: RunRow,
  job: PreparedJob,
  batchN: number | null,
): Promise<OutcomeCounts> {
  const { store } = flow
  let total: OutcomeCounts = {}
  using stored = await StoredAnswers.of(flow, run, job)
  for (let afterSeq = -1; ;) {
    const found = await store.requests(run.id, {
      afterSeq,
      limit: pageSize,
      outcomes: [...judgedOutcomes, ...answerlessOutcomes],
    })
    const last = found.at(-1)
    if (!last) return present(total)
    afterSeq = last.seq
    const page = await withBestTries(flow, run, stored, found)
    const answered = page.filter(
      (request) =>
        judgedOutcomes.includes(request.outcome) &&
        (request.answerFile !== null || request.deduplicatedInto !== null) &&
        (batchN === null || request.batchN === batchN),
    )
    total = addCounts(total, await writeStored(flow, run, job, answered))
  }
}

/** The requests of a page, those of which another try is better as that try. */
async function withBestTries(
  flow: Flow,
  run: RunRow,
  stored: StoredAnswers,
  page: readonly RequestRow[],
): Promise<readonly RequestRow[]> {
  const { store } = flow
  const better = await betterTries(flow, run, stored, page)
  if (better.length === 0) return page
  await store.letTriesStand(run.id, better)
  const changed = new Map<number, RequestRow>()
  for (const { seq } of better)
    for (const now of await store.requests(run.id, { afterSeq: seq - 1, limit: 1 })) changed.set(now.seq, now)
  return page.map((request) => changed.get(request.seq) ?? request)
}

function present(counts: OutcomeCounts): OutcomeCounts {
  return Object.fromEntries(outcomeNames.flatMap((name) => (counts[name] ? [[name, counts[name]]] : [])))
}
