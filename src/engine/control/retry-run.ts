import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { type Outcome, outcomeNames } from '../../domain/outcome.ts'
import { typedKey } from '../../wording/typed-key.ts'
import type { RunState } from '../../domain/run.ts'
import { needsChange } from '../../wording/remedies.ts'
import { outcomesOf } from '../../planning/waiting/remedies.ts'
import type { RequestFilter } from '../../ports/filters.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Store } from '../../ports/store.ts'
import { perDayNow } from '../job/day-budget.ts'
import { requirePrices } from '../job/delivery-mode.ts'
import type { Flow } from '../flow.ts'
import { requireSameWrite } from '../job/job-change.ts'
import { isAnyIn, keysMeant } from '../job/typed-keys.ts'
import { unpaused } from '../step/pause.ts'
import { raiseCap } from './raise-cap.ts'
import { noteReopened } from '../job/reopened.ts'
import { specOf } from '../spec.ts'

/** So many keys are named in a message. */
const namedKeys = 5

/** The selection of a run's requests that are sent again as they were sent, and how. */
export interface RetryChoice {
  readonly outcomes: readonly Outcome[] | null
  readonly reason: string | null
  readonly keys: readonly string[] | null
  /** How it is to be sent; null: as the run is. */
  readonly deliveryMode?: Exclude<DeliveryMode, 'batch'> | null
}

/**
 * What a retry can be about: what waits, is written or was answered by another run is left alone, and so is an answer that
 * is good and only wants a place in the sink.
 */
const retryableByHand: readonly Outcome[] = outcomeNames.filter(
  (name) => !['pending', 'merged', 'held', 'rescued', 'rejected'].includes(name),
)

/** Whether `retry` takes requests that ended so. */
export function isRetryable(outcome: Outcome): boolean {
  return retryableByHand.includes(outcome)
}

/**
 * The filter that a choice of `retry` means as sent; without a choice, everything that may pass unchanged. Throws as
 * `filterOf` does, and E_USAGE for answers that are good and paid for, which are written for nothing.
 */
export async function retryFilter(
  store: Pick<Store, 'requests'>,
  run: RunRow,
  choice: RetryChoice,
): Promise<RequestFilter> {
  if (choice.outcomes?.includes('rejected') === true)
    throw new OffpeakError(
      'E_USAGE',
      'what is rejected has a good answer, which only the sink did not take: it is not bought again; nothing was sent',
      {
        fix: `offpeak merge ${run.id} writes it at no cost, once the table or \`set\` takes it; with --today for a job that was fixed`,
      },
    )
  const isChosen = choice.reason !== null || choice.keys !== null
  return filterOf(
    store,
    run,
    choice,
    isChosen ? retryableByHand.filter((name) => !needsChange.includes(name)) : outcomesOf('as-sent'),
  )
}

/**
 * The filter that a choice means, with the outcomes that it takes when it names none. Throws E_USAGE for what a later
 * run has answered, and E_RECORD_UNKNOWN where none of the keys that it names is in the run.
 */
export async function filterOf(
  store: Pick<Store, 'requests'>,
  run: RunRow,
  { outcomes, reason, keys }: RetryChoice,
  otherwise: readonly Outcome[],
): Promise<RequestFilter> {
  if (outcomes?.includes('rescued') === true)
    throw new OffpeakError(
      'E_USAGE',
      'what is rescued has its answer in a later run, and is not sent again by this one',
      {
        fix: `offpeak plan ${run.job} --redo says what asking again for records costs that have their answer`,
      },
    )
  const meant = keys === null ? null : await keysMeant(store, run, keys)
  if (meant !== null && !(await isAnyIn(store, run, meant)))
    throw new OffpeakError('E_RECORD_UNKNOWN', `run ${run.id} has ${noneOf(meant)}`, {
      fix: `offpeak errors ${run.id} --keys prints the keys that it has of those that failed`,
    })
  return {
    outcomes: outcomes ?? otherwise,
    ...(reason === null ? {} : { reason }),
    ...(meant === null ? {} : { keys: meant }),
  }
}

function noneOf(keys: readonly string[]): string {
  const named = `${keys.slice(0, namedKeys).map(typedKey).join(', ')}${keys.length > namedKeys ? ', …' : ''}`
  return keys.length === 1 ? `no record ${named}` : `none of the ${keys.length} records ${named}`
}

/**
 * The number of requests that were marked to be sent again; opens the run for them, under a new cap where one was
 * agreed to. Returns how many. Throws E_RUN_STATE and E_JOB_CHANGED, and then nothing of the run is another.
 */
export async function retryRun(
  flow: Flow,
  run: RunRow,
  choice: RetryChoice,
  capMicroUsd: number | null = null,
): Promise<number> {
  const { store, clock } = flow
  if (run.state === 'cancelling')
    throw new OffpeakError('E_RUN_STATE', `run ${run.id} is being cancelled; nothing was sent`, {
      fix: `offpeak resume ${run.id} takes it to its end; then the retry`,
    })
  await requireSameWrite(flow, run)
  if (run.filesRemoved === 1)
    throw new OffpeakError(
      'E_RUN_STATE',
      `the request files of run ${run.id} were removed after their time`,
      {
        fix: `offpeak plan ${run.job} says what asking for the rest costs`,
      },
    )
  if (run.liveKey === null) {
    const live = (await store.runs({ job: run.job, live: true, limit: 1 }))[0]
    if (live)
      throw new OffpeakError(
        'E_RUN_STATE',
        `run ${live.id} of ${run.job} is running; two at once could pay for the same records twice`,
        { fix: `offpeak resume ${live.id}` },
      )
  }
  const deliveryMode = choice.deliveryMode ?? null
  if (deliveryMode !== null) {
    const budget = await store.budget(`run:${run.id}`)
    const spec = specOf(run)
    requirePrices(spec, [deliveryMode], budget?.capMicroUsd ?? (await perDayNow(flow, run.job, spec)))
  }
  // First, as a worker may take the run up as soon as it lives again.
  if (capMicroUsd !== null) await raiseCap(flow, run, capMicroUsd, null)
  const marked = await store.markAgain(run.id, await retryFilter(store, run, choice), deliveryMode)
  if (marked === 0) return 0
  // A run that was paused before its source was read goes on reading; what is marked follows with its retries.
  const to: RunState = run.sourceDone === 1 ? 'running' : 'building'
  const from: readonly RunState[] =
    to === 'running' ? ['done', 'cancelled', 'paused', 'running'] : ['paused', 'building']
  await store.changeRun(run.id, from, {
    state: to,
    liveKey: run.job,
    finishedAt: null,
    // Agreed to was what is chosen, not what else of an ended run could be sent.
    ...(run.liveKey === null || run.maySend === 'nothing' ? { maySend: 'chosen' as const } : {}),
    ...unpaused,
    nextAt: clock.now(),
  })
  if (run.liveKey !== null) {
    await store.restartWaits(run.id)
    await store.wakeAttempts(run.id, clock.now())
  }
  await noteReopened(flow, run)
  await store.addEvent(run.id, clock.now(), 'run.retry', { requests: marked })
  return marked
}
