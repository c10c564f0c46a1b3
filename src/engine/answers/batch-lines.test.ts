import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BatchRequest } from '../../ports/store/answers.ts'
import { BatchLines } from './batch-lines.ts'

/** A state that holds these requests of one batch, in pages as they are asked for. */
function stateOf(requests: readonly BatchRequest[]): Parameters<typeof BatchLines.read>[0] {
  return {
    batchRequests: (_runId, _n, { afterSeq, limit }) =>
      Promise.resolve(requests.filter(({ seq }) => seq > afterSeq).slice(0, limit)),
  }
}

/** What a request says, wherever it keeps it. */
function told(request: BatchRequest | null): BatchRequest | null {
  if (request === null) return null
  const {
    seq,
    key,
    rowHash,
    line,
    fileTag,
    fileOffset,
    fileLength,
    rowOffset,
    rowLength,
    outcome,
    attemptId,
    deduplicatedInto: deduplicatedInto,
    partOf,
    partIndex,
    parts,
  } = request
  return {
    seq,
    key,
    rowHash,
    line,
    fileTag,
    fileOffset,
    fileLength,
    rowOffset,
    rowLength,
    outcome,
    attemptId,
    deduplicatedInto: deduplicatedInto,
    partOf,
    partIndex,
    parts,
  }
}

const optional = (numbers: fc.Arbitrary<number>): fc.Arbitrary<number | null> => fc.option(numbers)

test('the requests of a batch come back by their lines as they were, and no others', async () => {
  const request = fc.record({
    key: fc.string({ unit: 'grapheme' }),
    rowHash: fc.string(),
    outcome: fc.constantFrom('pending', 'merged', 'expired'),
    attemptId: optional(fc.nat()),
    fileTag: fc.option(fc.constantFrom('a', 'b')),
    fileOffset: optional(fc.nat({ max: 2 ** 40 })),
    fileLength: optional(fc.nat()),
    rowOffset: optional(fc.nat({ max: 2 ** 40 })),
    rowLength: optional(fc.nat()),
    deduplicatedInto: optional(fc.nat()),
    partOf: fc.option(fc.string()),
    partIndex: optional(fc.nat()),
    parts: optional(fc.nat()),
  })
  const batches = fc.record({
    held: fc.array(fc.record({ request, step: fc.integer({ min: 1, max: 3 }), gone: fc.boolean() })),
    folds: fc.nat({ max: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(batches, async ({ held, folds }) => {
      let seq = 0
      const lines = held.map((one, line): BatchRequest | null => {
        seq += one.step
        return one.gone ? null : { ...one.request, seq, line }
      })
      const left = lines.filter((one) => one !== null)
      const others = left
        .slice(-1)
        .flatMap((last) =>
          Array.from({ length: folds }, (_, index) => ({ ...last, seq: seq + index + 1, line: null })),
        )
      const requests = [...left, ...others]
      const read = await BatchLines.read(stateOf(requests), { runId: 'r', n: 0, requests: held.length })
      expect(read.length).toBe(held.length)
      expect(lines.map((_, line) => told(read.request(line)))).toEqual(lines)
      expect([read.request(-1), read.request(held.length)]).toEqual([null, null])
    }),
  )
})

test('a batch of many pages is read whole', async () => {
  const requests = Array.from({ length: 5_000 }, (_, line): BatchRequest => ({
    seq: line * 2,
    key: `key-${line}`,
    rowHash: String(line),
    line,
    fileTag: 'a',
    fileOffset: null,
    fileLength: null,
    rowOffset: null,
    rowLength: null,
    outcome: 'pending',
    attemptId: null,
    deduplicatedInto: null,
    partOf: null,
    partIndex: null,
    parts: null,
  }))
  const read = await BatchLines.read(stateOf(requests), { runId: 'r', n: 0, requests: requests.length })
  expect(requests.map(({ line }) => told(read.request(line ?? -1)))).toEqual(requests)
})
