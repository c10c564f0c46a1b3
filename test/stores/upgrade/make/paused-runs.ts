import type { PauseKind } from '../../../../src/domain/run.ts'
import type { RunRow } from '../../../../src/ports/state.ts'
import type { Hand } from './attempt-path.ts'
import { attempt } from './end-run.ts'
import { mergeAs } from './merge-as.ts'
import { makeRun, type MadeRun } from './other-runs.ts'

/** A run for each thing that people are waited for. */
export async function pausedRuns(hand: Hand, like: RunRow): Promise<void> {
  const { store } = hand
  const budget = await makeRun(hand, like, {
    job: 'labels',
    files: [3],
    deliveryMode: 'realtime',
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
  await mergeAs(hand, attempt(job, 0), ['merged', 'merged', 'rescued'])
  await pause(hand, job, 'job', 'the answers cannot be written: column "name" does not exist')
  await store.addEvent(job.id, hand.now, 'sink.failed', { code: 'E_SINK', message: 'column "name"' })

  const held = await makeRun(hand, like, { job: 'drafts', files: [2, 1], hold: true })
  await pause(hand, held, 'submit', 'the files are built and wait to be submitted')

  const asked = await makeRun(hand, like, { job: 'embeddings', files: [2, 2] })
  await hand.running(attempt(asked, 0), 'in_progress')
  await pause(hand, asked, 'asked', 'by hand, until it is resumed')

  const answers = await makeRun(hand, like, { job: 'letters', files: [2] })
  await hand.running(attempt(answers, 0), 'in_progress')
  await pause(hand, answers, 'answers', 'answers are missing that the provider says it has given')

  const changed = await makeRun(hand, like, { job: 'minutes', files: [2] })
  await hand.running(attempt(changed, 0), 'in_progress')
  await pause(hand, changed, 'changed', 'the job file has changed since the run began')

  const disk = await makeRun(hand, like, { job: 'notices', files: [1, 1] })
  await hand.uploaded(attempt(disk, 0))
  await pause(hand, disk, 'disk', 'the disk is full')
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
