import type { RunRow } from '../../../../src/ports/state.ts'
import { newRequest } from '../../../../src/testing/stores/fixtures.ts'
import type { Hand } from './attempt-path.ts'
import { attempt, change } from './end-run.ts'
import { makeRun } from './other-runs.ts'

/** Its source is not read to the end, and files are on their way out. */
export async function building(hand: Hand, like: RunRow): Promise<void> {
  const run = await makeRun(hand, like, {
    job: 'headnotes',
    files: [2, 1, 1, 1, 1],
    sourceDone: false,
    spec: { perDayMicroUsd: 50_000, keepRows: true },
  })
  await hand.creating(attempt(run, 0))
  await hand.uploaded(attempt(run, 1))
  await hand.reserve(attempt(run, 2))
  await hand.move(attempt(run, 2), 'uploading')
  await hand.reserve(attempt(run, 3))
  // A process that has ended without giving back what it was at.
  await hand.store.claim(
    { kind: 'attempt', id: attempt(run, 3) },
    { holder: 'fixture/0-0/2', now: hand.now, leaseMs: 90_000 },
  )
}

/** Everything that a provider can be at, or have done with. */
export async function running(hand: Hand, like: RunRow): Promise<void> {
  const run = await makeRun(hand, like, {
    job: 'summaries',
    files: [2, 1, 2, 1, 1, 1, 2, 1],
    spec: { shared: { key: 'shared:night', capMicroUsd: 200_000 } },
    extra: (seq) => [
      newRequest(seq, 0, {
        key: 'summaries-same',
        fingerprint: 'summaries-print-0',
        line: null,
        fileOffset: null,
        fileLength: null,
        deduplicatedInto: 0,
      }),
    ],
  })
  await hand.created(attempt(run, 0))
  await hand.running(attempt(run, 1), 'validating')
  await hand.running(attempt(run, 2), 'in_progress', 1)
  await hand.running(attempt(run, 3), 'finalizing', 1)
  await hand.ended(attempt(run, 4), 'completed', { remoteCompleted: 1 })
  await hand.ended(attempt(run, 5), 'failed', {
    reason: JSON.stringify([{ code: 'invalid_json_line', message: 'Line 1 is not JSON', line: 1 }]),
  })
  await hand.ended(attempt(run, 6), 'expired', { remoteCompleted: 1 })
  await hand.ended(attempt(run, 7), 'lost', { reason: 'the provider no longer knows the batch' })
}

/** Creates whose fate is not known. */
export async function inDoubt(hand: Hand, like: RunRow): Promise<void> {
  const run = await makeRun(hand, like, {
    job: 'topics',
    files: [2, 2, 2],
    spec: { payer: { key: 'key:ops', capMicroUsd: 90_000 } },
  })
  await hand.doubted(attempt(run, 0))
  await hand.under(attempt(run, 0), (claim) => hand.store.saveAttempt(claim, { lookups: 2 }))
  await hand.fenced(attempt(run, 1))
  const again = await hand.fenced(attempt(run, 2))
  await hand.running(again, 'in_progress')
}

export async function cancelling(hand: Hand, like: RunRow): Promise<void> {
  const run = await makeRun(hand, like, { job: 'tags', files: [2, 2, 2] })
  await hand.running(attempt(run, 0), 'cancelling', 1)
  await hand.ended(attempt(run, 1), 'cancelled', { remoteCompleted: 1 })
  await change(hand, run, 'cancelling')
  await hand.dropped(attempt(run, 2), 'cancelled before it was sent', false)
}
