import { isBlank, readLines } from '../../../core/batch/lines.ts'
import type { CheckedInput } from '../../../core/dialect.ts'
import { isTooDeep, textIn } from '../../../core/json.ts'
import type { BatchError, BatchRecord } from '../../../core/records.ts'
import type { State } from '../../../core/state.ts'
import { batchModelProblem } from '../models.ts'
import { readRequest } from './lines.ts'

/** xAI document, Batch API, "JSONL file upload". */
const maxRequests = 50_000

/** The check of the whole input up to the first thing wrong: one invalid line, and xAI cancels the batch. */
export async function checkBatch(state: State, batch: BatchRecord): Promise<CheckedInput> {
  const errors: BatchError[] = []
  const ids = new Set<string>()
  let total = 0
  const fail = (line: number, what: string): void => {
    if (errors.length > 0) return
    const message = `JSONL file validation failed: line ${line}: ${what}`
    errors.push({ code: 'invalid_argument', message, param: null, line })
  }
  for await (const lines of readLines(state.snapshotPath(batch.id))) {
    if (state.stop.aborted) break
    for (const line of lines) {
      if (isBlank(line)) continue
      total += 1
      const request = isTooDeep(line.text) ? 'is nested too deep.' : readRequest(line.text)
      if (typeof request === 'string') fail(line.number, request)
      else if (ids.has(request.id)) fail(line.number, `repeats the id '${request.id}'.`)
      else if (batchModelProblem(textIn(request.body, 'model')) !== null)
        fail(line.number, batchModelProblem(textIn(request.body, 'model')) ?? '')
      else ids.add(request.id)
    }
  }
  if (total === 0) fail(1, 'the file is empty.')
  if (total > maxRequests) fail(maxRequests + 1, `more than ${maxRequests} requests.`)
  return { errors, model: null, total, tokens: 0, lineTokens: [] }
}
