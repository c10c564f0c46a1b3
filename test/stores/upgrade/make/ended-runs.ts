import type { RunRow } from '../../../../src/ports/state.ts'
import { newRequest } from '../../../../src/testing/stores/fixtures.ts'
import type { Hand } from './attempt-path.ts'
import { retried, verdicts } from './after-answers.ts'
import { attempt, change, end } from './end-run.ts'
import { mergeAs, settle } from './merge-as.ts'
import { makeRun, underRun } from './other-runs.ts'

/** One that is over, with whatever can become of a request. */
export async function doneRun(hand: Hand, like: RunRow): Promise<void> {
  const { store } = hand
  const run = await makeRun(hand, like, {
    job: 'digests',
    files: [17, 2],
    extra: (seq) => [
      newRequest(seq, 0, {
        key: 'digests-same',
        fingerprint: 'digests-print-0',
        line: null,
        fileOffset: null,
        fileLength: null,
        deduplicatedInto: 0,
      }),
      newRequest(seq + 1, null, {
        key: 'digests-bad',
        outcome: 'unrenderable',
        reason: 'the row has no text',
        fileOffset: null,
        fileLength: null,
      }),
      newRequest(seq + 2, null, {
        key: 'digests-big',
        outcome: 'oversize',
        reason: '400,000 tokens are over the limit',
        fileOffset: null,
        fileLength: null,
      }),
    ],
  })
  const [first, second] = [attempt(run, 0), attempt(run, 1)]
  await hand.collected(first, 'expired')
  await mergeAs(hand, first, [
    'merged',
    'invalid',
    'review',
    'review',
    'review',
    'truncated',
    'refused',
    'failed',
    'transient',
    'expired',
    'missing',
    'cancelled',
    'stale',
    'rejected',
    'expired',
    'expired',
    'merged',
    'merged',
  ])
  await settle(hand, first)
  await store.recordDuplicate(
    first,
    run.id,
    run.job,
    12,
    hand.now,
    `batch batch_late came to light after its attempt was replaced`,
  )
  await store.addEvent(run.id, hand.now, 'stray', {
    batch: 'batch_late',
    state: 'completed',
    requests: 2,
    cancelled: false,
  })
  await hand.collected(second, 'lost', 0)
  await mergeAs(hand, second, ['lost', 'lost'])
  await settle(hand, second, true)
  await retried(hand, run)
  await verdicts(hand, run)
  await end(hand, run, 'done')
}

/** One whose requests were sent one by one, of which one may have been paid for nothing. */
export async function askedRun(hand: Hand, like: RunRow): Promise<void> {
  const run = await makeRun(hand, like, { job: 'answers', files: [3], deliveryMode: 'realtime' })
  const id = attempt(run, 0)
  await hand.asking(id)
  await hand.move(id, 'completed', { outputBytes: 1_200, possiblyPaidMicroUsd: 40 })
  await hand.move(id, 'collected', { collectedAt: hand.now, reason: 'completed' })
  await mergeAs(hand, id, ['merged', 'merged', 'unsure'])
  await settle(hand, id)
  await end(hand, run, 'done')
}

/** Records of two parts: one is joined, the other waits for its second part. */
export async function joinedRun(hand: Hand, like: RunRow): Promise<void> {
  const run = await makeRun(hand, like, { job: 'lessons', files: [2, 2], parts: 2, spec: { joins: true } })
  await hand.collected(attempt(run, 0), 'completed')
  await mergeAs(hand, attempt(run, 0), ['held', 'held'])
  await settle(hand, attempt(run, 0))
  await underRun(hand, run.id, (claim) =>
    hand.store.commitJoined({
      claim,
      runId: run.id,
      job: run.job,
      now: hand.now,
      records: [{ requests: [{ seq: 0 }, { seq: 1 }], of: 'lessons-0', outcome: 'merged', reason: null }],
    }),
  )
  await hand.collected(attempt(run, 1), 'completed')
  await mergeAs(hand, attempt(run, 1), ['held'])
}

export async function cancelledRun(hand: Hand, like: RunRow): Promise<void> {
  const run = await makeRun(hand, like, { job: 'outlines', files: [2, 2] })
  await hand.collected(attempt(run, 0), 'cancelled')
  await mergeAs(hand, attempt(run, 0), ['merged', 'cancelled'])
  await settle(hand, attempt(run, 0))
  await change(hand, run, 'cancelling')
  await hand.dropped(attempt(run, 1), 'cancelled before it was sent', false)
  await end(hand, run, 'cancelled')
}

/** Answers that came from elsewhere: nothing is reserved. */
export async function importedRun(hand: Hand, like: RunRow): Promise<void> {
  const run = await makeRun(hand, like, {
    job: 'archive',
    files: [2],
    spec: { imported: true, capMicroUsd: null, maxTries: 1 },
  })
  const id = attempt(run, 0)
  await hand.move(id, 'collected', { outputBytes: 800, collectedAt: hand.now, reason: 'completed' })
  await mergeAs(hand, id, ['merged', 'merged'])
  await settle(hand, id)
  await end(hand, run, 'done')
}
