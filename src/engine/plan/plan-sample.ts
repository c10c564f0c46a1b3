import type { SourceReader, SourceRecord } from '../../ports/source.ts'

/** How many records a plan has looked at, and what they stand for. */
export interface PlanSample {
  readonly looked: number
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

/**
 * A function that looks at records until a number of requests are to be sent (null: at all of them). Returns how many
 * it has looked at.
 */
export type Look = (records: readonly SourceRecord<unknown>[], limit: number | null) => Promise<number>

/**
 * The sample of a plan: the whole selection when it is small, or when few requests are wanted of it. `limit` is a
 * number of requests: what sends none is passed over.
 */
export async function samplePlan(
  reader: SourceReader<unknown>,
  { limit, only }: { readonly limit: number | null; readonly only: readonly string[] | null },
  look: Look,
): Promise<PlanSample> {
  if (only !== null || (limit !== null && limit <= wholeUpTo)) return lookAtAll(reader, { limit, only, look })
  const counted = await reader.count()
  const told = counted ?? (await reader.estimate?.()) ?? null
  let seen = 0
  if ((told ?? 0) <= wholeUpTo) {
    // What was not counted can be more than it seems; then it is no small selection after all.
    const enough = counted === null ? 2 * wholeUpTo : Infinity
    const records = await readSome(reader, enough)
    if (records.length < enough) {
      const all = new Seen()
      all.add(records, await look(records, null))
      return all.sample
    }
    seen = records.length
  }
  const records = await reader.sample(sampleSize)
  await look(records, null)
  const selected = Math.max(seen, told ?? (await countByReading(reader)))
  const shares = records.reduce((sum, record) => sum + shareOf(record), 0)
  const sourceRecords = Math.round((selected * shares) / Math.max(1, records.length))
  return { looked: records.length, selected, sourceRecords, unknown: 0, exact: false }
}

/** Counts records that were looked at, without keeping them. */
class Seen {
  readonly #roots = new Set<string>()
  readonly #found = new Set<string>()
  readonly #wanted: ReadonlySet<string>
  #looked = 0
  #hasParts = false

  constructor(wanted: readonly string[] = []) {
    this.#wanted = new Set(wanted)
  }

  add(records: readonly SourceRecord<unknown>[], looked: number): void {
    this.#looked += looked
    for (const record of records.slice(0, looked)) {
      const root = wholeKey(record)
      this.#roots.add(root)
      if (isPart(record)) this.#hasParts = true
      for (const key of [record.key, root]) if (this.#wanted.has(key)) this.#found.add(key)
    }
  }

  get sample(): PlanSample {
    return {
      looked: this.#looked,
      selected: this.#looked,
      // Records whose key is not unique are records all the same.
      sourceRecords: this.#hasParts ? this.#roots.size : this.#looked,
      unknown: this.#wanted.size - this.#found.size,
      exact: true,
    }
  }
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

/** Looks at the records up to the last one that a run with this limit would read. */
async function lookAtAll(
  reader: SourceReader<unknown>,
  {
    limit,
    only,
    look,
  }: { readonly limit: number | null; readonly only: readonly string[] | null; readonly look: Look },
): Promise<PlanSample> {
  // With a limit, keys that were not come to are not missing.
  const seen = new Seen(limit === null ? (only ?? []) : [])
  for await (const { records } of reader.read({ after: null, limit: null, order: 'key', only })) {
    const looked = await look(records, limit)
    seen.add(records, looked)
    if (looked < records.length) break
  }
  return seen.sample
}

/** At most about `enough` records. */
async function readSome(
  reader: SourceReader<unknown>,
  enough: number,
): Promise<readonly SourceRecord<unknown>[]> {
  const records: SourceRecord<unknown>[] = []
  for await (const page of reader.read({ after: null, limit: null, order: 'key', only: null })) {
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
