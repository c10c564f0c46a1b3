import { compareMeaning } from '../../planning/requests/meaning.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { SinkPresence } from '../../ports/sink.ts'
import type { SourceRecord } from '../../ports/source.ts'
import type { KnownRecordState } from '../../ports/store/answers.ts'
import type { Flow } from '../flow.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { openExistingOutput } from '../job/existing-output.ts'
import { type EncodedRecord, PageEncoder } from '../build/page.ts'
import { fieldOf } from '../../domain/own-value.ts'

/** How many records of a source came how far. */
export interface RecordStates {
  readonly total: number
  /** Done, and nothing about them changed since. */
  readonly done: number
  /** Done with another row, prompt, model or version, or no longer where they were written. */
  readonly stale: number
  /** Asked, and not accepted. */
  readonly failed: number
  /** Never asked, or not answered yet. */
  readonly never: number
}

export interface CoverageGroup extends RecordStates {
  /** What the records of the group have in the fields that it goes by. */
  readonly values: Readonly<Record<string, string>>
}

/** How much of a job's source is done. */
export interface Coverage {
  readonly schema: 'offpeak.coverage/2'
  readonly job: string
  readonly by: readonly string[]
  readonly all: RecordStates
  readonly groups: readonly CoverageGroup[]
  /** True: so many groups were found that the rest is left out. */
  readonly isTruncated: boolean
}

type RecordState = Exclude<keyof RecordStates, 'total'>

const maxGroups = 300
const maxValueCharacters = 200

/**
 * Coverage of the whole source: whether each record is done, grouped by fields of the rows. A part of a record counts
 * by itself, as in a plan. Memory grows with the groups alone. Throws E_SOURCE_* and, for a field that no row has,
 * E_USAGE.
 */
export async function coverageOf(flow: Flow, job: PreparedJob, by: readonly string[]): Promise<Coverage> {
  await using reader = await job.source.open(flow.connectors)
  await using presence = openExistingOutput(
    flow,
    job,
    { job: job.job.name, runId: null, isSimulated: false, redo: false, take: false },
    { which: 'files' },
  )
  const encoder = new PageEncoder(job, false, flow.attachments)
  const counters = new Counters(by)
  for await (const page of reader.read({ after: null, limit: null, order: 'key', only: null })) {
    const there = await presence.of(page.records)
    const known = await flow.store.recordStates(
      job.job.name,
      page.records.map(({ key }) => key),
    )
    const open = page.records.filter((record) => {
      const present = there.get(record.key) === 'present'
      if (present) counters.add(record, 'done')
      return !present
    })
    let at = 0
    for await (const encoded of encoder.encode(open))
      for (const one of encoded) {
        const record = open[at++]
        if (record) counters.add(record, fateOf(one, known.get(one.key), there.get(one.key)))
      }
  }
  counters.check(job)
  return { schema: 'offpeak.coverage/2', job: job.job.name, by, ...counters.result() }
}

const unanswered: readonly Outcome[] = ['pending', 'cancelled']
const turnedDown: readonly Outcome[] = ['review', 'declined']

/** What an earlier version has done counts as done where it cannot be compared. */
function fateOf(
  record: EncodedRecord,
  known: KnownRecordState | undefined,
  sink: SinkPresence | undefined,
): RecordState {
  if (known === undefined) return 'never'
  const { done, asked } = known
  // What waits for a person, or was turned down by one, is not asked again and is not done either.
  if (done !== null && (done.outcome === null || !turnedDown.includes(done.outcome)))
    return compareMeaning(done.fingerprint, record) !== 'changed' && sink !== 'absent' ? 'done' : 'stale'
  if (done !== null) return 'failed'
  return asked === null || unanswered.includes(asked) ? 'never' : 'failed'
}

/** Counts records by the values of fields. */
class Counters {
  readonly #by: readonly string[]
  readonly #all: Record<RecordState, number> = none()
  readonly #groups = new Map<string, { readonly values: readonly string[]; readonly counts: Counts }>()
  readonly #missing: Set<string>
  /** The fields of the first row, for who asks for one that is not there. */
  #fields: readonly string[] = []
  #cut = false

  constructor(by: readonly string[]) {
    this.#by = by
    this.#missing = new Set(by)
  }

  add(record: SourceRecord<unknown>, state: RecordState): void {
    this.#all[state]++
    const row = fieldsOf(record.problem === undefined ? record.row : null)
    if (this.#fields.length === 0) this.#fields = Object.keys(row)
    for (const name of this.#missing) if (Object.hasOwn(row, name)) this.#missing.delete(name)
    const values = this.#by.map((name) => textOf(fieldOf(row, name)))
    const id = JSON.stringify(values)
    const group = this.#groups.get(id)
    if (group) group.counts[state]++
    else if (this.#groups.size >= maxGroups) this.#cut = true
    else this.#groups.set(id, { values, counts: { ...none(), [state]: 1 } })
  }

  /** Throws E_USAGE for a field that no row has, where there are rows. */
  check({ job }: PreparedJob): void {
    const [name] = this.#missing
    if (name === undefined || this.#fields.length === 0) return
    throw new OffpeakError('E_USAGE', `no row of ${job.name} has the field ${name}`, {
      where: `job ${job.name}`,
      fix: `the fields are ${this.#fields.join(', ')}`,
    })
  }

  result(): Pick<Coverage, 'all' | 'groups' | 'isTruncated'> {
    const sorted = [...this.#groups.values()].toSorted((one, other) => inOrder(one.values, other.values))
    return {
      all: withTotal(this.#all),
      groups: sorted.map(({ values, counts }) => ({
        values: Object.fromEntries(this.#by.map((name, at) => [name, values[at] ?? ''])),
        ...withTotal(counts),
      })),
      isTruncated: this.#cut,
    }
  }
}

type Counts = Record<RecordState, number>

function none(): Counts {
  return { done: 0, stale: 0, failed: 0, never: 0 }
}

function withTotal(counts: Counts): RecordStates {
  const { done, stale, failed, never } = counts
  return { total: done + stale + failed + never, ...counts }
}

function fieldsOf(row: unknown): Readonly<Record<string, unknown>> {
  return typeof row === 'object' && row !== null ? { ...row } : {}
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  const plain: unknown = typeof value === 'bigint' ? value.toString() : value
  const text =
    typeof plain === 'string'
      ? plain
      : plain instanceof Date
        ? plain.toISOString()
        : (JSON.stringify(plain) ?? '')
  return text.slice(0, maxValueCharacters)
}

/** As people sort: numbers within texts by their size. */
const collator = new Intl.Collator('en', { numeric: true })

function inOrder(one: readonly string[], other: readonly string[]): number {
  for (const [at, value] of one.entries()) {
    const order = collator.compare(value, other[at] ?? '')
    if (order !== 0) return order
  }
  return 0
}
