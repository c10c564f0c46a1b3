import { isBlank, readLines } from '../../../core/batch/lines.ts'
import type { CheckedInput } from '../../../core/dialect.ts'
import { type JsonObject, isObject, isTooDeep, parseJson } from '../../../core/json.ts'
import type { BatchRecord } from '../../../core/records.ts'
import type { State } from '../../../core/state.ts'
import { promptTokens } from '../content/prompt.ts'

/** A line of an input: its request as it was written, and what is given back with its answer. */
export interface InputLine {
  readonly request: JsonObject
  readonly line: JsonObject
}

/** `null` for what is no line of an input. */
export function readInputLine(text: string): InputLine | null {
  const line = isTooDeep(text) ? undefined : parseJson(text)
  if (!isObject(line) || !isObject(line['request'])) return null
  return { line, request: line['request'] }
}

/** Enqueued tokens that requests use of their model, without judging them. */
export async function countInput(state: State, path: string): Promise<CheckedInput> {
  const lineTokens: number[] = []
  let wrong: number | null = null
  for await (const lines of readLines(path)) {
    if (state.stop.aborted) break
    for (const line of lines) {
      if (isBlank(line)) continue
      const read = readInputLine(line.text)
      if (read === null) wrong ??= line.number
      lineTokens.push(read === null ? 0 : promptTokens(read.request))
    }
  }
  const problem =
    lineTokens.length === 0
      ? 'The input file holds no request.'
      : wrong === null
        ? null
        : `Line ${wrong} of the input file is no request: it must be JSON with 'key' and 'request'.`
  return {
    errors:
      problem === null ? [] : [{ code: 'INVALID_ARGUMENT', message: problem, param: null, line: wrong }],
    model: null,
    total: lineTokens.length,
    tokens: lineTokens.reduce((sum, tokens) => sum + tokens, 0),
    lineTokens,
  }
}

/** The check of the whole input of a batch while it is pending. What each request asks is looked at when it runs. */
export async function checkInput(state: State, batch: BatchRecord): Promise<CheckedInput> {
  return { ...(await countInput(state, state.snapshotPath(batch.id))), model: batch.model }
}
