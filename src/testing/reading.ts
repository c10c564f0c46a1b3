import type { ReadOptions, SourceReader, SourceRecord } from '../ports/source.ts'

/** From the beginning to the end, by key. */
export const all: ReadOptions = { after: null, limit: null, order: 'key', only: null }

/** Every record of a reader, in the order in which it gives them. */
export async function readAll<Row>(
  reader: SourceReader<Row>,
  options: Partial<ReadOptions> = {},
): Promise<SourceRecord<Row>[]> {
  return (await Array.fromAsync(reader.read({ ...all, ...options }))).flatMap(({ records }) => records)
}

/** The keys of records, in their order. */
export function keys(records: readonly { readonly key: string }[]): readonly string[] {
  return records.map(({ key }) => key)
}

/**
 * The keys that a reader gives when each reading ends behind so many records, as `steps` says in turn, and the next one
 * goes on at the cursor there. It ends where a reading gives nothing more, and before it has read `most` records.
 */
export async function readInSteps<Row>(
  reader: SourceReader<Row>,
  steps: readonly number[],
  most: number,
): Promise<readonly string[]> {
  const seen: string[] = []
  let after: string | null = null
  for (let step = 0; seen.length < most; step += 1) {
    const wanted = steps[step % steps.length] ?? 1
    let taken = 0
    for await (const page of reader.read({ ...all, after })) {
      const some = page.records.slice(0, wanted - taken)
      seen.push(...keys(some))
      taken += some.length
      after = page.cursorAt(some.length - 1)
      if (taken >= wanted) break
    }
    if (taken === 0) break
  }
  return seen
}
