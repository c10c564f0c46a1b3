import { OffpeakError } from '../../domain/errors.ts'
import { formatLeft, formatMost, formatUsd } from '../../wording/amount.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import { inDeliveryMode } from '../job/delivery-mode.ts'
import type { Flow } from '../flow.ts'
import type { Lease } from '../lease.ts'
import { noteSimulated } from '../step/who-answers.ts'
import { budgetsOf, type RunSpec, textOfSpec } from '../spec.ts'
import type { TryResult } from './try-result.ts'
import type { TryPlan } from './try.ts'

const idLength = 6
const nonceLength = 16
/** Unfinished trials that are looked at. */
const maxUnfinished = 100

/** The run of a try, which no list of its job's runs has, and the attempt that holds its money. */
export interface Trial {
  readonly run: string
  readonly attempt: number
  readonly spec: RunSpec
}

/** The durable run of a try. Nothing is reserved yet. */
export async function startTrial(flow: Flow, plan: TryPlan, capMicroUsd: number | null): Promise<Trial> {
  const { store, clock, random, timings } = flow
  const id = random.id(idLength)
  const spec = trialSpec(plan, capMicroUsd)
  const now = clock.now()
  const attempt = await store.startTrial({
    run: {
      id,
      job: spec.job,
      spec: textOfSpec(spec),
      provider: spec.provider,
      account: plan.job.provider.account,
      isSimulated: plan.isSimulated,
      now,
      budgets: budgetsOf(ledgerRun(id, plan), spec, now),
    },
    batch: {
      n: 0,
      round: 0,
      deliveryMode: 'realtime',
      tag: `try-${id}`,
      bytes: 0,
      requests: plan.asks.length,
      snapshot: null,
      maxTokens: plan.asks.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
      maxCostMicroUsd: plan.atMostMicroUsd ?? 0,
    },
    nonce: random.id(nonceLength),
    nextAt: now + timings.leaseMs,
  })
  return { run: id, attempt, spec }
}

/** The run of a try as its budgets look at it. */
function ledgerRun(id: string, { job, isSimulated }: TryPlan): Pick<RunRow, 'id' | 'job' | 'simulated'> {
  return { id, job: job.job.name, simulated: isSimulated ? 1 : 0 }
}

/** The reservation of a try's highest cost in every budget of its job. Throws E_BUDGET where one has less left. */
export async function reserveTrial(
  { store, clock }: Flow,
  { claim }: Lease,
  { run, spec }: Trial,
  plan: TryPlan,
): Promise<void> {
  const now = clock.now()
  const amountMicroUsd = plan.atMostMicroUsd ?? 0
  const reserved = await store.reserve(claim, {
    budgets: budgetsOf(ledgerRun(run, plan), spec, now),
    amountMicroUsd,
    quotaKey: inDeliveryMode(spec, 'realtime').quotaKey,
    tokens: 0,
    account: null,
    maxBatches: null,
    job: spec.job,
    now,
    filename: '',
  })
  if (reserved === 'reserved')
    return store.move(claim, 'asking', { triedAt: now, remoteTotal: plan.asks.length })
  await store.voidAttempt(claim, { reason: 'over the budget', now, again: null, outcome: null })
  await endRun({ store, clock }, run)
  const left = Math.max(0, reserved.limit - reserved.used)
  throw new OffpeakError(
    'E_BUDGET',
    `the records can cost ${formatMost(amountMicroUsd)}, and ${formatLeft(left)} of ${formatUsd(reserved.limit)} is left${reserved.key.startsWith('day:') ? ' for today' : ''}`,
    { where: `job ${spec.job}`, fix: 'try fewer records (-n), or raise the budget of the job' },
  )
}

/**
 * The settlement of a try: the cost of its answers, and as possibly paid the calls whose end nobody knows. Where an
 * emulator has answered, as only its replies can tell, the run is simulated, and nothing is booked but in its own
 * budget.
 */
