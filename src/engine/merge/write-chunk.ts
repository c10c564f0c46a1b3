import type { Outcome } from '../../domain/outcome.ts'
import { hashRow } from '../../planning/requests/fingerprint.ts'
import type { RequestRow } from '../../ports/state.ts'
import type { Sink, SinkItem, SinkResult, WriteOptions } from '../../ports/sink.ts'
import type { SourceReader } from '../../ports/source.ts'
import type { Verdict } from '../answers/judge.ts'

/** A request with what its answer is worth. */
export interface Judged {
  readonly request: Pick<RequestRow, 'seq' | 'key' | 'rowHash'>
  readonly verdict: Pick<Verdict, 'outcome' | 'reason'>
  /** What is to be written; null when the answer was not accepted. */
  readonly item: SinkItem | null
}

/** The sink's item for a judged answer. */
export function itemOf(
  { key, partIndex, parts }: Pick<RequestRow, 'key' | 'partIndex' | 'parts'>,
  { values }: Pick<Verdict, 'values'>,
): SinkItem | null {
  if (values === null) return null
  return partIndex === null || parts === null
    ? { key, values }
    : { key, values, part: { index: partIndex, count: parts } }
}

export interface Written {
  readonly outcome: Outcome
  readonly reason: string | null
}

const goneReason = 'its row is no longer selected by the source'
const changedReason = 'its row changed after it was read'

/**
 * The outcome of each request of a chunk, in order, once its accepted answers are written. A row that was touched since
 * it was read is looked at again: unless it still is what was asked about, it is left alone as stale.
 */
export async function writeChunk(
  sink: Sink,
  reader: SourceReader<unknown> | null,
  judged: readonly Judged[],
  options: WriteOptions,
): Promise<readonly Written[]> {
  const outcome: Written[] = judged.map(({ verdict }) => verdict)
  const items: SinkItem[] = []
  for (const { item } of judged) if (item !== null) items.push(item)
  if (items.length === 0) return outcome
  const results = await sink.write(items, options)
  const touched: { readonly at: number; readonly item: SinkItem; readonly rowHash: string }[] = []
  let next = 0
  for (const [at, { item, request }] of judged.entries()) {
    const result = item === null ? undefined : results[next++]
    if (item !== null && result?.kind === 'changed') touched.push({ at, item, rowHash: request.rowHash })
    else if (result) outcome[at] = settled(result)
  }
  if (touched.length === 0) return outcome
  const rows = reader?.reread ? await reader.reread(touched.map(({ item }) => item.key)) : null
  const same = touched.filter(
    ({ item, rowHash }) => rows === null || (rows.has(item.key) && hashRow(rows.get(item.key)) === rowHash),
  )
  for (const { at, item } of touched)
    outcome[at] = { outcome: 'stale', reason: rows?.has(item.key) === false ? goneReason : changedReason }
  if (same.length === 0) return outcome
  const again = await sink.write(
    same.map(({ item }) => item),
    { ...options, mark: null, chunk: `${options.chunk}+` },
  )
  for (const [index, { at }] of same.entries()) {
    const result = again[index]
    if (result) outcome[at] = settled(result)
  }
  return outcome
}

/** Paid for and kept: nothing but its row is missing. */
export const noRowThere: Written = {
  outcome: 'rejected',
  reason: 'no row has its key where its answer goes; once there is one, a merge writes it',
}

const merged: Written = { outcome: 'merged', reason: null }

function settled(result: SinkResult): Written {
  switch (result.kind) {
    case 'written':
    case 'same':
      return merged
    case 'missing':
      return noRowThere
    case 'changed':
      return { outcome: 'stale', reason: changedReason }
    case 'rejected':
      return { outcome: 'rejected', reason: result.reason }
  }
}

/** The accepted items of entries in the form that the sink sends, replaced in place. */
export async function packInto(sink: Sink, entries: readonly { item: SinkItem | null }[]): Promise<void> {
  if (!sink.pack) return
  const accepted = entries.filter(({ item }) => item !== null)
  const packed = await sink.pack(accepted.flatMap(({ item }) => item ?? []))
  accepted.forEach((entry, index) => {
    entry.item = packed[index] ?? entry.item
  })
}
