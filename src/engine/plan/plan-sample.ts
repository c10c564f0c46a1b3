import type { SourceReader, SourceRecord } from '../../ports/source.ts'

/** The records that a plan looks at, and what they stand for. */
export interface PlanSample {
  readonly records: readonly SourceRecord<unknown>[]
  /** Records of the selection. */
  readonly selected: number
  /** The records of the source that these are, or are parts of. */
  readonly sourceRecords: number
  /** Keys that were asked for by name and are not there. */
  readonly unknown: number
  /** Every record of the selection was looked at; else the figures are extrapolated. */
  readonly exact: boolean
}

/** Up to so many records all are looked at, and the figures are exact. */
const wholeUpTo = 1_000
const sampleSize = 500

/** Reads the whole selection when it is small, else a sample of it. */
export async function samplePlan(
  reader: SourceReader<unknown>,
  { limit, only }: { readonly limit: number | null; readonly only: readonly string[] | null },
): Promise<PlanSample> {
  const most = limit ?? Infinity
  if (only !== null) {
    const records = await readSome(reader, limit, only, Infinity)
    return { ...whole(records), unknown: limit === null ? countUnknown(records, only) : 0 }
  }
  const counted = await reader.count()
  const told = counted ?? (await reader.estimate?.()) ?? null
  let seen = 0
  if (Math.min(told ?? 0, most) <= wholeUpTo) {
    // What was not counted can be more than it seems; then it is no small selection after all.
    const enough = counted === null ? 2 * wholeUpTo : Infinity
    const records = await readSome(reader, limit, null, enough)
    if (records.length < enough) return whole(records)
    seen = records.length
  }
  const records = await reader.sample(sampleSize)
  const selected = Math.max(seen, Math.min(told ?? (await countByReading(reader)), most))
  const shares = records.reduce((sum, record) => sum + shareOf(record), 0)
  const sourceRecords = Math.round((selected * shares) / Math.max(1, records.length))
  return { records, selected, sourceRecords, unknown: 0, exact: false }
}

function whole(records: readonly SourceRecord<unknown>[]): PlanSample {
  const roots = new Set(records.map(wholeKey))
  // Records whose key is not unique are records all the same.
  const sourceRecords = records.some(isPart) ? roots.size : records.length
  return { records, selected: records.length, sourceRecords, unknown: 0, exact: true }
}

function countUnknown(records: readonly SourceRecord<unknown>[], only: readonly string[]): number {
  const found = new Set(records.flatMap((record) => [record.key, wholeKey(record)]))
  return only.filter((key) => !found.has(key)).length
}

function wholeKey(record: SourceRecord<unknown>): string {
  return (record.problem === undefined ? record.part?.of : undefined) ?? record.key
}

function isPart(record: SourceRecord<unknown>): boolean {
  return record.problem === undefined && record.part !== undefined
}

/** How much of a record of the source this one is. */
function shareOf(record: SourceRecord<unknown>): number {
  return record.problem === undefined ? 1 / (record.part?.count ?? 1) : 1
}

/** At most about `enough` records. */
async function readSome(
  reader: SourceReader<unknown>,
  limit: number | null,
  only: readonly string[] | null,
  enough: number,
): Promise<readonly SourceRecord<unknown>[]> {
  const records: SourceRecord<unknown>[] = []
  for await (const page of reader.read({ after: null, limit, order: 'key', only })) {
    records.push(...page.records)
    if (records.length >= enough) break
  }
  return records
}

async function countByReading(reader: SourceReader<unknown>): Promise<number> {
  let count = 0
  for await (const { records } of reader.read({ after: null, limit: null, order: 'key', only: null }))
    count += records.length
  return count
}
