import type { JsonObject } from '../../../core/json.ts'
import { isBlank, readLines } from '../../../core/batch/lines.ts'
import { embeddingInputs, promptTokens } from '../../../families/chat/prompt.ts'
import {
  type BatchError,
  type BatchRecord,
  numberOption,
  scenarioOf,
  textOption,
} from '../../../core/records.ts'
import { validationError } from '../scenarios/validation-texts.ts'
import { tokenLimitError } from './token-limit.ts'
import type { CheckedInput } from '../../../core/dialect.ts'
import { detailsOf, plainEndpoint } from '../details.ts'
import { profileOf } from '../ids.ts'
import { serviceOf } from '../services/services.ts'
import { type LineScope, checkLine } from './validate-line.ts'
import type { State } from '../../../core/state.ts'

/** OpenAI guide: at most 50,000 embedding inputs over all requests of a batch. */
const maxEmbeddingInputs = 50_000
/** The list of errors is cut after some number; re-implementations use 20. */
const maxErrors = 20

/** The check of a whole input file line by line, as the service does it while a batch is `validating`. */
export async function validateBatch(state: State, batch: BatchRecord): Promise<CheckedInput> {
  const scope: LineScope = {
    profile: profileOf(batch),
    endpoint: plainEndpoint(detailsOf(batch).endpoint),
    deployments: state.deployments(),
    standardDeployments: state.settings.standardDeployments,
    customIds: new Set(),
    model: null,
  }
  const errors: BatchError[] = []
  let total = 0
  let tokens = 0
  const lineTokens: number[] = []
  let inputs = 0
  for await (const lines of readLines(state.snapshotPath(batch.id))) {
    if (state.stop.aborted) break
    for (const line of lines) {
      if (isBlank(line)) continue
      total += 1
      const check = checkLine(line, scope)
      if (check.kind === 'error') {
        if (errors.length < maxErrors) errors.push(check.error)
        continue
      }
      const count = countedTokens(check.body)
      if (count === null) {
        if (errors.length < maxErrors) errors.push(tooDeepError(line.number))
        continue
      }
      tokens += count
      lineTokens.push(count)
      if (check.model.kind === 'embedding') inputs += embeddingInputs(check.body).length
    }
  }
  const forced = forcedError(batch)
  const sizeError = tooManyError(batch, total, inputs)
  const first = forced ?? sizeError
  if (first) return { errors: [first], model: scope.model, total, tokens, lineTokens }
  return { errors, model: scope.model, total, tokens, lineTokens }
}

/** `null` for a body that is nested too deep to be written again, as running it needs. */
function countedTokens(body: JsonObject): number | null {
  try {
    JSON.stringify(body)
    return promptTokens(body)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function tooDeepError(line: number): BatchError {
  return {
    code: 'invalid_json_line',
    message: 'This line is not parseable as valid JSON.',
    param: null,
    line,
  }
}

function tooManyError(batch: BatchRecord, total: number, inputs: number): BatchError | null {
  const fail = (code: string, message: string): BatchError => ({ code, message, param: null, line: null })
  if (total === 0)
    return fail(
      'empty_file',
      'The input file is empty. Please ensure that the batch contains at least one request.',
    )
  const max = serviceOf(profileOf(batch)).maxLines
  if (total > max) {
    return fail(
      'too_many_tasks',
      `The number of requests in the batch file exceeds the limit of ${max.toLocaleString('en-US')}; it has ${total.toLocaleString('en-US')}.`,
    )
  }
  if (inputs <= maxEmbeddingInputs) return null
  return fail(
    'too_many_tasks',
    `The number of embedding inputs in the batch exceeds the limit of ${maxEmbeddingInputs.toLocaleString('en-US')}.`,
  )
}

function forcedError(batch: BatchRecord): BatchError | null {
  const withFiles = scenarioOf(batch, 'failed-with-files')
  if (withFiles) return validationError(textOption(withFiles, 'code'))
  const scenario = scenarioOf(batch, 'validation-fail')
  if (!scenario) return null
  const line = numberOption(scenario, 'line')
  const { message, param } = scenario.options
  return validationError(textOption(scenario, 'code'), {
    ...(typeof message === 'string' ? { message } : {}),
    ...(typeof param === 'string' ? { param } : {}),
    ...(line > 0 ? { line } : {}),
  })
}

/** Whether the batch fits into the quota; decided in the same tick in which its tokens are recorded. */
export function quotaError(state: State, batch: BatchRecord, validated: CheckedInput): BatchError | null {
  if (validated.model === null) return null
  const forced = scenarioOf(batch, 'token-limit') !== undefined
  return tokenLimitError(state, profileOf(batch), validated.model, validated.tokens, forced)
}
