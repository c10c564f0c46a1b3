import * as fc from 'fast-check'
import { expect } from 'vitest'
import type { ReadOptions, SourceReader, SourceRecord } from '../../src/ports/source.ts'

export const all: ReadOptions = { after: null, limit: null, order: 'key', only: null }

/** Every record of a reader, in the order in which it gives them. */
export async function readAll<Row>(
  reader: SourceReader<Row>,
  options: Partial<ReadOptions> = {},
): Promise<SourceRecord<Row>[]> {
  return (await Array.fromAsync(reader.read({ ...all, ...options }))).flatMap(({ records }) => records)
}

export function keys(records: readonly { readonly key: string }[]): readonly string[] {
  return records.map(({ key }) => key)
}

/** Expects that reading which ends behind any record and goes on there gives `whole`, however it is split. */
export async function expectAnySplit<Row>(
  reader: SourceReader<Row>,
  whole: readonly string[],
  lengths: fc.Arbitrary<number[]>,
  numRuns: number,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(lengths, async (steps) => {
      const seen: string[] = []
      let after: string | null = null
      for (let step = 0; seen.length < whole.length; step += 1) {
        const wanted = steps[step % steps.length] ?? 1
        let taken = 0
        for await (const page of reader.read({ ...all, after })) {
          const some = page.records.slice(0, wanted - taken)
          seen.push(...keys(some))
          taken += some.length
          after = page.cursorAt(some.length - 1)
          if (taken >= wanted) break
        }
      }
      expect(seen).toEqual(whole)
    }),
    { numRuns },
  )
}
