import { microFromPico } from '../../../../src/domain/money.ts'
import type { Outcome } from '../../../../src/domain/outcome.ts'
import type { MergedRequest } from '../../../../src/ports/store/answers.ts'
import { required } from '../../../../src/testing/stores/fixtures.ts'
import type { Hand } from './attempt-path.ts'
import { countOf } from './other-runs.ts'

const picoUsdPerLine = 6_000_000

/** Outcomes whose answer came and is paid for. */
const answered: ReadonlySet<Outcome> = new Set([
  'merged',
  'held',
  'invalid',
  'review',
  'declined',
  'truncated',
  'refused',
  'stale',
  'rejected',
])

/** Gives the requests of an attempt these outcomes, one after the other, and books what they cost on the batch. */
export async function mergeAs(hand: Hand, id: number, outcomes: readonly Outcome[]): Promise<void> {
  const { store } = hand
  const attempt = required(await store.attempt(id))
  const run = required(await store.run(attempt.runId))
  const asked = await store.batchRequests(attempt.runId, attempt.batchN, { afterSeq: -1, limit: 100 })
  const requests = asked
    .filter(({ outcome }) => outcome === 'pending')
    .slice(0, outcomes.length)
    .map((request, index): MergedRequest => {
      const outcome = outcomes[index] ?? 'missing'
      const paid = answered.has(outcome) && request.line !== null
      const line = answered.has(outcome) ? (request.line ?? 0) : null
      return {
        seq: request.seq,
        outcome,
        reason: outcome === 'merged' || outcome === 'held' ? null : `it is ${outcome}`,
        answerFile: line === null ? null : `${id}-${attempt.nonce}.output.jsonl`,
        answerOffset: line === null ? null : line * 400,
        answerLength: line === null ? null : 399,
        inputTokens: paid ? 40 : null,
        outputTokens: paid ? 10 : null,
        costPicoUsd: paid ? picoUsdPerLine : null,
        scorePermille: outcome === 'review' ? 420 : null,
      }
    })
  const paid = requests.filter(({ costPicoUsd }) => costPicoUsd !== null).length
  const lines = requests.filter(({ answerFile }) => answerFile !== null).length
  await hand.under(id, (claim) =>
    store.commitMerged({
      runId: attempt.runId,
      batchN: attempt.batchN,
      job: run.job,
      now: hand.now,
      requests,
      counts: countOf(requests.map(({ outcome }) => outcome)),
      usage: {
        inputTokens: paid * 40,
        cachedTokens: 0,
        outputTokens: paid * 10,
        costPicoUsd: paid * picoUsdPerLine,
      },
      accounting: { lines, applied: lines },
      claim,
      mergedBytes: lines * 400,
    }),
  )
}

/** Settles an attempt at what its batch has used, or at everything it holds. */
export async function settle(hand: Hand, id: number, all = false): Promise<void> {
  const attempt = required(await hand.store.attempt(id))
  const spent = (await hand.store.requests(attempt.runId, { batchN: attempt.batchN })).reduce(
    (sum, request) => sum + (request.costPicoUsd ?? 0),
    0,
  )
  await hand.under(id, (claim) =>
    hand.store.settle(claim, {
      amountMicroUsd: all ? attempt.reservedMicroUsd : microFromPico(spent) + attempt.possiblyPaidMicroUsd,
      now: hand.now,
      note: all ? 'the answers are gone; what was reserved counts as spent' : null,
      to: 'merged',
      possiblyPaidMicroUsd: 0,
      estimatePicoUsd: null,
    }),
  )
  await hand.store.markCleaned(id)
}
