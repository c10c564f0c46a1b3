import { OffpeakError } from '../../domain/errors.ts'
import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import { outcomesOf } from '../../planning/waiting/remedies.ts'
import type { RunRow } from '../../ports/state.ts'
import { filterOf, type RetryChoice } from './retry-run.ts'
import type { Flow } from '../flow.ts'
import type { RescueTerms } from '../job/prepare.ts'
import { specOf } from '../spec.ts'

/** The selection of a run's records that are asked again with the job of today, and on which terms. */
export interface RescueChoice extends RetryChoice, RescueTerms {}

/** The selection of a run that asks records of an earlier one again. */
export interface RescueSelection {
  readonly params: Readonly<Record<string, unknown>>
  readonly limit: null
  /** As the run has them, not as people type them. */
  readonly only: readonly string[]
  readonly redo: false
  readonly payAgain: boolean
  /** Where the run that is rescued has written. */
  readonly write: boolean
  readonly deliveryMode?: DeliveryMode
  readonly rescue: RescueTerms & { readonly run: string }
}

const pageSize = 1_000

/**
 * The records that a choice means, as the selection of a run of its own: with the job of today, its own amount and its
 * own place in the lists. Starts nothing. Throws E_RUN_STATE while a run of the job lives.
 */
export async function rescueSelection(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
  { model, maxTokens, deliveryMode, ...choice }: RescueChoice,
): Promise<RescueSelection> {
  const [live] = await store.runs({ job: run.job, live: true, limit: 1 })
  if (live)
    throw new OffpeakError(
      'E_RUN_STATE',
      `run ${live.id} of ${run.job} is running; two at once could pay for the same records twice`,
      { fix: `offpeak resume ${live.id}` },
    )
  const filter = await filterOf(store, run, choice, outcomesOf('today'))
  const keys: string[] = []
  for (let afterSeq = -1; ;) {
    const page = await store.requests(run.id, { ...filter, afterSeq, limit: pageSize })
    keys.push(...page.map(({ key }) => key))
    const last = page.at(-1)
    if (!last || page.length < pageSize) break
    afterSeq = last.seq
  }
  const spec = specOf(run)
  const sent = deliveryMode ?? (spec.deliveryMode === 'batch' ? null : spec.deliveryMode)
  return {
    params: spec.params,
    limit: null,
    only: keys,
    redo: false,
    // Another model is another question, and what is named as lost is meant to be paid once more.
    payAgain: model !== null || choice.outcomes?.includes('lost') === true,
    write: spec.writes,
    ...(sent === null ? {} : { deliveryMode: sent }),
    rescue: { run: run.id, model, maxTokens },
  }
}
