import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import { defaultMaxTries } from '../../planning/waiting/retry.ts'
import type { RunRow } from '../../ports/state.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Definition } from '../../domain/definition.ts'
import type { Flow } from '../flow.ts'
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

/**
 * A run that is durable: from here on any process can continue it. The live run of the same job is returned instead
 * when there is one.
 */
export async function startRun(
  options: StartOptions,
): Promise<{ readonly run: RunRow; readonly attached: boolean }> {
  const { flow, job, plan, hold, capMicroUsd, perDayMicroUsd } = options
  const imported = options.broughtAs !== undefined
  const { store, clock, random } = flow
  const id = random.id(runIdLength)
  const definition = await flow.definition(job.job.name)
  const spec = specToStart(options, definition)
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

/** All that a run is, as it is kept for every later step. */
function specToStart(options: StartOptions, definition: Definition | null): RunSpec {
  const { job, plan, price, flexPrice, realtimePrice, deliveryMode, only, broughtAs } = options
  return {
    job: job.job.name,
    version: job.job.version ?? '',
    params: options.params,
    model: job.model,
    pricedAs: job.pricedAs,
    realtimeModel: job.job.model.realtimeModel ?? null,
    provider: job.provider.name,
    endpoint: job.endpoint,
    quotaKey: plan.quota.key,
    deliveryMode,
    deadlineMs: options.deadlineMs,
    fallback: deliveryMode === 'batch' ? fallbackOf(job.job) : null,
    price: price?.price ?? null,
    flexPrice: flexPrice?.price ?? null,
    realtimePrice: realtimePrice?.price ?? null,
    maxOutputTokens: plan.outputTokensPerRecord.atMost,
    contextTokens: (price ?? realtimePrice)?.contextTokens ?? null,
    maxTries: job.job.retry?.max ?? defaultMaxTries,
    repair: job.job.retry?.repair === true,
    capMicroUsd: options.capMicroUsd,
    perDayMicroUsd: options.perDayMicroUsd,
    shared: options.shared,
    payer: options.payer,
    followers: [...options.followers],
    follows: options.follows,
    rescue: options.rescue ?? null,
    limit: options.limit,
    only: only === null ? null : [...only],
    redo: options.redo,
    payAgain: options.payAgain,
    keep: options.keep,
    meaning: job.meaning,
    keepRows: plan.keepRows,
    joins: job.job.join !== undefined,
    writes: options.writes,
    imported: broughtAs !== undefined,
    brought: broughtAs?.brought ?? [],
    textAs: broughtAs?.textAs ?? null,
    examples: [...options.examples],
    definition: definition && { ask: definition.ask, write: definition.write },
  }
}
