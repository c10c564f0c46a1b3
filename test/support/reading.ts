import * as fc from 'fast-check'
import { expect } from 'vitest'
import type { SourceReader } from '../../src/ports/source.ts'
import { readInSteps } from '../../src/testing/reading.ts'

/** Expects that reading which ends behind any record and goes on there gives `whole`, however it is split. */
export async function expectAnySplit<Row>(
  reader: SourceReader<Row>,
  whole: readonly string[],
  lengths: fc.Arbitrary<number[]>,
  numRuns: number,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(lengths, async (steps) => {
      expect(await readInSteps(reader, steps, whole.length)).toEqual(whole)
    }),
    { numRuns },
  )
}
