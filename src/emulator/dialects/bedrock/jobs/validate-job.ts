import { statSync } from 'node:fs'
import { isBlank, readLines } from '../../../core/batch/lines.ts'
import type { CheckedInput } from '../../../core/dialect.ts'
import { isObject, isTooDeep, parseJson } from '../../../core/json.ts'
import { type BatchError, type BatchRecord, numberOption, scenarioOf } from '../../../core/records.ts'
import type { State } from '../../../core/state.ts'
import { arnOf } from './details.ts'

/** Service Quotas of Bedrock, for most models; each model has its own. */
const minRecords = 100
const maxRecords = 50_000
const maxFileBytes = 1024 ** 3

/**
 * The check of the form of each record, and not of what is asked: "validation doesn't check if the modelInput value
 * matches".
 */
export async function validateJob(state: State, batch: BatchRecord): Promise<CheckedInput> {
  const path = state.snapshotPath(batch.id)
  let total = 0
  let bad: string | null = null
  for await (const lines of readLines(path)) {
    if (state.stop.aborted) break
    for (const line of lines) {
      if (isBlank(line)) continue
      total += 1
      bad ??= lineProblem(line.text, line.number)
    }
  }
  const message = sizeProblem(batch, statSync(path).size, total) ?? bad
  return {
    errors: message === null ? [] : [errorOf(message)],
    model: batch.model,
    total,
    tokens: 0,
    lineTokens: [],
  }
}

function sizeProblem(batch: BatchRecord, bytes: number, total: number): string | null {
  const forced = scenarioOf(batch, 'bedrock-below-100')
  const minimum = forced ? numberOption(forced, 'minimum') : minRecords
  // As several projects have seen it in 2026; the wording for too much is our own.
  if (forced || total < minimum)
    return `Batch job ${arnOf(batch)} contains less records (${total}) than the required minimum of: ${minimum}`
  if (total > maxRecords)
    return `Batch job ${arnOf(batch)} contains more records (${total}) than the allowed maximum of: ${maxRecords}`
  return bytes > maxFileBytes
    ? `Batch job ${arnOf(batch)} has an input file of ${bytes} bytes, more than the allowed maximum of: ${maxFileBytes}`
    : null
}

/** The wording is our own. */
function lineProblem(text: string, number: number): string | null {
  const value = isTooDeep(text) ? undefined : parseJson(text)
  if (!isObject(value)) return `Line ${number} of the input is not a JSON object.`
  const { recordId } = value
  if (recordId !== undefined && typeof recordId !== 'string')
    return `Line ${number} of the input has a recordId that is not a string.`
  return isObject(value['modelInput']) ? null : `Line ${number} of the input has no modelInput object.`
}

function errorOf(message: string): BatchError {
  return { code: 'ValidationException', message, param: null, line: null }
}
