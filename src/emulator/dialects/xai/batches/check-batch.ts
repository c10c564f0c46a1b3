import { isBlank, readLines } from '../../../core/batch/lines.ts'
import type { CheckedInput } from '../../../core/dialect.ts'
import { isTooDeep } from '../../../core/json.ts'
import type { BatchError, BatchRecord } from '../../../core/records.ts'
import type { State } from '../../../core/state.ts'
import { readRequest } from './lines.ts'

const maxErrors = 5

/** Reads the whole input. Which model is asked, and for what, is looked at when a request runs. */
export async function checkBatch(state: State, batch: BatchRecord): Promise<CheckedInput> {
  const errors: BatchError[] = []
  const ids = new Set<string>()
  let total = 0
  const fail = (line: number, what: string): void => {
    if (errors.length >= maxErrors) return
    errors.push({ code: 'invalid_argument', message: `Line ${line} ${what}`, param: null, line })
  }
  for await (const lines of readLines(state.snapshotPath(batch.id))) {
    if (state.stop.aborted) break
    for (const line of lines) {
      if (isBlank(line)) continue
      total += 1
      const request = isTooDeep(line.text) ? 'is nested too deep.' : readRequest(line.text)
      if (typeof request === 'string') fail(line.number, request)
      else if (ids.has(request.id)) fail(line.number, `repeats the id '${request.id}'.`)
      else ids.add(request.id)
    }
  }
  if (total === 0) fail(1, 'is not there: the file is empty.')
  return { errors, model: null, total, tokens: 0, lineTokens: [] }
}