export async function settleTrial(
  { store, clock }: Flow,
  { claim }: Lease,
  { run, spec }: Trial,
  { job }: TryPlan,
  results: readonly TryResult[],
): Promise<void> {
  const made = await store.run(run)
  if (made) await noteSimulated({ store, clock }, made, job.provider)
  const sent = results.filter(({ outcome }) => outcome !== 'not_sent')
  const sum = (some: readonly TryResult[], value: (result: TryResult) => number): number =>
    some.reduce((total, result) => total + value(result), 0)
  const cost = ({ costMicroUsd }: TryResult): number => costMicroUsd ?? 0
  const answered = sent.filter(({ usage }) => usage !== null)
  const costPicoUsd = sum(answered, cost) * 1e6
  await store.commitMerged({
    runId: run,
    batchN: 0,
    job: spec.job,
    now: clock.now(),
    requests: [],
    counts: {},
    usage: {
      inputTokens: sum(answered, ({ usage }) => usage?.inputTokens ?? 0),
      outputTokens: sum(answered, ({ usage }) => usage?.outputTokens ?? 0),
      costPicoUsd,
      realtimePicoUsd: costPicoUsd,
    },
    accounting: { applied: answered.length },
    claim,
    mergedBytes: null,
  })
  await endTrial({ store, clock }, claim, run, {
    amountMicroUsd: sum(sent, cost),
    possiblyPaidMicroUsd: sum(
      sent.filter(({ outcome }) => outcome === 'unknown'),
      cost,
    ),
  })
}

/**
 * The end of a try whose process is gone: what was reserved counts as possibly paid, as nobody knows what was asked of
 * it. One that held nothing yet is voided.
 */
export async function endDeadTrial(flow: Flow, { claim }: Lease, attempt: AttemptRow): Promise<null> {
  const { store, clock } = flow
  if (attempt.state === 'asking')
    await endTrial(flow, claim, attempt.runId, {
      amountMicroUsd: attempt.reservedMicroUsd,
      possiblyPaidMicroUsd: attempt.reservedMicroUsd,
    })
  else if (attempt.state === 'waiting' || attempt.state === 'reserved') {
    const end = {
      reason: 'the process ended before anything was asked',
      now: clock.now(),
      again: null,
      outcome: null,
    }
    await store.voidAttempt(claim, end)
    await endRun(flow, attempt.runId)
  } else
    await endTrial(flow, claim, attempt.runId, {
      amountMicroUsd: attempt.reservedMicroUsd,
      possiblyPaidMicroUsd: 0,
    })
  return null
}

/** The tries of a job whose processes did not come to their end. */
export async function unfinishedTrials({ store }: Flow, job: string): Promise<readonly AttemptRow[]> {
  const runs = await store.runs({ job, trials: true, states: ['running'], limit: maxUnfinished })
  return (await Promise.all(runs.map(({ id }) => store.attempts(id)))).flat()
}

async function endTrial(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  claim: Lease['claim'],
  run: string,
  money: { readonly amountMicroUsd: number; readonly possiblyPaidMicroUsd: number },
): Promise<void> {
  const attempt = claim.unit.kind === 'attempt' ? await store.attempt(claim.unit.id) : null
  if (attempt?.state === 'asking')
    await store.move(claim, 'completed', { possiblyPaidMicroUsd: money.possiblyPaidMicroUsd })
  if (attempt?.state !== 'collected')
    await store.move(claim, 'collected', { collectedAt: clock.now(), ending: 'completed' })
  await store.settle(claim, {
    ...money,
    now: clock.now(),
    note:
      money.possiblyPaidMicroUsd > 0 ? `${formatUsd(money.possiblyPaidMicroUsd)} of it possibly paid` : null,
    estimatePicoUsd: null,
    to: 'merged',
  })
  await endRun({ store, clock }, run)
}

async function endRun({ store, clock }: Pick<Flow, 'store' | 'clock'>, run: string): Promise<void> {
  const changes: Partial<RunRow> = { state: 'done', finishedAt: clock.now(), nextAt: null }
  await store.changeRun(run, ['running'], changes)
}

function trialSpec(
  { job, price, maxOutputTokens, params, quotaKey, perDayMicroUsd }: TryPlan,
  capMicroUsd: number | null,
): RunSpec {
  return {
    job: job.job.name,
    version: job.job.version ?? '',
    params: { ...params },
    model: job.model,
    pricedAs: job.pricedAs,
    realtimeModel: job.job.model.realtimeModel ?? null,
    provider: job.provider.name,
    endpoint: job.endpoint,
    quotaKey,
    deliveryMode: 'realtime',
    deadlineMs: null,
    fallback: null,
    price: null,
    flexPrice: null,
    realtimePrice: price?.price ?? null,
    maxOutputTokens,
    contextTokens: price?.contextTokens ?? null,
    maxTries: 1,
    repair: false,
    capMicroUsd,
    perDayMicroUsd,
    shared: null,
    payer: null,
    followers: [],
    follows: null,
    rescue: null,
    limit: null,
    only: null,
    redo: true,
    payAgain: false,
    keep: false,
    meaning: job.meaning,
    keepRows: false,
    joins: false,
    // What a try writes goes where the job says: it is asked for by itself.
    writes: true,
    imported: false,
    brought: [],
    textAs: null,
    examples: [],
    definition: null,
  }
}
