/**
 * Measures parts of the hot paths beside the plain way of doing the same: `npm run bench:parts`. Both do the same work in
 * turns within one process; what is printed is the median of the rounds.
 */
import { z } from 'zod'
import { judgment } from '../examples/headnotes/judgments.ts'
import { cellJson, writeCell } from '../src/connectors/tables/cell-json.ts'
import { BatchLines } from '../src/engine/answers/batch-lines.ts'
import { parseExactJson } from '../src/planning/text/exact-numbers.ts'
import { mostJsonTextBytes, writeJsonText } from '../src/planning/text/json-text.ts'
import type { BatchRequest } from '../src/ports/store/answers.ts'
import { readLine } from '../src/providers/openai/openai-answer.ts'
import { median } from './results.ts'

interface Part {
  readonly name: string
  readonly ours: () => unknown
  readonly plain: () => unknown
}

const rounds = 15
const texts = Array.from({ length: 500 }, (_, index) => judgment(index + 1).fullText)
const headnotes = texts.map((text) => ({
  headnote: text.slice(0, 1_700),
  catchwords: ['Civil procedure', 'Appeal'],
  outcome: 'allowed',
}))
const rows = texts.map((_, id) =>
  JSON.stringify({ id, name: `Product ${id}`, price: 12.5, tags: ['a', 'b'], open: id % 2 === 0 }),
)
const largeRows = rows.map((row, id) => row.replace(`"id":${id}`, `"id":${9007199254740993n + BigInt(id)}`))
const longRows = headnotes.map((headnote) => JSON.stringify(headnote))
const target = Buffer.alloc(Math.max(...texts.map(mostJsonTextBytes)) + 1_024)

const lines = headnotes.map((headnote, index) => ({
  id: 'batch_req_1',
  custom_id: `file-${index}`,
  response: {
    status_code: 200,
    body: {
      model: 'gpt-4o-mini-2024-07-18',
      choices: [{ finish_reason: 'stop', message: { content: JSON.stringify(headnote), refusal: null } }],
      usage: { prompt_tokens: 4_002, completion_tokens: 401, prompt_tokens_details: { cached_tokens: 0 } },
    },
  },
  error: null,
}))

const optional = z.string().nullish().catch(null)
const tokens = z.number().int().nonnegative()
/** With the same patience for what is missing or of another type. */
const lineSchema = z.object({
  custom_id: z.string().min(1),
  response: z.object({
    status_code: z.number(),
    body: z.object({
      model: optional,
      choices: z.array(
        z.object({
          finish_reason: optional,
          message: z.object({ content: optional, refusal: optional }).nullish().catch(null),
        }),
      ),
      usage: z
        .object({
          prompt_tokens: tokens,
          completion_tokens: tokens.nullish(),
          prompt_tokens_details: z.object({ cached_tokens: tokens.catch(0) }).catch({ cached_tokens: 0 }),
        })
        .nullish()
        .catch(null),
    }),
  }),
  error: z.unknown().optional(),
})

const requestCount = 50_000

/** As the state gives them: each with texts of its own. */
function request(index: number): BatchRequest {
  return {
    seq: index,
    key: `case-${index}`,
    rowHash: index.toString(16).padStart(16, '0'),
    line: index,
    fileOffset: index * 901,
    fileLength: 900,
    fileTag: ['file', 'of', 'requests'].join('-'),
    rowOffset: null,
    rowLength: null,
    outcome: 'pending',
    attemptId: null,
    deduplicatedInto: null,
    partOf: null,
    partIndex: null,
    parts: null,
  }
}

const requests = {
  batchRequests: (
    _runId: string,
    _n: number,
    page: { readonly afterSeq: number; readonly limit: number },
  ) => {
    const left = Math.min(page.limit, requestCount - page.afterSeq - 1)
    return Promise.resolve(Array.from({ length: left }, (_, index) => request(page.afterSeq + 1 + index)))
  },
}

const parts: readonly Part[] = [
  {
    name: 'a prompt of 18 KB, as bytes of JSON',
    ours: () => texts.map((text) => writeJsonText(text, target, 0)),
    plain: () => texts.map((text) => target.write(JSON.stringify(text))),
  },
  {
    name: 'an answer of 1.8 KB, as a cell',
    ours: () => headnotes.map((cell) => writeCell('headnote', cell, target, 0)),
    plain: () => headnotes.map((cell) => target.write(cellJson('headnote', cell))),
  },
  {
    name: 'a row of 80 bytes of JSON, exact',
    ours: () => rows.map(parseExactJson),
    plain: () => rows.map((row) => JSON.parse(row) as unknown),
  },
  {
    name: 'the same with a large number',
    ours: () => largeRows.map(parseExactJson),
    plain: () => largeRows.map((row) => JSON.parse(row) as unknown),
  },
  {
    name: 'a row of 1.8 KB of JSON, exact',
    ours: () => longRows.map(parseExactJson),
    plain: () => longRows.map((row) => JSON.parse(row) as unknown),
  },
  {
    name: 'a parsed line of an answer file, read',
    ours: () => lines.map(readLine),
    plain: () => lines.map((line) => lineSchema.parse(line)),
  },
]

console.log('part                                      ours us  plain us  times')
for (const { name, ours, plain } of parts) {
  const [mine, theirs] = [ours, plain].map((): number[] => [])
  for (let round = 0; round < rounds; round += 1) {
    mine?.push(microsPerItem(ours))
    theirs?.push(microsPerItem(plain))
  }
  const [one, other] = [median(mine ?? []), median(theirs ?? [])]
  console.log(
    `${name.padEnd(40)} ${one.toFixed(2).padStart(8)} ${other.toFixed(2).padStart(9)} ${(other / one).toFixed(1).padStart(6)}`,
  )
}
const compact = await bytesOf(() => BatchLines.read(requests, { runId: 'r', n: 0, requests: requestCount }))
const objects = await bytesOf(() => Array.from({ length: requestCount }, (_, index) => request(index)))
console.log(
  `${requestCount} requests of a batch: ${(compact / 1e6).toFixed(1)} MB, as objects ${(objects / 1e6).toFixed(1)} MB`,
)

function microsPerItem(act: () => unknown): number {
  const from = performance.now()
  act()
  return ((performance.now() - from) * 1_000) / texts.length
}

/** What is there afterwards and was not before. */
async function bytesOf(make: () => unknown): Promise<number> {
  const before = usedBytes()
  const made = await make()
  const after = usedBytes()
  return made === null ? 0 : after - before
}

function usedBytes(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
