import { type AnswerLength, answerLength } from './answer-length.ts'
import { nearWarning } from './unpriced-modes.ts'
import { planCost } from './plan-cost.ts'
import type { InputUnit } from '../../domain/token-rule.ts'
import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { FoundPrice } from '../job/pricing.ts'
import { countedBy } from '../../planning/tokens/counted-by.ts'
import type { RequestCounter } from '../../planning/tokens/request-counter.ts'
import {
  type CostEstimate,
  type Estimate,
  estimateFiles,
  estimateTotal,
} from '../../planning/money/estimate.ts'
import { fileLimits } from '../job/file-limits.ts'
import { planQuota, type PlanQuota, quotaKeysFor, type QuotaOptions } from './plan-quota.ts'
import type { MeaningPart } from '../../planning/requests/meaning.ts'
import type { Flow } from '../flow.ts'
import { batchOnlyWarning, deliveryConcerns, withoutBatches } from '../job/delivery-mode.ts'
import { type PlanSample, samplePlan } from './plan-sample.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { requireTakeable, warningsOf } from './inspect-job.ts'
import { type LeftOut, mayAskAgain } from '../job/asked-before.ts'
import { type Looked, Looker } from './look-at-records.ts'
import type { PlanContents } from './contents.ts'
import { type SelectedAgain, selectedAgainOf } from './selected-again.ts'
import { checkKeys } from '../job/repeated-key.ts'
import { dryRun } from './dry-run.ts'
import { tooFewForBatch, tooFewWarning } from './too-few.ts'
import { forfeitWarning } from './forfeit-warning.ts'
import type { Rescue } from '../spec.ts'
import type { AskedPart } from '../../planning/waiting/remedies.ts'

/** What a run would be, found out without sending or changing anything. */
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
 * Reads a sample, renders it, rehearses the sink and prices the whole. Throws E_SOURCE_*, E_SINK_*, E_SCHEMA,
 * E_PARAMS, and E_JOB_INVALID for requests that surely fail; sends nothing and changes nothing.
 */
