import type { PauseKind, RunState } from '../../../src/domain/run.ts'
import { unpaused } from '../../../src/engine/pause.ts'
import type { RunRow } from '../../../src/ports/state.ts'
import { newRequest, required } from '../fixtures.ts'
import { Hand } from './attempt-path.ts'
import { makeRun, mergeAs, settle, underRun, type MadeRun } from './other-runs.ts'

/**
 * Fills a state with runs like the given one, until there is an attempt in every state, a run in every state and pause,
 * and a request in every outcome. Nothing of it can be carried on; it is there to be read.
 */
export async function makeEveryState(hand: Hand, like: RunRow): Promise<void> {
  await building(hand, like)
  await running(hand, like)
  await inDoubt(hand, like)
  await cancelling(hand, like)
  await pausedRuns(hand, like)
  await doneRun(hand, like)
  await askedRun(hand, like)
  await joinedRun(hand, like)
  await cancelledRun(hand, like)
  await importedRun(hand, like)
}

function attempt({ attempts, job }: MadeRun, n: number): number {
  const id = attempts[n]
  if (id === undefined) throw new Error(`${job} has no file ${n}`)
  return id
}

/** Its source is not read to the end, and files are on their way out. */
async function building(hand: Hand, like: RunRow): Promise<void> {
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
async function running(hand: Hand, like: RunRow): Promise<void> {
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
        foldedInto: 0,
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
async function inDoubt(hand: Hand, like: RunRow): Promise<void> {
  const run = await makeRun(hand, like, {
    job: 'topics',
    files: [2, 2, 2],
    spec: { payer: { key: 'key:ops', capMicroUsd: 90_000 } },
  })
  await hand.doubted(attempt(run, 0))
  await hand.under(attempt(run, 0), (claim) => hand.store.saveAttempt(claim, { looks: 2 }))
  await hand.fenced(attempt(run, 1))
  const again = await hand.fenced(attempt(run, 2))
  await hand.running(again, 'in_progress')
}

async function cancelling(hand: Hand, like: RunRow): Promise<void> {
  const run = await makeRun(hand, like, { job: 'tags', files: [2, 2, 2] })
  await hand.running(attempt(run, 0), 'cancelling', 1)
  await hand.ended(attempt(run, 1), 'cancelled', { remoteCompleted: 1 })
  await change(hand, run, 'cancelling')
  await hand.dropped(attempt(run, 2), 'cancelled before it was sent', false)
}

/** A run for each thing that people are waited for. */
async function pausedRuns(hand: Hand, like: RunRow): Promise<void> {
  const { store } = hand
  const budget = await makeRun(hand, like, {
    job: 'labels',
    files: [3],
    lane: 'realtime',
    spec: { capMicroUsd: 150 },
  })
  await hand.asking(attempt(budget, 0))
  await hand.under(attempt(budget, 0), (claim) =>
    store.saveAttempt(claim, { possiblyPaidMicroUsd: 40, reason: 'one call without an answer' }),
  )
  await pause(
    hand,
    budget,
    'budget',
    'budget: the next file can cost $0.000120; $0.000090 more is needed',
    90,
  )

  const credentials = await makeRun(hand, like, { job: 'reviews', files: [2] })
  await hand.running(attempt(credentials, 0), 'in_progress', 1)
  await pause(hand, credentials, 'credentials', 'openai refused the key: Incorrect API key provided')

  const provider = await makeRun(hand, like, { job: 'translations', files: [2] })
  await hand.uploaded(attempt(provider, 0))
  await pause(hand, provider, 'provider', 'openai refused a batch: billing_hard_limit_reached')
  await hand.dropped(attempt(provider, 0), 'billing_hard_limit_reached', true)

  const job = await makeRun(hand, like, { job: 'products', files: [4] })
  await hand.collected(attempt(job, 0), 'completed')
  await mergeAs(hand, attempt(job, 0), ['merged', 'merged'])
  await pause(hand, job, 'job', 'the answers cannot be written: column "name" does not exist')
  await store.addEvent(job.id, hand.now, 'sink.failed', { code: 'E_SINK', message: 'column "name"' })

  const held = await makeRun(hand, like, { job: 'drafts', files: [2, 1], hold: true })
  await pause(hand, held, 'held', 'the files are built and wait to be submitted')

  const asked = await makeRun(hand, like, { job: 'embeddings', files: [2, 2] })
  await hand.running(attempt(asked, 0), 'in_progress')
  await pause(hand, asked, 'asked', 'by hand, until it is resumed')
}

/** One that is over, with whatever can become of a request. */
async function doneRun(hand: Hand, like: RunRow): Promise<void> {
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
        foldedInto: 0,
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
async function askedRun(hand: Hand, like: RunRow): Promise<void> {
  const run = await makeRun(hand, like, { job: 'answers', files: [3], lane: 'realtime' })
  const id = attempt(run, 0)
  await hand.asking(id)
  await hand.move(id, 'completed', { outputBytes: 1_200, possiblyPaidMicroUsd: 40 })
  await hand.move(id, 'collected', { collectedAt: hand.now, reason: 'completed' })
  await mergeAs(hand, id, ['merged', 'merged', 'unsure'])
  await settle(hand, id)
  await end(hand, run, 'done')
}

/** Two of the expired ones go into another file, where one of them is answered. */
async function retried(hand: Hand, { id }: MadeRun): Promise<void> {
  const { store, fixed } = hand
  const expired = (await store.requests(id, { outcomes: ['expired'] })).slice(-2)
  await underRun(hand, id, (claim) =>
    store.commitRetry(claim, {
      batch: {
        n: 2,
        round: 1,
        lane: 'batch',
        tag: `${id}${fixed.chance.id(10)}`,
        bytes: 600,
        requests: 2,
        mark: null,
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
      nonce: fixed.chance.id(16),
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
async function verdicts(hand: Hand, { id, job }: MadeRun): Promise<void> {
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

/** Records of two parts: one is joined, the other waits for its second part. */
async function joinedRun(hand: Hand, like: RunRow): Promise<void> {
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

async function cancelledRun(hand: Hand, like: RunRow): Promise<void> {
  const run = await makeRun(hand, like, { job: 'outlines', files: [2, 2] })
  await hand.collected(attempt(run, 0), 'cancelled')
  await mergeAs(hand, attempt(run, 0), ['merged', 'cancelled'])
  await settle(hand, attempt(run, 0))
  await change(hand, run, 'cancelling')
  await hand.dropped(attempt(run, 1), 'cancelled before it was sent', false)
  await end(hand, run, 'cancelled')
}

/** Answers that came from elsewhere: nothing is reserved. */
async function importedRun(hand: Hand, like: RunRow): Promise<void> {
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

async function pause(
  hand: Hand,
  { id }: MadeRun,
  kind: PauseKind,
  reason: string,
  shortMicroUsd: number | null = null,
): Promise<void> {
  hand.fixed.pass(1)
  await hand.store.changeRun(
    id,
    ['building', 'running'],
    {
      state: 'paused',
      pauseKind: kind,
      pauseReason: reason,
      pauseShortMicroUsd: shortMicroUsd,
      nextAt: null,
    },
    { at: hand.now, kind: 'run.paused', data: { kind, reason } },
  )
}

async function change(hand: Hand, { id }: MadeRun, state: RunState): Promise<void> {
  await hand.store.changeRun(id, ['building', 'running', 'paused'], { state, ...unpaused, nextAt: hand.now })
  await hand.store.addEvent(id, hand.now, `run.${state}`, {})
}

async function end(hand: Hand, { id }: MadeRun, state: 'done' | 'cancelled'): Promise<void> {
  await underRun(hand, id, (claim) =>
    hand.store.saveRun(
      claim,
      { state, liveKey: null, finishedAt: hand.now, nextAt: null, ...unpaused },
      { at: hand.now, kind: `run.${state}`, data: {} },
    ),
  )
}
