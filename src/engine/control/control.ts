import { OffpeakError } from '../../domain/errors.ts'
import type { RunState } from '../../domain/run.ts'
import type { RunRow } from '../../ports/state.ts'
import { type WaitKind, waitKinds, waits } from '../../domain/wait.ts'
import type { Flow } from '../flow.ts'
import { raiseCap } from './raise-cap.ts'
import { adoptToday, requireSameJob } from '../job/job-change.ts'
import { unpaused } from '../step/pause.ts'
import { findRun } from '../queries/find-run.ts'

/** What can be missing for good of something that was paid: nobody else can say that it is waited for no longer. */
const acceptable: readonly WaitKind[] = [
  'missing',
  'unreadable',
  'answers',
  'batch',
  'list',
  'hidden',
  'download',
  'account',
]

/** Results of a person's decision to take the answers that are there. */
export interface AcceptedAnswers {
  /** Batches that are taken as they are. */
  readonly batches: number
  /** What a state that is gone has sent and no file of the run is: it is waited for no longer, and its records are sent anew. */
  readonly earlier: { readonly files: number; readonly requests: number; readonly maxCostMicroUsd: number }
  /** Those of them that another key has made: nothing of them could be fetched with the key that is set. */
  readonly ofAnotherKey: number
  /** What else batches wait for, which no word of a person changes, with how many they are. */
  readonly stillWaiting: readonly {
    readonly for: WaitKind
    readonly label: string
    readonly batches: number
  }[]
}

/**
 * The acceptance of the answers that are there, for a run that misses some: what is unanswered is `lost` and counts as
 * possibly paid, nothing is sent again for it, and the run can continue. What is lost can be looked for again later.
 */
export async function acceptMissing(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  run: RunRow,
): Promise<AcceptedAnswers> {
  const waiting = await store.waitingAttempts(run.id)
  const accepted = await store.acceptWaiting(run.id, acceptable, clock.now())
  if (accepted > 0) await store.addEvent(run.id, clock.now(), 'answers.accepted', { batches: accepted })
  const isEarlier = (waiting.earlier ?? 0) > 0
  const earlier = isEarlier ? await giveUpEarlier({ store, clock }, run) : nothingEarlier
  const stillWaiting = waitKinds
    .filter(
      (kind) =>
        (waiting[kind] ?? 0) > 0 &&
        kind !== 'earlier' &&
        !acceptable.includes(kind) &&
        waits[kind].bound !== null,
    )
    .map((kind) => ({ for: kind, label: waits[kind].label, batches: waiting[kind] ?? 0 }))
  return { batches: accepted, earlier, ofAnotherKey: waiting.account ?? 0, stillWaiting }
}

const nothingEarlier: AcceptedAnswers['earlier'] = { files: 0, requests: 0, maxCostMicroUsd: 0 }

/** What a state that is gone has sent is waited for no longer; what it may have cost is told. */
async function giveUpEarlier(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  run: RunRow,
): Promise<AcceptedAnswers['earlier']> {
  const unknown = (await store.unknownIntents(run.job)).filter(({ status }) => status === 'open')
  await store.closeIntents(unknown.map(({ nonce }) => nonce))
  for (const { requests, maxCostMicroUsd, runId, batchN } of unknown)
    await store.addEvent(run.id, clock.now(), 'intent.dropped', {
      run: runId,
      file: batchN,
      requests,
      costMicroUsd: maxCostMicroUsd,
    })
  return {
    files: unknown.length,
    requests: unknown.reduce((sum, { requests }) => sum + requests, 0),
    maxCostMicroUsd: unknown.reduce((sum, intent) => sum + intent.maxCostMicroUsd, 0),
  }
}

/** How a run is let go on. */
export interface ResumeHow {
  /** The job as it is now is meant. */
  readonly today?: boolean
  /** What the runs after it may cost besides; what was agreed to before when left out. */
  readonly followersMicroUsd?: number
}

/**
 * The resumption of a paused or held run, if wanted with a larger budget; wakes everything that waits. Throws
 * E_JOB_CHANGED, unless `today` is set, for a run that waits for its job, which is still another one.
 */
export async function resumeRun(
  flow: Flow,
  found: RunRow,
  capMicroUsd: number | null,
  { today = false, followersMicroUsd }: ResumeHow = {},
): Promise<RunRow> {
  const { store, clock } = flow
  const { run } = today ? await adoptToday(flow, found) : { run: found }
  if (run.pauseKind === 'changed') await requireSameJob(flow, run)
  await store.restartWaits(run.id)
  if (capMicroUsd !== null) await raiseCap(flow, run, capMicroUsd, followersMicroUsd ?? null)
  const to: RunState = run.sourceDone === 1 ? 'running' : 'building'
  await store.changeRun(run.id, ['paused'], { state: to, hold: 0, ...unpaused, nextAt: clock.now() })
  await store.wakeAttempts(run.id, clock.now())
  if (run.state === 'paused') await store.addEvent(run.id, clock.now(), 'run.resumed', {})
  return findRun(flow, run.id)
}

/**
 * The request to stop a run: what was not sent is dropped, batches at the provider are cancelled, paid answers are
 * kept.
 */
export async function cancelRun(flow: Flow, run: RunRow): Promise<RunRow> {
  const { store, clock } = flow
  const asked = await store.changeRun(run.id, ['building', 'running', 'paused'], {
    state: 'cancelling',
    sourceDone: 1,
    ...unpaused,
    nextAt: clock.now(),
  })
  if (!asked && run.state !== 'cancelling')
    throw new OffpeakError('E_RUN_STATE', `run ${run.id} is ${run.state}; there is nothing to cancel`, {
      fix: `offpeak status ${run.id} shows how it ended`,
    })
  await store.wakeAttempts(run.id, clock.now())
  await store.addEvent(run.id, clock.now(), 'run.cancelling', {})
  return findRun(flow, run.id)
}
