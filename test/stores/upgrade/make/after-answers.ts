import { required } from '../../../../src/testing/stores/fixtures.ts'
import type { Hand } from './attempt-path.ts'
import { mergeAs, settle } from './merge-as.ts'
import { type MadeRun, underRun } from './other-runs.ts'

/** Two of the expired ones go into another file, where one of them is answered. */
export async function retried(hand: Hand, { id }: MadeRun): Promise<void> {
  const { store, fixed } = hand
  const expired = (await store.requests(id, { outcomes: ['expired'] })).slice(-2)
  await underRun(hand, id, (claim) =>
    store.commitRetry(claim, {
      batch: {
        n: 2,
        round: 1,
        deliveryMode: 'batch',
        tag: `${id}${fixed.random.id(10)}`,
        bytes: 600,
        requests: 2,
        snapshot: null,
        maxTokens: 700,
        maxCostMicroUsd: 80,
      },
      requests: expired.map(({ seq }, line) => ({
        seq,
        line,
        fileOffset: line * 300,
        fileLength: 299,
        rowOffset: null,
        rowLength: null,
      })),
      nonce: fixed.random.id(16),
      now: hand.now,
      nextBatch: 3,
      round: 1,
      fallbackRows: 0,
    }),
  )
  const made = required((await store.attempts(id)).at(-1)).id
  await hand.collected(made, 'completed')
  await mergeAs(hand, made, ['merged', 'missing'])
  await settle(hand, made)
}

/** A person has accepted one answer and turned down another. */
export async function verdicts(hand: Hand, { id, job }: MadeRun): Promise<void> {
  const { store } = hand
  const [good, bad] = await store.requests(id, { outcomes: ['review'] })
  for (const [request, outcome, verdict] of [
    [required(good), 'merged', 'edit'],
    [required(bad), 'declined', 'reject'],
  ] as const) {
    const given = await store.giveVerdict({
      job,
      runId: id,
      seq: request.seq,
      from: 'review',
      verdict: {
        runId: id,
        seq: request.seq,
        key: request.key,
        verdict,
        reason: outcome === 'declined' ? 'it says nothing' : null,
        by: 'ada',
        at: hand.now,
        attemptId: request.attemptId,
        was: 'review',
        wasReason: request.reason,
        overruled: outcome === 'merged' ? 1 : 0,
        patch: outcome === 'merged' ? JSON.stringify({ title: 'Another title' }) : null,
      },
      merged: {
        runId: id,
        batchN: required(request.batchN),
        job,
        now: hand.now,
        requests: [{ ...request, outcome, reason: outcome === 'merged' ? null : 'turned down by ada' }],
        counts: { review: -1, [outcome]: 1 },
        usage: {},
        accounting: {},
        claim: null,
        mergedBytes: null,
      },
      forget: false,
      rejoin: null,
    })
    if (!given) throw new Error('the verdict was not taken')
  }
}
