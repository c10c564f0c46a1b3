import { hash } from 'node:crypto'
import type { Executed } from '../../../core/batch/executed.ts'
import type { BatchRules, RequestLine, ResultLine } from '../../../core/dialect.ts'
import { lineDigest } from '../../../core/ids.ts'
import { type JsonObject, isObject, parseJson, textIn } from '../../../core/json.ts'
import type { BatchRecord } from '../../../core/records.ts'
import type { LineAt } from '../../../core/scenarios/line-play.ts'
import type { State } from '../../../core/state.ts'
import { failed } from '../../../families/claude/errors.ts'
import { costPicoUsd } from '../../../families/claude/models.ts'
import { withMessage } from '../../../families/claude/prompt.ts'
import { runClaude } from '../claude.ts'
import { findModel } from '../models.ts'
import { detailsOf, outputFolder } from './details.ts'
import { validateJob } from './validate-job.ts'
import { jobObject } from './view.ts'

/** How Bedrock carries out a job: one object of results in the order of the input, beside it a manifest. */
export const bedrockBatches: BatchRules = {
  check: validateJob,
  quotaError: () => null,
  lateFailure: () => null,
  readLine,
  result,
  // "You can start viewing the results" of what was processed; that the others have no line is a guess.
  skipped: () => null,
  show: jobObject,
  answersUnrun: false,
  expiresOnTime: () => true,
  keepsOrder: true,
  resultFileId: (batch, part) => hash('sha256', `${batch.id}/${part}`, 'hex'),
  resultFileName: (batch) => `${outputFolder(batch)}${inputName(batch)}.out`,
  resultFileExpiresAtMs: () => Number.MAX_SAFE_INTEGER,
  keepsEmptyFile: () => false,
}

function inputName(batch: BatchRecord): string {
  const { inputKey } = detailsOf(batch)
  return inputKey.slice(inputKey.lastIndexOf('/') + 1)
}

function readLine(_state: State, batch: BatchRecord, text: string, index: number): RequestLine | null {
  const record = parseJson(text)
  if (!isObject(record) || !isObject(record['modelInput'])) return null
  const body = record['modelInput']
  const model = findModel(detailsOf(batch).modelId) ?? null
  const id = textIn(record, 'recordId')
  return {
    batch,
    index,
    // "If you omit the recordId field, Amazon Bedrock adds it in the output": eleven letters and digits.
    customId: id === '' ? lineDigest(batch.id, index).slice(0, 11).toUpperCase() : id,
    body,
    model,
    failed,
    withMessage,
    withId,
    run: (asked, { hash: digest, failOnce }) =>
      model === null ? failed(500) : runClaude(asked, model, { digest, failOnce }),
    costPicoUsd: (usage) => (model === null ? 0 : costPicoUsd(model, usage, 'batch')),
  }
}

/** The whole input is repeated in front of what became of it. */
function result({ customId, body }: LineAt, { status, body: answer }: Executed): ResultLine {
  const outcome =
    status === 200
      ? { modelOutput: answer }
      : { error: { errorCode: status, errorMessage: String(Reflect.get(answer, 'message')) } }
  return { part: 'output', line: { recordId: customId, modelInput: body, ...outcome } }
}

function withId(result: JsonObject, id: string | null): JsonObject {
  const { recordId: _recordId, ...rest } = result
  return id === null ? rest : { recordId: id, ...rest }
}