export async function plan(options: PlanOptions): Promise<Plan> {
  const { flow, job } = options
  const maxOutputTokens = (options.price ?? options.realtimePrice)?.maxOutputTokens ?? null
  if (options.imported !== true) requireTakeable(job, maxOutputTokens)
  await using reader = await job.source.open(flow.connectors)
  await reader.check()
  const sink = await dryRun(flow, job, reader)
  await using looker = await Looker.open(options)
  const repeated = options.only === null ? await checkKeys(job, reader) : []
  const sample = await samplePlan(reader, options, (records, limit) => looker.add(records, limit))
  const { sourceRecords, unknown, exact } = sample
  const notes = (await reader.notes?.()) ?? []
  const looked = looker.result
  const selected = exact ? sample.selected : passedFor(options.limit, sample, looked.tokens.length)
  const share = (count: number): number =>
    sample.looked === 0 ? 0 : Math.round((count / sample.looked) * selected)
  const unchanged = share(looked.unchanged)
  const unusable = share(looked.unusable)
  const paid = paidOf(options, looked, { selected, exact })
  const failsAgain = inVainOf(options, looked, share)
  const leftOut = [paid, failsAgain].reduce(
    (sum, found) => sum + (found?.isSentAgain === false ? found.records : 0),
    share(looked.uncompared),
  )
  const estimated = Math.max(0, selected - unchanged - unusable - leftOut)
  const toSend = exact ? looked.tokens.length : Math.min(estimated, options.limit ?? Infinity)
  const output = await answerLength(options, looked.tokens)
  const { maxRequests, maxBytes, maxTokens } = await fileLimits(
    flow,
    quotaKeysFor(options),
    job,
    options.deliveryMode,
  )
  const { files, lastRequests, largestBytes } = estimateFiles(
    scaled(looked.bytes, looked.tokens.length, toSend),
    toSend,
    {
      maxRequests,
      // A file must fit into the quota by the bound of one token per byte.
      maxBytes: Math.min(maxBytes, maxTokens ?? maxBytes),
    },
  )
  const tooFew = tooFewForBatch(job.provider.limits, options.deliveryMode, { toSend, lastRequests })
  const inputTokens = countedBy(
    options.job.provider.tokenRule(options.job.pricedAs),
    estimateTotal(looked.tokens, toSend) ?? { likely: 0, low: 0, high: 0, errorPercent: 0 },
  )
  const money = planCost(options, { looked, output, files, toSend, lastRequests, tooFew })
  return {
    schema: 'offpeak.plan/2',
    job: job.job.name,
    version: job.job.version ?? '',
    provider: job.provider.name,
    model: job.model,
    simulated: options.isSimulated,
    source: job.source.describe,
    sink: sink.describe,
    selected,
    sourceRecords,
    unknown,
    sampled: sample.looked,
    exact,
    toSend,
    unchanged,
    selectedAgain: selectedAgainOf(options, unchanged, looked.doneIn),
    changed: share(looked.changed),
    changedParts: Object.fromEntries([...looked.changedParts].map(([part, count]) => [part, share(count)])),
    isKept: options.keep,
    uncompared: share(looked.uncompared),
    failsAgain,
    rescue:
      options.rescue === null
        ? null
        : { run: options.rescue.run, asked: looked.asked, parts: Object.fromEntries(looked.askedParts) },
    oldChunks: share(looked.oldChunks),
    unusable,
    unusableExample: looked.unusableExample,
    paidBefore: paid,
    files,
    largestFileBytes: largestBytes,
    inputTokens,
    inputUnit: job.unit,
    outputTokensPerRecord: output,
    ...money,
    deliveryMode: options.deliveryMode,
    withoutBatches: withoutBatches(flow, job.provider),
    batchWindowMs: job.provider.limits.windowMs ?? null,
    namesModel: options.namesModel,
    realtimeModel: job.job.model.realtimeModel ?? null,
    budgetMicroUsd: options.budgetMicroUsd,
    followers: options.followers,
    quota: await planQuota(options, inputTokens.likely),
    checked: sink.checked,
    warnings: [
      ...notes,
      ...repeated,
      ...sink.warnings,
      ...warningsOf(job, maxOutputTokens),
      ...tooFewWarning(job.provider.limits, tooFew, { toSend, lastRequests }),
      ...forfeitWarning(job.provider.limits, options.deliveryMode, toSend),
      ...deliveryConcerns(job.provider, job.job),
      ...batchOnlyWarning(job, options),
      ...nearWarning(job.model, options.nearModels),
    ],
    nearModels: options.nearModels,
    rewrites: job.strict?.rewrites ?? [],
    notEnforced: job.told,
    keepRows: sink.keepRows,
    example: looked.example,
    contents: looked.contents.of(job.meaning, await flow.definition(job.job.name)),
  }
}

/** About how many records are passed until so many requests are to be sent. */
function passedFor(
  limit: number | null,
  { looked, selected }: Pick<PlanSample, 'looked' | 'selected'>,
  toSend: number,
): number {
  if (limit === null || toSend === 0) return selected
  return Math.min(selected, Math.ceil((limit * looked) / toSend))
}

/** Of a sample nobody can tell how many records it is: those of the whole job are then the most that it can be. */
function paidOf(
  options: PlanOptions,
  { lost, before }: Looked,
  { selected, exact }: { readonly selected: number; readonly exact: boolean },
): Plan['paidBefore'] {
  const records = exact ? lost : Math.min(selected, before.lost)
  return records === 0 ? null : { records, runs: before.lostIn, isSentAgain: mayAskAgain(options) }
}

function inVainOf(
  options: PlanOptions,
  { failsAgain, rejectedIn }: Looked,
  share: (count: number) => number,
): Plan['failsAgain'] {
  const outcomes = Object.fromEntries([...failsAgain].map(([outcome, count]) => [outcome, share(count)]))
  const records = [...failsAgain.values()].reduce((sum, count) => sum + share(count), 0)
  return records === 0 ? null : { records, outcomes, rejectedIn, isSentAgain: mayAskAgain(options) }
}

function scaled(bytes: number, from: number, to: number): number {
  return from === 0 ? 0 : (bytes / from) * to
}
