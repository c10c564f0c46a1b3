import { answerLength } from './answer-length.ts'
import { nearWarning, planCost, countedBy, forfeitWarning } from './plan-cost.ts'
import { estimateFiles, estimateTotal } from '../../planning/money/estimate.ts'
import { fileLimits } from '../job/file-limits.ts'
import { planQuota, quotaKeysFor } from './plan-quota.ts'
import { batchOnlyWarning, deliveryConcerns, withoutBatches } from '../job/delivery-mode.ts'
import { type PlanSample, samplePlan } from './plan-sample.ts'
import { requireTakeable, warningsOf } from './inspect-job.ts'
import { mayAskAgain } from '../job/asked-before.ts'
import { type Looked, Looker } from './look-at-records.ts'
import { selectedAgainOf } from './selected-again.ts'
import { checkKeys } from '../job/repeated-key.ts'
import { dryRun } from './dry-run.ts'
import { tooFewForBatch, tooFewWarning } from './too-few.ts'
import type { Plan, PlanOptions } from './plan.ts'

/**
 * The plan of a run: a sample, rendered, the dry run of its sink, and the price of the whole. Throws E_SOURCE_*,
 * E_SINK_*, E_SCHEMA, E_PARAMS, and E_JOB_INVALID for requests that surely fail; sends nothing and changes nothing.
 */
export async function makePlan(options: PlanOptions): Promise<Plan> {
  const { flow, job } = options
  const maxOutputTokens = (options.price ?? options.realtimePrice)?.maxOutputTokens ?? null
  if (options.imported !== true) requireTakeable(job, maxOutputTokens)
  await using reader = await job.source.open(flow.connectors)
  await reader.check()
  const sink = await dryRun(flow, job, reader)
  await using looker = await Looker.open(options)
  const repeated = options.only === null ? await checkKeys(job, reader) : []
  const sample = await samplePlan(reader, options, (records, limit) => looker.add(records, limit))
  const notes = (await reader.notes?.()) ?? []
  const looked = looker.result
  const counts = countRecords(options, sample, looked)
  const { toSend } = counts
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
    ...counts,
    selectedAgain: selectedAgainOf(options, counts.unchanged, looked.doneIn),
    isKept: options.keep,
    rescue:
      options.rescue === null
        ? null
        : { run: options.rescue.run, asked: looked.asked, parts: Object.fromEntries(looked.askedParts) },
    unusableExample: looked.unusableExample,
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

/** Which records the plan is of, and what becomes of them: counted in what was looked at, and from a sample for all. */
function countRecords(
  options: PlanOptions,
  sample: PlanSample,
  looked: Looked,
): Pick<
  Plan,
  | 'selected'
  | 'sourceRecords'
  | 'unknown'
  | 'sampled'
  | 'exact'
  | 'toSend'
  | 'unchanged'
  | 'changed'
  | 'changedParts'
  | 'uncompared'
  | 'failsAgain'
  | 'oldChunks'
  | 'unusable'
  | 'paidBefore'
> {
  const { sourceRecords, unknown, exact } = sample
  const selected = exact ? sample.selected : passedFor(options.limit, sample, looked.tokens.length)
  const share = (count: number): number =>
    sample.looked === 0 ? 0 : Math.round((count / sample.looked) * selected)
  const unchanged = share(looked.unchanged)
  const unusable = share(looked.unusable)
  const uncompared = share(looked.uncompared)
  const paidBefore = paidOf(options, looked, { selected, exact })
  const failsAgain = failsAgainOf(options, looked, share)
  const leftOut = [paidBefore, failsAgain].reduce(
    (sum, found) => sum + (found?.isSentAgain === false ? found.records : 0),
    uncompared,
  )
  const estimated = Math.max(0, selected - unchanged - unusable - leftOut)
  return {
    selected,
    sourceRecords,
    unknown,
    sampled: sample.looked,
    exact,
    toSend: exact ? looked.tokens.length : Math.min(estimated, options.limit ?? Infinity),
    unchanged,
    changed: share(looked.changed),
    changedParts: Object.fromEntries([...looked.changedParts].map(([part, count]) => [part, share(count)])),
    uncompared,
    failsAgain,
    oldChunks: share(looked.oldChunks),
    unusable,
    paidBefore,
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

function failsAgainOf(
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
