import { reopeningsOf } from '../job/reopened.ts'
import { parseSums } from '../../domain/sums.ts'
import { type AttemptState, endingIn, isRunning } from '../../domain/attempt.ts'
import { needsAttention, type OutcomeCounts, parseCounts } from '../../domain/outcome.ts'
import type { PauseKind, RunState } from '../../domain/run.ts'
import { type WaitKind, waits } from '../../domain/wait.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import type { AttemptSummary, BatchSummary } from '../../ports/store/runs.ts'
import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { Flow } from '../flow.ts'
import { deadlineOf } from '../job/delivery-mode.ts'
import { type JobChange, seenJobChange } from '../job/job-change.ts'
import type { Plan } from '../plan/plan.ts'
import { accountInKey } from '../job/quota-key.ts'
import { accountOf } from '../step/account.ts'
import type { InputUnit } from '../../domain/token-rule.ts'
import { specOf, unitOf } from '../spec.ts'
import { retryingOf, sumOf } from './retrying.ts'
import { type RefusedFollower, refusedFollowers } from './refused-followers.ts'
import { runTotalsOf } from './run-totals.ts'

/** Status of one batch of a run. */
export interface BatchStatus {
  readonly n: number
  readonly round: number
  readonly deliveryMode: DeliveryMode
  readonly requests: number
  readonly bytes: number
  readonly state: AttemptState
  readonly reason: string | null
  /** How it ended at the provider; null: it has not. */
  readonly ending: AttemptRow['ending']
  /** Why it stands still; null: it does not. */
  readonly wait: WaitStatus | null
  readonly attempts: number
  readonly providerBatchId: string | null
  /** Whose it is: the host and a digest of the key; null: nobody's yet, or not noted. */
  readonly account: string | null
  /** As the job names that account; null: it is the usual one of its service. */
  readonly accountName: string | null
  readonly remote: { readonly total: number; readonly completed: number; readonly failed: number }
  readonly counts: OutcomeCounts
  readonly expiresAt: number | null
  /** From when a batch that is still at the provider counts as late; it is kept, and read when it comes. */
  readonly lateAt: number | null
  readonly costMicroUsd: number
  readonly reservedMicroUsd: number
}

/** Why something stands still. Times are milliseconds since the epoch. */
export interface WaitStatus {
  readonly for: WaitKind
  /** What that means, for people. */
  readonly label: string
  readonly since: number
  readonly tries: number
  /** When it is tried again; null: that is going on now. */
  readonly nextAt: number | null
  /** The service's own words. */
  readonly message: string
}

/** Where a run stands, from stored counters: the same time for ten records or ten million. */
export interface RunStatus {
  readonly schema: 'offpeak.status/2'
  readonly run: string
  readonly job: string
  readonly model: string
  readonly provider: string
  /** Who was asked: the host and a digest of the key; null: not noted. */
  readonly account: string | null
  /** Whether an emulator has answered: what it says is invented, and nothing of it was paid. */
  readonly simulated: boolean
  /** Whether its answers go where the job says. */
  readonly writes: boolean
  readonly state: RunState
  /** What a paused run waits for, the same in words, and how much money is short. */
  readonly pauseKind: PauseKind | null
  readonly pauseReason: string | null
  readonly pauseShortMicroUsd: number | null
  /** Why the run as a whole stands still; null: it does not, or only some of its batches do. */
  readonly wait: WaitStatus | null
  /** The earlier run whose records this one asks again; null: it is no rescue. */
  readonly rescues: string | null
  /** How the job of this process differs from the one that the run began with; null: it does not, or the run is over. */
  readonly jobChange: JobChange | null
  /** Jobs that should have begun as it ended, and did not; none while it goes on. */
  readonly notStarted: readonly RefusedFollower[]
  readonly createdAt: number
  readonly finishedAt: number | null
  /** When it went on again after it was over, the last time; null: it never was. */
  readonly reopenedAt: number | null
  /** How long it went on in all, in milliseconds, without the time for which it was over; null: it goes on. */
  readonly tookMs: number | null
  readonly deliveryMode: DeliveryMode
  /** When what is not answered goes to real time. */
  readonly deadlineAt: number | null
  readonly sourceDone: boolean
  /** Records read so far. */
  readonly selected: number
  readonly unchanged: number
  readonly counts: OutcomeCounts
  readonly pending: number
  /** Records that are sent again automatically. */
  readonly retrying: number
  /** Records that stay as they are until somebody decides: no rule sends them again. */
  readonly needsAttention: number
  readonly batches: readonly BatchStatus[]
  readonly money: {
    readonly spentMicroUsd: number
    readonly reservedMicroUsd: number
    /** Part of what is reserved: the most that batches which have ended can have cost, whose answers are not read yet. */
    readonly unbookedMicroUsd: number
    readonly capMicroUsd: number | null
    /** What this run and those that were started with it may cost together. */
    readonly sharedCapMicroUsd: number | null
    readonly realtimeMicroUsd: number
    readonly savedMicroUsd: number
    readonly wastedMicroUsd: number
    /** Part of what is spent: for asking invalid answers again together with what was wrong with them. */
    readonly repairMicroUsd: number
    /** Part of what is spent: for answers that came twice, and for batches that were made twice. */
    readonly duplicateMicroUsd: number
    /** Part of what is spent: for answers that may have been paid and are not at hand. */
    readonly possiblyPaidMicroUsd: number
    /** Answers whose usage nobody told; each counts at the most that it can have cost, or its part of the batch's own sum. */
    readonly estimatedAnswers: number
    /** Answers of another tier than was asked for, which have no discount: counted at the price of real time. */
    readonly otherTierAnswers: number
  }
  readonly tokens: { readonly input: number; readonly output: number }
  /** What its input is counted and billed in. */
  readonly inputUnit: InputUnit
  /** Lines of answer files, by what was done with them. */
  readonly lines: Readonly<Record<string, number>>
  readonly plan: Plan | null
}

