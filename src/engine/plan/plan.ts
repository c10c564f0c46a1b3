import type { AnswerLength } from './answer-length.ts'
import type { InputUnit } from '../../domain/token-rule.ts'
import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { FoundPrice } from '../job/pricing.ts'
import type { RequestCounter } from '../../planning/tokens/request-counter.ts'
import type { CostEstimate, Estimate } from '../../planning/money/estimate.ts'
import type { PlanQuota, QuotaOptions } from './plan-quota.ts'
import type { MeaningPart } from '../../planning/requests/meaning.ts'
import type { Flow } from '../flow.ts'
import type { PreparedJob } from '../job/prepare.ts'
import type { LeftOut } from '../job/asked-before.ts'
import type { PlanContents } from './contents.ts'
import type { SelectedAgain } from './selected-again.ts'
import type { Rescue } from '../spec.ts'
import type { AskedPart } from '../../planning/waiting/remedies.ts'

/** The plan of a run, made without sending or changing anything. */
export interface Plan {
  readonly schema: 'offpeak.plan/2'
  readonly job: string
  readonly version: string
  readonly provider: string
  readonly model: string
  /** Whether an emulator would answer, as far as it is known. */
  readonly simulated: boolean
  readonly source: string
  readonly sink: string
  /** Records in the selection; the other figures are for these. */
  readonly selected: number
  /** Records of the source that the selected ones are, or are parts of. */
  readonly sourceRecords: number
  /** Keys that were asked for by name and are not there. */
  readonly unknown: number
  /** Figures are exact, or extrapolated from so many sampled records. */
  readonly sampled: number
  readonly exact: boolean
  readonly toSend: number
  /** Done before with the same request; not sent again. */
  readonly unchanged: number
  /** Done before, and yet selected by a query that reads the table of the answers; null: there are none. */
  readonly selectedAgain: SelectedAgain | null
  /** Done before with a request that meant something else, and sent again unless they are kept. */
  readonly changed: number
  /** What changed, and for how many of them; one record may have several. */
  readonly changedParts: Readonly<Partial<Record<MeaningPart, number>>>
  /** Whether what has changed stays done. */
  readonly isKept: boolean
  /** Done before by a version whose requests cannot be compared with today's; left out unless agreed to. */
  readonly uncompared: number
  /** Records whose very request has ended in vain before, and would again; null: there are none. */
  readonly failsAgain: {
    readonly records: number
    readonly outcomes: Readonly<Partial<Record<LeftOut, number>>>
    /** The newest run whose answers the sink did not take: they can be written again for nothing. */
    readonly rejectedIn: string | null
    /** Whether they are sent all the same; else they are left out. */
    readonly isSentAgain: boolean
  } | null
  /** Set where records of an earlier run are asked again: how many of them otherwise than that run did, and in what. */
  readonly rescue: {
    readonly run: string
    readonly asked: number
    readonly parts: Readonly<Partial<Record<AskedPart, number>>>
  } | null
  /** Rows of the sink behind the ends of texts that have not changed else: a run removes or marks them for nothing. */
  readonly oldChunks: number
  /** Records whose row or prompt cannot be used. */
  readonly unusable: number
  /** Records that earlier runs may have paid for without an answer at hand; null: there are none. */
  readonly paidBefore: {
    readonly records: number
    /** The runs that have lost their answers, newest first. */
    readonly runs: readonly string[]
    /** Whether they are sent, and may be paid, once more; else they are left out. */
    readonly isSentAgain: boolean
  } | null
  readonly unusableExample: { readonly key: string; readonly reason: string } | null
  readonly files: number
  readonly largestFileBytes: number
  readonly inputTokens: Estimate
  /** The delivery modes whose price is not known and without which nothing is; empty where the cost is known. */
  readonly unpriced: readonly DeliveryMode[]
  /** What `inputTokens` counts. */
  readonly inputUnit: InputUnit
  readonly outputTokensPerRecord: AnswerLength
  /** How often a request may be sent in all, which `cost.atMostMicroUsd` counts. */
  readonly tries: number
  readonly cost: CostEstimate | null
  readonly deliveryMode: DeliveryMode
  /** The service has no batches: requests are asked one by one, so many at a time in each process; null: it has. */
  readonly withoutBatches: { readonly atOnce: number } | null
  /** How long the service gives itself for a batch, in milliseconds; null: it does not say beforehand. */
  readonly batchWindowMs: number | null
  /** How the job can name the model behind this name, as a job file has it; null: the name is the model's. */
  readonly namesModel: string | null
  /** The deployment that is asked one by one, when it is another one. */
  readonly realtimeModel: string | null
  /** What it costs when a run with a deadline must be finished in real time, all of it. */
  readonly deadline: {
    readonly afterMs: number
    readonly likelyMicroUsd: number | null
    readonly atMostMicroUsd: number | null
  } | null
  readonly price: { readonly asOf: string | null; readonly source: string } | null
  readonly budgetMicroUsd: number | null
  /** The jobs that a run starts when it ends, and those after them: what they may cost is agreed to with the run. */
  readonly followers: readonly Follower[]
  readonly quota: PlanQuota
  /** What was tried and found good. */
  readonly checked: readonly string[]
  /** Why its requests may fail, each with what to do. */
  readonly warnings: readonly string[]
  /** Models that have a price, and were perhaps meant where the model has none. */
  readonly nearModels: readonly string[]
  /** How the output schema had to be changed for the provider. */
  readonly rewrites: readonly string[]
  /** What the schema asks of an answer that the provider does not enforce: `topics: maxItems 8`. */
  readonly notEnforced: readonly string[]
  readonly keepRows: boolean
  readonly example: { readonly key: string; readonly request: unknown } | null
  /** Null: of an earlier version. */
  readonly contents: PlanContents | null
}

/** A job that is started when another one's run ends; null: it has no budget per run, and is not started by itself. */
export interface Follower {
  readonly job: string
  readonly budgetMicroUsd: number | null
}

export interface PlanOptions extends QuotaOptions {
  readonly flow: Flow
  readonly job: PreparedJob
  /** Whether an emulator answers, as far as it is known. */
  readonly isSimulated: boolean
  readonly counter: RequestCounter
  readonly deliveryMode: DeliveryMode
  readonly deadlineMs: number | null
  readonly price: FoundPrice | null
  readonly flexPrice: FoundPrice | null
  readonly realtimePrice: FoundPrice | null
  /** As in the plan. */
  readonly nearModels: readonly string[]
  readonly namesModel: string | null
  readonly budgetMicroUsd: number | null
  readonly followers: readonly Follower[]
  readonly limit: number | null
  readonly only: readonly string[] | null
  readonly redo: boolean
  readonly payAgain: boolean
  readonly keep: boolean
  /** Set where records of an earlier run are asked again. */
  readonly rescue: Rescue | null
  /** The answers are there already: nothing is sent, so that nothing can be refused. */
  readonly imported?: boolean
}

/**
 * Whether a plan has nothing to send, and something to do for nothing: records that changed and are to be taken as done,
 * or old chunks of texts.
 */
export function isFreeWork({ toSend, exact, isKept, changed, oldChunks }: Plan): boolean {
  return toSend === 0 && exact && ((isKept && changed > 0) || oldChunks > 0)
}
