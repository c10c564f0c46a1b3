import { OffpeakError } from '../../domain/errors.ts'
import { boundedOutput, microFromPico, mostPicoUsd } from '../../domain/money.ts'
import type { ModelRequest } from '../../domain/request.ts'
import type { RequestCounter } from '../../planning/tokens/request-counter.ts'
import type { Attachments } from '../../ports/attachments.ts'
import type { SourceReader } from '../../ports/source.ts'
import { encodeAlone } from '../plan/encode-alone.ts'
import type { Flow } from '../flow.ts'
import { windowOf } from '../job/context-guard.ts'
import { requireTakeable } from '../plan/inspect-job.ts'
import type { PreparedJob } from '../job/prepare.ts'
import type { FoundPrice } from '../job/pricing.ts'
import { dryRun } from '../plan/dry-run.ts'
import { sampleKeysPer } from './sample-per.ts'

/** A record chosen to be tried, with its row; or the reason why it cannot be. */
export type TryRecord =
  | {
      readonly key: string
      readonly row: unknown
      /** The key of the whole record. */
      readonly of: string
      readonly mark: string | null
      readonly problem?: undefined
    }
  | { readonly key: string; readonly problem: string }

/** One record rendered for one model, and what asking it can cost at most (null: no price, or no bound, is known). */
export interface TryAsk {
  readonly key: string
  readonly row: unknown
  readonly of: string
  readonly mark: string | null
  readonly request: ModelRequest
  /** Set only when the answer is written: the record is then done with it. */
  readonly fingerprint: string
  readonly inputTokens: number
  readonly atMostPicoUsd: number | null
}

/** Records ready to be asked one by one. */
export interface TryPlan {
  readonly job: PreparedJob
  readonly price: FoundPrice | null
  /** The most output tokens that one answer can have; null: no bound is known. */
  readonly maxOutputTokens: number | null
  readonly asks: readonly TryAsk[]
  readonly unusable: readonly { readonly key: string; readonly reason: string }[]
  readonly atMostMicroUsd: number | null
  /** What the job allows for a run; a try keeps to it as well. */
  readonly budgetMicroUsd: number | null
  readonly perDayMicroUsd: number | null
  /** As they were given. */
  readonly params: Readonly<Record<string, unknown>>
  readonly quotaKey: string
  /** Whether an emulator answers, as far as it is known before it is asked. */
  readonly isSimulated: boolean
}

export interface TryChoice {
  /** How many records; not read when keys are named. */
  readonly count: number
  /** A field of the rows: so many records of each of its values. */
  readonly per: string | null
  readonly only: readonly string[] | null
}

/**
 * Records from all over the source, or the named ones, with which the dry run of the sink passed. Sends nothing. Throws
 * E_SOURCE_*, E_SINK_*, and E_RECORD_UNKNOWN for a key that the source does not have.
 */
export async function pickRecords(
  flow: Flow,
  job: PreparedJob,
  { count, per, only }: TryChoice,
): Promise<readonly TryRecord[]> {
  await using reader = await job.source.open(flow.connectors)
  await reader.check()
  await dryRun(flow, job, reader)
  const keys =
    only ?? (per === null ? await sampleKeys(reader, count) : await sampleKeysPer(reader, per, count))
  const records = keys === null ? await read(reader, null, count) : await read(reader, keys, null)
  const found = new Set(records.flatMap((record) => ('of' in record ? [record.key, record.of] : record.key)))
  const missing = (only ?? []).filter((key) => !found.has(key))
  if (missing.length === 0) return records
  throw new OffpeakError('E_RECORD_UNKNOWN', `the source has no record ${missing.join(', ')}`, {
    where: job.source.describe,
    fix: 'check the key, and whether the query of the job still selects it',
  })
}

/** Keys from all over the source; null when the sample is too small and the first records do as well. */
async function sampleKeys(reader: SourceReader<unknown>, count: number): Promise<readonly string[] | null> {
  const sample = await reader.sample(count)
  return sample.length < count ? null : sample.slice(0, count).map(({ key }) => key)
}

/** Read as a run reads them, so that the sink can tell whether a row has changed since. */
async function read(
  reader: SourceReader<unknown>,
  only: readonly string[] | null,
  limit: number | null,
): Promise<readonly TryRecord[]> {
  const records: TryRecord[] = []
  for await (const page of reader.read({ after: null, limit, order: 'key', only })) {
    for (const record of page.records) {
      records.push(
        record.problem === undefined
          ? { key: record.key, row: record.row, of: record.part?.of ?? record.key, mark: page.mark }
          : { key: record.key, problem: record.problem },
      )
    }
  }
  return records
}

export interface TryPricing {
  readonly price: FoundPrice | null
  readonly counter: RequestCounter
  readonly budgetMicroUsd: number | null
  readonly perDayMicroUsd: number | null
  readonly attachments: Attachments
  readonly params: Readonly<Record<string, unknown>>
  readonly quotaKey: string
  readonly isSimulated: boolean
}

/**
 * The plan of a try: the records, rendered for one model, and the highest cost of asking each in real time. Sends
 * nothing. Throws E_JOB_INVALID for requests that surely fail.
 */
export async function planTry(
  job: PreparedJob,
  records: readonly TryRecord[],
  { price, counter, attachments, ...known }: TryPricing,
): Promise<TryPlan> {
  const asks: TryAsk[] = []
  const unusable: { key: string; reason: string }[] = []
  requireTakeable(job, price?.maxOutputTokens ?? null)
  const maxOutputTokens = job.inspection.maxTokens ?? price?.maxOutputTokens ?? null
  const mostOutput = price === null ? null : boundedOutput(price.price, maxOutputTokens)
  const window = windowOf(job, price?.contextTokens ?? null)
  for (const record of records) {
    if (record.problem !== undefined) {
      unusable.push({ key: record.key, reason: record.problem })
      continue
    }
    const request = job.request(record.row, record.of)
    const made = await encodeAlone(job, { key: record.of, row: record.row }, attachments)
    if ('problem' in request || 'problem' in made) {
      unusable.push({
        key: record.key,
        reason: 'problem' in made ? made.problem : 'the prompt cannot be rendered',
      })
      continue
    }
    const tooLong = window === null ? null : made.overContext(window, counter)
    if (tooLong !== null) {
      unusable.push({ key: record.key, reason: tooLong })
      continue
    }
    const { likely: inputTokens, most } = made.tokens(counter)
    asks.push({
      key: record.key,
      row: record.row,
      of: record.of,
      mark: record.mark,
      request,
      fingerprint: made.fingerprint,
      inputTokens,
      atMostPicoUsd:
        price === null || mostOutput === null
          ? null
          : mostPicoUsd(price.price, { inputTokens: most, outputTokens: mostOutput }),
    })
  }
  return { job, price, maxOutputTokens, asks, unusable, atMostMicroUsd: sumAtMost(asks), ...known }
}

function sumAtMost(asks: readonly TryAsk[]): number | null {
  let sum = 0
  for (const { atMostPicoUsd } of asks) {
    if (atMostPicoUsd === null) return null
    sum += microFromPico(atMostPicoUsd)
  }
  return sum
}
