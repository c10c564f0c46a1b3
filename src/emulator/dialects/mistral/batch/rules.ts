import { isBlank, readLines } from '../../../core/batch/lines.ts'
import type { Executed } from '../../../core/batch/executed.ts'
import type { BatchRules, CheckedInput, RequestLine, ResultLine } from '../../../core/dialect.ts'
import { type JsonObject, isObject, isTooDeep, parseJson, textIn } from '../../../core/json.ts'
import type { BatchRecord } from '../../../core/records.ts'
import type { LineAt } from '../../../core/scenarios/line-play.ts'
import type { State } from '../../../core/state.ts'
import { withMessage } from '../answers/prompt.ts'
import { endpoints, runRequest } from '../answers/run-request.ts'
import { jobObject } from '../api/view.ts'
import { detailsOf } from '../details.ts'
import { failed } from '../errors.ts'
import { derivedId, lineId } from '../ids.ts'
import { costPicoUsd, findModel } from '../models.ts'
import { uploadedFile } from './uploaded-file.ts'

/** Mistral document, Known limitations: results can be had for 24 hours. */
const resultLifeMs = 86_400_000
/** Mistral document, Batch processing; another page of it says 100,000. */
const maxRequests = 1_000_000

/** How Mistral carries out a job: answers in one file, what failed in another, and the model on the job. */
export const mistralBatches: BatchRules = {
  check: checkInput,
  quotaError: () => null,
  lateFailure: () => null,
  readLine,
  result,
  // What did not run has no line.
  skipped: () => null,
  show: jobObject,
  answersUnrun: false,
  expiresOnTime: () => true,
  resultFileId: (batch, part) => derivedId(`${batch.id}/${part}`),
  resultFileExpiresAtMs: (_batch, createdAtMs) => createdAtMs + resultLifeMs,
  keepsEmptyFile: () => false,
}

function readInputLine(text: string): JsonObject | null {
  const line = isTooDeep(text) ? undefined : parseJson(text)
  return isObject(line) && isObject(line['body']) ? line : null
}

/** Whether every line is one; what each asks is looked at when it runs. */
async function checkInput(state: State, batch: BatchRecord): Promise<CheckedInput> {
  let total = 0
  let wrong: number | null = null
  let model = detailsOf(batch).model
  for await (const lines of readLines(state.snapshotPath(batch.id))) {
    if (state.stop.aborted) break
    for (const line of lines) {
      if (isBlank(line)) continue
      total += 1
      const read = readInputLine(line.text)
      if (read === null) wrong ??= line.number
      model ??= textIn(read?.['body'], 'model') || null
    }
  }
  const message =
    total === 0
      ? 'The input files hold no request.'
      : total > maxRequests
        ? `A job takes at most ${maxRequests} requests; this one has ${total}.`
        : wrong === null
          ? null
          : `Line ${wrong} of the input is no request: it must be JSON with a 'body'.`
  const errors = message === null ? [] : [{ code: 'invalid_input', message, param: null, line: wrong }]
  return { errors, model, total, tokens: 0, lineTokens: [] }
}

function readLine(state: State, batch: BatchRecord, text: string, index: number): RequestLine | null {
  const line = readInputLine(text)
  const kind = endpoints[detailsOf(batch).endpoint]
  if (line === null || !isObject(line['body']) || kind === undefined) return null
  const named = detailsOf(batch).model
  // The model of the job counts, whatever a line says.
  const body = named === null ? line['body'] : { ...line['body'], model: named }
  const model = findModel(textIn(body, 'model')) ?? null
  return {
    batch,
    index,
    customId: textIn(line, 'custom_id'),
    body,
    model,
    failed,
    withMessage,
    run: (asked, { hash, failOnce, createdAtMs }) =>
      runRequest(kind, asked, {
        digest: hash,
        failOnce,
        createdAtSeconds: Math.floor(createdAtMs / 1000),
        file: (id) => uploadedFile(state, id),
      }),
    costPicoUsd: (usage) => (model === null ? 0 : costPicoUsd(model, usage, 'batch')),
  }
}

function result({ batch, index, customId }: LineAt, executed: Executed): ResultLine {
  const line = {
    id: lineId(batch.id, detailsOf(batch).inputFiles[0] ?? '', index),
    custom_id: customId === '' ? null : customId,
    response: { status_code: executed.status, body: executed.body },
    error: null,
  }
  return { part: executed.status === 200 ? 'output' : 'error', line }
}
