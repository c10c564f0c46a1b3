import { hash } from 'node:crypto'
import type { Executed } from '../../../core/batch/executed.ts'
import type { BatchRules, RequestLine, ResultLine, Skipped } from '../../../core/dialect.ts'
import { type JsonObject, textIn } from '../../../core/json.ts'
import type { BatchRecord } from '../../../core/records.ts'
import type { LineAt } from '../../../core/scenarios/line-play.ts'
import type { State } from '../../../core/state.ts'
import { withMessage } from '../../../families/chat/prompt.ts'
import { inStandardTier, runChat } from '../chat.ts'
import { failed, grpcCode } from '../errors.ts'
import { costPicoUsd, findModel } from '../models.ts'
import { checkBatch } from './check-batch.ts'
import { readRequest } from './lines.ts'
import { batchObject } from './view.ts'

/** How xAI carries out a batch: a result for each request, read in pages. */
export const xaiBatches: BatchRules = {
  check: checkBatch,
  quotaError: () => null,
  lateFailure: () => null,
  readLine,
  result,
  skipped,
  show: (batch, { counts, polls, skewMs }) =>
    batchObject(batch, [{ part: batch, counts }], { polls, skewMs }),
  answersUnrun: true,
  expiresOnTime: () => true,
  resultFileId: (batch, part) => `results_${hash('sha256', `${batch.id}/${part}`, 'hex').slice(0, 32)}`,
  resultFileExpiresAtMs: () => Number.MAX_SAFE_INTEGER,
  keepsEmptyFile: () => false,
}

function readLine(_state: State, batch: BatchRecord, text: string, index: number): RequestLine | null {
  const request = readRequest(text)
  if (typeof request === 'string') return null
  const { id, body } = request
  const model = findModel(textIn(body, 'model')) ?? null
  return {
    batch,
    index,
    customId: id,
    body,
    model,
    failed,
    withMessage,
    withId,
    inStandardTier,
    run: (asked, { hash: digest, failOnce, createdAtMs }) =>
      runChat(asked, {
        mode: 'batch',
        digest,
        failOnce,
        createdAtSeconds: Math.floor(createdAtMs / 1000),
      }),
    costPicoUsd: (usage) => (model === null ? 0 : costPicoUsd(model, usage, 'batch')),
  }
}

function result({ customId }: LineAt, { status, body }: Executed): ResultLine {
  if (status === 200) return resultLine(customId, { response: { chat_get_completion: body } }, '')
  const message = String(Reflect.get(body, 'error'))
  return resultLine(customId, { error: { code: grpcCode(status), message } }, message)
}

/** Code 1 is that of what was cancelled (`@ai-sdk/xai`). What was pending when time was over has no result. */
function skipped(_batch: BatchRecord, _index: number, customId: string, reason: Skipped): ResultLine | null {
  if (reason === 'expired') return null
  const message = 'The request was cancelled.'
  return resultLine(customId, { error: { code: 1, message } }, message)
}

function resultLine(id: string, batchResult: object, message: string): ResultLine {
  return {
    part: 'output',
    line: { batch_request_id: id, batch_result: batchResult, error_message: message },
  }
}

function withId(result: JsonObject, id: string | null): JsonObject {
  const { batch_request_id: _given, ...rest } = result
  return id === null ? rest : { batch_request_id: id, ...rest }
}
