import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { RunState } from '../../domain/run.ts'
import { defaultMaxTries } from '../../planning/waiting/retry.ts'
import type { RunRow } from '../../ports/state.ts'
import { type WaitKind, waitKinds, waits } from '../../domain/wait.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import { raiseCap } from './raise-cap.ts'
import { adoptToday, requireSameJob } from '../job/job-change.ts'
import { unpaused } from '../step/pause.ts'
import { fallbackOf, deliveryModesOf, requirePrices, smallFiles } from '../job/delivery-mode.ts'
import type { Plan } from '../plan/plan.ts'
import type { PreparedJob } from '../job/prepare.ts'
import type { FoundPrice } from '../job/pricing.ts'
import {
  type AgreedFollower,
  budgetsOf,
  type PayerBudget,
  type Rescue,
  type RunSpec,
  type SharedBudget,
  textOfSpec,
} from '../spec.ts'
import { findRun } from '../queries/find-run.ts'

const runIdLength = 6

export interface StartOptions {
  readonly flow: Flow
  readonly job: PreparedJob
  readonly plan: Plan
  /** Whether an emulator answers, as far as it is known before it is asked. */
  readonly isSimulated: boolean
  readonly price: FoundPrice | null
  readonly flexPrice: FoundPrice | null
  readonly realtimePrice: FoundPrice | null
  readonly deliveryMode: DeliveryMode
  readonly deadlineMs: number | null
  /** What all runs of the job may cost in one UTC day; null: no bound. */
  readonly perDayMicroUsd: number | null
  /** As they were given. */
  readonly params: Readonly<Record<string, unknown>>
  readonly examples: readonly unknown[]
  readonly capMicroUsd: number | null
  /** Set for answers that somebody else has paid for; nothing is read from the source or sent. */
  readonly broughtAs?: Pick<RunSpec, 'brought' | 'textAs'>
  readonly shared: SharedBudget | null
  /** The budget of whoever starts it. */
  readonly payer: PayerBudget | null
  readonly followers: readonly AgreedFollower[]
  readonly follows: string | null
  readonly limit: number | null
  readonly only: readonly string[] | null
  readonly redo: boolean
  readonly payAgain: boolean
  /** Whether the answers go where the job says. */
  readonly writes: boolean
  readonly keep: boolean
  readonly rescue?: Rescue | null
  /** Build the files and wait until somebody submits them. */
  readonly hold: boolean
}

/** Makes the run durable; from here on any process can carry it on. The live run of the same job is returned instead when there is one. */
export async function startRun(
  options: StartOptions,
): Promise<{ readonly run: RunRow; readonly attached: boolean }> {
  const { flow, job, plan, price, realtimePrice, params, examples, capMicroUsd } = options
  const {
    broughtAs,
    shared,
    payer,
    follows,
    limit,
    only,
    redo,
    payAgain,
    keep,
    rescue = null,
    hold,
  } = options
  const imported = broughtAs !== undefined
  const { deliveryMode, deadlineMs, flexPrice, perDayMicroUsd } = options
  const { store, clock, random } = flow
  const id = random.id(runIdLength)
  const definition = await flow.definition(job.job.name)
  const spec: RunSpec = {
    job: job.job.name,
    version: job.job.version ?? '',
    params,
    model: job.model,
    pricedAs: job.pricedAs,
    realtimeModel: job.job.model.realtimeModel ?? null,
    provider: job.provider.name,
    endpoint: job.endpoint,
    quotaKey: plan.quota.key,
    deliveryMode,
    deadlineMs,
    fallback: deliveryMode === 'batch' ? fallbackOf(job.job) : null,
    price: price?.price ?? null,
    flexPrice: flexPrice?.price ?? null,
    realtimePrice: realtimePrice?.price ?? null,
    maxOutputTokens: plan.outputTokensPerRecord.atMost,
    contextTokens: (price ?? realtimePrice)?.contextTokens ?? null,
    maxTries: job.job.retry?.max ?? defaultMaxTries,
    repair: job.job.retry?.repair === true,
    capMicroUsd,
    perDayMicroUsd,
    shared,
    payer,
    followers: [...options.followers],
    follows,
    rescue,
    limit,
    only: only === null ? null : [...only],
    redo,
    payAgain,
    keep,
    meaning: job.meaning,
    keepRows: plan.keepRows,
    joins: job.job.join !== undefined,
    writes: options.writes,
    imported,
    brought: broughtAs?.brought ?? [],
    textAs: broughtAs?.textAs ?? null,
    examples: [...examples],
    definition: definition && { ask: definition.ask, write: definition.write },
  }
  requirePrices(
    spec,
    [...deliveryModesOf(spec), ...(smallFiles(job.provider, spec) ? ['realtime' as const] : [])],
    capMicroUsd ?? perDayMicroUsd,
  )
  const now = clock.now()
  return withCrashPoints(flow.reach, 'run.start.commit', () =>
    store.startRun({
      id,
      job: job.job.name,
      spec: textOfSpec(spec),
      // Who follows is in the snapshot: not everybody who sees the plan may know of it.
      plan: imported ? null : JSON.stringify({ ...plan, followers: [] }),
      provider: job.provider.name,
      account: job.provider.account,
      // Who brings answers has had them from elsewhere.
      isSimulated: !imported && options.isSimulated,
      hold,
      // Who brings answers has not agreed to send anything.
      maySend: imported ? 'nothing' : 'all',
      now,
      budgets: budgetsOf({ id, job: job.job.name }, spec, now),
    }),
  )
}

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

/** What came of a person's word that what is there is taken. */
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
 * Takes what is there of a run whose answers are missing, by a person's word: what is unanswered is `lost` and counts
 * as possibly paid, nothing is sent again for it, and the run can go on. What is lost can be looked for again later.
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
 * Lets a paused or held run go on, if wanted with a larger budget; wakes everything that waits. Throws E_JOB_CHANGED,
 * unless `today` is set, for a run that waits for its job, which is still another one.
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

/** Asks that a run stops: what was not sent is dropped, batches at the provider are cancelled, paid answers are kept. */
export async function cancelRun(flow: Flow, run: RunRow): Promise<RunRow> {
  const { store, clock } = flow
  const asked = await store.changeRun(run.id, ['building', 'running', 'paused'], {
    state: 'cancelling',
    sourceDone: 1,
    ...unpaused,
    nextAt: clock.now(),
  })
  if (!asked && run.state !== 'cancelling')
    throw new OffpeakError('E_RUN_STATE', `run ${run.id} is ${run.state}; there is nothing to cancel`)
  await store.wakeAttempts(run.id, clock.now())
  await store.addEvent(run.id, clock.now(), 'run.cancelling', {})
  return findRun(flow, run.id)
}
