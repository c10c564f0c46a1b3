import { addCounts, type OutcomeCounts } from '../../domain/outcome.ts'
import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { MergedRequest } from '../../ports/store/answers.ts'
import type { Flow } from '../flow.ts'
import { Judge, type Verdict } from '../answers/judge.ts'
import { inDeliveryMode } from '../job/delivery-mode.ts'
import type { Lease } from '../lease.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { overridesOf } from '../answers/override.ts'
import { specOf } from '../spec.ts'
import { answerTimes, readStoredAnswer } from '../answers/stored-answer.ts'
import { openTarget, ownerOf } from '../job/target.ts'
import { itemOf, type Judged, writeChunk } from './write-chunk.ts'

const pageSize = 500

/** The share in an answer for records that were folded into its request after it had been answered. */
export async function answerFolds(flow: Flow, lease: Lease, run: RunRow, job: PreparedJob): Promise<void> {
  for (;;) {
    const folds = await flow.store.unansweredFolds(run.id, pageSize)
    if (folds.length === 0) return
    await writeStored(flow, run, job, folds)
    lease.check()
  }
}

/**
 * The outcomes of requests (or records folded into them) whose stored answers were written into the sink again; pays
 * nothing and changes nothing where the sink has the values already. Returns what each request is now.
 */
export async function writeStored(
  flow: Flow,
  run: RunRow,
  job: PreparedJob,
  requests: readonly RequestRow[],
): Promise<OutcomeCounts> {
  await using target = await openTarget(flow, job, ownerOf(run, specOf(run).redo))
  const judged = await judgeStored(flow, run, job, requests)
  const written = await writeChunk(target.sink, target.reader, judged, {
    mark: null,
    chunk: `${run.id}/again/${flow.clock.now()}`,
  })
  return await commitStored(flow, run, judged, written)
}

type StoredJudgement = Judged & { readonly request: RequestRow; readonly verdict: Verdict }

/** What each request's stored answer is now; one without an answer is what it was. */
async function judgeStored(
  { store, filesDir }: Pick<Flow, 'store' | 'filesDir'>,
  run: RunRow,
  job: PreparedJob,
  requests: readonly RequestRow[],
): Promise<readonly StoredJudgement[]> {
  const spec = specOf(run)
  const modes = new Map((await store.batches(run.id)).map(({ n, deliveryMode }) => [n, deliveryMode]))
  using judges = new DisposableStack()
  const known = new Map<DeliveryMode, Judge>()
  // What an answer has cost depends on how it was asked for.
  const judgeIn = (deliveryMode: DeliveryMode): Judge => {
    const judge =
      known.get(deliveryMode) ??
      judges.use(new Judge({ job, spec: inDeliveryMode(spec, deliveryMode), runId: run.id, filesDir }))
    known.set(deliveryMode, judge)
    return judge
  }
  const timeOf = answerTimes(store)
  const overrideOf = await overridesOf(store, requests)
  const judged: StoredJudgement[] = []
  const firsts = new Map<number, RequestRow>()
  for (const request of requests) {
    // A record that follows another one has an answer of its own where it was there as that came.
    const asked =
      request.deduplicatedInto === null || request.answerFile !== null
        ? request
        : await firstOf(store, run.id, request.deduplicatedInto, firsts)
    if (!asked) continue
    const { answerFile, answerOffset, answerLength } = asked
    const answer =
      answerFile === null || answerOffset === null || answerLength === null
        ? null
        : await readStoredAnswer(filesDir, answerFile, answerOffset, answerLength, job.provider)
    const verdict = answer
      ? await judgeIn(modes.get(asked.batchN ?? -1) ?? spec.deliveryMode).judge(
          request,
          answer,
          await timeOf(asked.attemptId),
          overrideOf(request, asked.attemptId),
        )
      : {
          outcome: asked.outcome,
          reason: asked.reason,
          values: null,
          usage: null,
          costPicoUsd: 0,
          score: null,
        }
    judged.push({ request, verdict, item: itemOf(request, verdict) })
  }
  return judged
}

/** Notes what became of each answer in the sink, by batch; returns what the requests are now. */
async function commitStored(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  run: RunRow,
  judged: readonly StoredJudgement[],
  written: Awaited<ReturnType<typeof writeChunk>>,
): Promise<OutcomeCounts> {
  let total: OutcomeCounts = {}
  const byBatch = Map.groupBy(judged.entries(), ([, { request }]) => request.batchN)
  for (const [batchN, entries] of byBatch) {
    if (batchN === null) continue
    const rows: MergedRequest[] = []
    const final: number[] = []
    let counts: OutcomeCounts = {}
    for (const [index, { request, verdict }] of entries) {
      const now = written[index]
      if (!now) continue
      if (verdict.isFinal && now.outcome === verdict.outcome) final.push(request.seq)
      const { seq, answerFile, answerOffset, answerLength, inputTokens, outputTokens, costPicoUsd } = request
      rows.push({
        seq,
        answerFile,
        answerOffset,
        answerLength,
        inputTokens,
        outputTokens,
        costPicoUsd,
        scorePermille: verdict.score === null ? null : Math.round(verdict.score * 1000),
        outcome: now.outcome,
        reason: now.reason,
      })
      if (request.outcome !== 'pending') counts = addCounts(counts, { [request.outcome]: -1 })
      counts = addCounts(counts, { [now.outcome]: 1 })
      total = addCounts(total, { [now.outcome]: 1 })
    }
    await store.commitMerged({
      runId: run.id,
      batchN,
      job: run.job,
      now: clock.now(),
      requests: rows,
      final,
      counts,
      usage: {},
      accounting: {},
      claim: null,
      mergedBytes: null,
    })
  }
  return total
}

async function firstOf(
  store: Flow['store'],
  runId: string,
  seq: number,
  known: Map<number, RequestRow>,
): Promise<RequestRow | null> {
  const first = known.get(seq) ?? (await store.requests(runId, { afterSeq: seq - 1, limit: 1 }))[0] ?? null
  if (first) known.set(seq, first)
  return first
}
