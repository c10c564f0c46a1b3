import type { Sink, SinkItem, SinkPresence } from '../../ports/sink.ts'
import { keyParts } from '../../domain/record-key.ts'
import type { SourceRecord } from '../../ports/source.ts'
import type { Flow } from '../flow.ts'
import { openTarget, recordKey, type Target } from './target.ts'
import { textProblem } from '../../planning/answers/text-policy.ts'
import type { OwnedSink, Owner } from './owned-rows.ts'
import type { PreparedJob } from './prepare.ts'
import { UnaskedItems } from './unasked-items.ts'
import { ownValue } from '../../domain/own-value.ts'
import type { Values } from '../../ports/job.ts'

/** The records that the sink of a job has already; for sinks that cannot tell, the state alone decides. */
export interface ExistingOutput extends AsyncDisposable {
  readonly of: (records: readonly SourceRecord<unknown>[]) => Promise<ReadonlyMap<string, SinkPresence>>
}

/**
 * A view of existing output that opens the sink with the first records, and only where it may tell: one that writes
 * files, one of rows, which tells of keys that not exactly one row has and of texts that are too long, or one of the
 * job's own. `isAgain`: nothing counts as there. `files`: rows are not asked for.
 */
export function openExistingOutput(
  flow: Pick<Flow, 'connectors' | 'openSink' | 'store' | 'clock'>,
  job: PreparedJob,
  owner: Owner,
  {
    isAgain = owner.redo,
    which = 'all',
  }: { readonly isAgain?: boolean; readonly which?: 'files' | 'all' } = {},
): ExistingOutput {
  const { to, join } = job.job
  const definition = to ?? join
  const mayTell =
    definition !== undefined &&
    ('file' in definition || (which === 'all' && ('table' in definition || 'sink' in definition)))
  const isOfRows = to !== undefined && ('table' in to || 'upsert' in to)
  const upsertKey = which === 'all' && to !== undefined && 'upsert' in to ? [to.key].flat() : null
  const unasked = new UnaskedItems(job, flow.clock)
  let target: Promise<Target> | null = null
  const nothing = new Map<string, SinkPresence>()
  return {
    async of(records) {
      const usable = records.flatMap((record) => (record.problem === undefined ? [record] : []))
      const suspects = which === 'all' && to !== undefined ? usable.filter(holdsUnstorable) : []
      if (usable.length === 0) return nothing
      const known =
        upsertKey === null ? [] : usable.flatMap((record) => knownItem(record, upsertKey, unasked))
      if (!mayTell && !(isOfRows && which === 'all')) return refusedOf(null, suspects, unasked)
      const wholes = usable.map(({ key, row, part }) => ({ key: to ? key : (part?.of ?? key), row }))
      target ??= openTarget(
        flow,
        job,
        owner,
        definition,
        to ? job.source.keyFields : recordKey(job, wholes[0]?.key ?? ''),
      )
      const { sink } = await target
      const bounds = (isOfRows && (await sink.mostCharacters?.())) || new Map<string, number>()
      const refused = new Map([
        ...tooLongOf(bounds, usable, unasked),
        ...(await takenOf(sink, known)),
        ...(await refusedOf(sink, suspects, unasked)),
      ])
      if (!sink.present) return refused
      const found = await sink.present(wholes)
      const there = new Map(
        usable.map(({ key }, index) => [key, decided(found[index] ?? 'open', isAgain)] as const),
      )
      // No file yet, because a part of the record is missing: those that are answered are not asked again.
      const absent = [...there.keys()].filter((key) => there.get(key) === 'absent')
      if (to === undefined && absent.length > 0)
        for (const key of await flow.store.waitingParts(job.job.name, absent)) there.set(key, 'open')
      for (const [key, problem] of refused) if (there.get(key) === 'open') there.set(key, problem)
      return there
    },
    async [Symbol.asyncDispose]() {
      // What could not be opened was told to whoever asked.
      const opened = await target?.catch(() => null)
      await opened?.[Symbol.asyncDispose]()
    },
  }
}

/** Whether a record has text that not every table can hold. */
function holdsUnstorable({ key, row }: { readonly key: string; readonly row: unknown }): boolean {
  if (key.includes('\u0010')) return true
  if (typeof row !== 'object' || row === null) return false
  for (const value of Object.values(row))
    if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())) return true
  return false
}

/** Of these records those that the sink would refuse whatever is answered, as what it is given of them alone cannot be held. */
async function refusedOf(
  sink: Sink | null,
  records: readonly SourceRecord<unknown>[],
  unasked: UnaskedItems,
): Promise<ReadonlyMap<string, SinkPresence>> {
  if (records.length === 0) return new Map()
  const items = records.flatMap((record) => unasked.of(record) ?? [])
  const problems = (await sink?.problems?.(items)) ?? []
  return new Map(
    items.flatMap(({ key, values }, at) => {
      const problem = problems[at] ?? textProblem(values)
      return problem === null ? [] : [[key, { problem }] as const]
    }),
  )
}

/**
 * Of these records those of which a text goes into a column that is too small for it, whatever is answered: into a key, or
 * another column that the job fills from the row, also where it puts the text together.
 */
function tooLongOf(
  bounds: ReadonlyMap<string, number>,
  records: readonly SourceRecord<unknown>[],
  unasked: UnaskedItems,
): readonly (readonly [string, SinkPresence])[] {
  if (bounds.size === 0) return []
  return records.flatMap((record) => {
    const item = unasked.of(record)
    const long = item === null ? [] : tooLongIn(item.values, bounds)
    const found = long.find(({ column, text }) => unasked.isOfRecordAlone(record, column, text))
    return found === undefined ? [] : [[record.key, { problem: found.problem }] as const]
  })
}

/** What an upsert is given of a record whose key it makes of the record's own alone, whatever is answered; else nothing. */
function knownItem(
  record: SourceRecord<unknown>,
  columns: readonly string[],
  unasked: UnaskedItems,
): readonly SinkItem[] {
  const parts = keyParts(record.key)
  if (parts.length !== columns.length) return []
  const item = unasked.of(record)
  const texts = columns.map((name) => String(item?.values[name]))
  return item !== null && parts.every((part) => texts.includes(part)) ? [item] : []
}

/** Of these items those whose row is another record's, so that no answer could be written. */
async function takenOf(
  sink: OwnedSink,
  items: readonly SinkItem[],
): Promise<readonly (readonly [string, SinkPresence])[]> {
  const reasons = items.length === 0 ? [] : ((await sink.taken?.(items)) ?? [])
  return items.flatMap(({ key }, at) => {
    const problem = reasons[at] ?? null
    return problem === null ? [] : [[key, { problem }] as const]
  })
}

function decided(presence: SinkPresence, isAgain: boolean): SinkPresence {
  return isAgain && presence === 'present' ? 'absent' : presence
}

/** A text that is longer than the column that it is for. */
export interface TooLong {
  readonly column: string
  readonly text: string
  readonly problem: string
}

/** Values that are longer than their column takes, by the most characters of each bounded column. */
export function tooLongIn(values: Values, bounds: ReadonlyMap<string, number>): readonly TooLong[] {
  const found: TooLong[] = []
  for (const [column, most] of bounds) {
    const text = ownValue(values, column)
    if (typeof text !== 'string' || text.length <= most) continue
    // PostgreSQL counts code points.
    const characters = Array.from(text).length
    if (characters <= most) continue
    const [has, takes] = [characters, most].map((count) => count.toLocaleString('en-US'))
    found.push({ column, text, problem: `${column}: has ${has} characters, and the column takes ${takes}` })
  }
  return found
}