/** The status of a run; without `definition`, its job is not looked at. */
export async function statusOf(
  flow: Pick<Flow, 'store'> & Partial<Pick<Flow, 'definition'>>,
  run: RunRow,
): Promise<RunStatus> {
  const { store } = flow
  const spec = specOf(run)
  const [batches, attempts, budget, shared, { reopenedAt, restedMs }, notStarted, jobChange] =
    await Promise.all([
      store.batchSummaries(run.id),
      store.attemptSummaries(run.id),
      store.budget(`run:${run.id}`),
      spec.shared === null ? null : store.budget(spec.shared.key),
      reopeningsOf(flow, run),
      refusedFollowers(flow, run),
      run.liveKey === null || flow.definition === undefined
        ? null
        : seenJobChange({ definition: flow.definition }, run),
    ])
  const byBatch = Map.groupBy(attempts, ({ batchN }) => batchN)
  const { counts, pending, usage: sums, lines } = runTotalsOf(run, batches)
  const retrying = sumOf(await retryingOf(store, run, batches))
  const batchStatuses = batches.map((batch) => batchStatus(batch, byBatch.get(batch.n) ?? []))
  const micro = (name: string): number => Math.round((sums[name] ?? 0) / 1e6)
  return {
    schema: 'offpeak.status/2',
    run: run.id,
    job: run.job,
    model: spec.model,
    provider: spec.provider,
    account: run.account,
    simulated: run.simulated === 1,
    writes: spec.writes,
    state: run.state,
    pauseKind: run.pauseKind,
    pauseReason: run.pauseReason,
    pauseShortMicroUsd: run.pauseShortMicroUsd,
    wait: waitStatus(run),
    rescues: spec.rescue?.run ?? null,
    jobChange,
    notStarted,
    createdAt: run.createdAt,
    finishedAt: run.finishedAt,
    reopenedAt,
    tookMs: run.finishedAt === null ? null : Math.max(0, run.finishedAt - run.createdAt - restedMs),
    deliveryMode: spec.deliveryMode,
    deadlineAt: deadlineOf(run, spec),
    sourceDone: run.sourceDone === 1,
    selected: run.selected,
    unchanged: run.unchanged,
    counts,
    pending,
    retrying,
    // What somebody has chosen needs nobody, whatever its outcome.
    needsAttention: Math.max(0, needsAttention(counts) - retrying),
    batches: batchStatuses,
    money: {
      spentMicroUsd: budget?.spentMicroUsd ?? 0,
      reservedMicroUsd: budget?.reservedMicroUsd ?? 0,
      unbookedMicroUsd: batchStatuses
        .filter(({ state }) => endingIn(state) !== null || state === 'collected')
        .reduce((sum, { reservedMicroUsd }) => sum + reservedMicroUsd, 0),
      capMicroUsd: budget?.capMicroUsd ?? null,
      sharedCapMicroUsd: shared?.capMicroUsd ?? null,
      realtimeMicroUsd: micro('realtimePicoUsd'),
      savedMicroUsd: Math.max(
        0,
        Math.round(((sums['realtimePicoUsd'] ?? 0) - (sums['costPicoUsd'] ?? 0)) / 1e6),
      ),
      wastedMicroUsd: micro('unusablePicoUsd'),
      repairMicroUsd: repairCost(batches),
      duplicateMicroUsd: attempts.reduce(
        (sum, attempt) => sum + (attempt.duplicateMicroUsd ?? 0),
        micro('duplicatePicoUsd'),
      ),
      possiblyPaidMicroUsd: attempts.reduce((sum, attempt) => sum + attempt.possiblyPaidMicroUsd, 0),
      estimatedAnswers: sums['estimatedLines'] ?? 0,
      otherTierAnswers: sums['otherTierLines'] ?? 0,
    },
    tokens: { input: sums['inputTokens'] ?? 0, output: sums['outputTokens'] ?? 0 },
    inputUnit: unitOf(spec),
    lines,
    plan: run.plan === null ? null : planOf(run.plan),
  }
}

function repairCost(batches: readonly BatchSummary[]): number {
  const sums = batches
    .map(({ usage }) => parseSums(usage))
    .filter((usage) => (usage['repairRequests'] ?? 0) > 0)
  return Math.round(sums.reduce((sum, usage) => sum + (usage['costPicoUsd'] ?? 0), 0) / 1e6)
}

/** Batches are promised within a day; two hours more are given to the provider's own slowness. */
const lateMs = 26 * 3_600_000

function batchStatus(batch: BatchSummary, attempts: readonly AttemptSummary[]): BatchStatus {
  const last = attempts.at(-1)
  const usage = parseSums(batch.usage)
  return {
    n: batch.n,
    round: batch.round,
    deliveryMode: batch.deliveryMode,
    requests: batch.requests,
    bytes: batch.bytes,
    state: last?.state ?? 'waiting',
    reason: last?.reason ?? null,
    ending: last?.ending ?? null,
    wait: last ? waitStatus(last) : null,
    attempts: attempts.length,
    providerBatchId: last?.providerBatchId ?? null,
    account: last ? accountOf(last) : null,
    accountName: last?.quotaKey == null ? null : accountInKey(last.quotaKey),
    remote: {
      total: last?.remoteTotal ?? 0,
      completed: last?.remoteCompleted ?? 0,
      failed: last?.remoteFailed ?? 0,
    },
    counts: parseCounts(batch.counts),
    expiresAt: last?.expiresAt ?? null,
    lateAt: last && isRunning(last.state) ? (last.triedAt ?? last.createdAt) + lateMs : null,
    costMicroUsd: Math.ceil((usage.costPicoUsd ?? 0) / 1e6),
    reservedMicroUsd:
      last !== undefined && ['merged', 'void', 'waiting'].includes(last.state)
        ? 0
        : (last?.reservedMicroUsd ?? 0),
  }
}

/** What the columns of a run or an attempt say of its standing still. */
function waitStatus(
  row: Pick<AttemptRow, 'waitsFor' | 'waitingSince' | 'waitTries' | 'waitWords' | 'nextAt' | 'leaseUntil'>,
): WaitStatus | null {
  const { waitsFor, waitingSince, waitTries, waitWords, nextAt, leaseUntil } = row
  if (waitsFor === null) return null
  return {
    for: waitsFor,
    label: waits[waitsFor].label,
    since: waitingSince ?? 0,
    tries: waitTries,
    // While somebody holds it, the time is that of the lease's end.
    nextAt: leaseUntil > 0 ? null : nextAt,
    message: waitWords ?? '',
  }
}

/** A plan as it was stored with its run. */
function planOf(text: string): Plan {
  const plan: Plan = JSON.parse(text)
  // Plans of earlier versions do not have all of it.
  return {
    ...plan,
    paidBefore: plan.paidBefore ?? null,
    nearModels: plan.nearModels ?? [],
    failsAgain:
      plan.failsAgain == null ? null : { ...plan.failsAgain, rejectedIn: plan.failsAgain.rejectedIn ?? null },
    changedParts: plan.changedParts ?? {},
    uncompared: plan.uncompared ?? 0,
    isKept: plan.isKept ?? false,
    rescue: plan.rescue ?? null,
    followers: plan.followers ?? [],
    inputUnit: plan.inputUnit ?? 'token',
    unpriced: plan.unpriced ?? [],
    tries: plan.tries ?? 1,
    contents: plan.contents ?? null,
    quota: { ...plan.quota, accounts: plan.quota.accounts ?? [] },
    cost: plan.cost && {
      ...plan.cost,
      atMostOnceMicroUsd: plan.cost.atMostOnceMicroUsd ?? plan.cost.atMostMicroUsd,
    },
  }
}
