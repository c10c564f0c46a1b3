import { hash } from 'node:crypto'
import type { Executed } from '../../../core/batch/executed.ts'
import type { BatchRules, RequestLine, ResultLine, Skipped } from '../../../core/dialect.ts'
import { type JsonObject, textIn } from '../../../core/json.ts'
import type { BatchRecord } from '../../../core/records.ts'
import type { LineAt } from '../../../core/scenarios/line-play.ts'
import type { State } from '../../../core/state.ts'
import { withMessage } from '../../../families/chat/prompt.ts'
import { inStandardTier, runChat } from '../chat.ts'
import { failed } from '../errors.ts'
import { costPicoUsd, findModel } from '../models.ts'
import { checkBatch } from './check-batch.ts'
import { cancelledText, readRequest } from './lines.ts'
import { staysPending } from './parts.ts'
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

/** An error is a bare text (xAI's REST reference; seen live in August 2026 by a gateway). */
function result({ customId }: LineAt, { status, body }: Executed): ResultLine {
  return resultLine(
    customId,
    status === 200
      ? { response: { chat_get_completion: body } }
      : { error: String(Reflect.get(body, 'error')) },
  )
}

/** "At expiry unfinished requests are cancelled" (xAI's guide), unless a scenario leaves them. */
function skipped(batch: BatchRecord, _index: number, customId: string, reason: Skipped): ResultLine | null {
  return reason === 'expired' && staysPending(batch) ? null : resultLine(customId, { error: cancelledText })
}

function resultLine(id: string, batchResult: object): ResultLine {
  return { part: 'output', line: { batch_request_id: id, batch_result: batchResult } }
}

function withId(result: JsonObject, id: string | null): JsonObject {
  const { batch_request_id: _given, ...rest } = result
  return id === null ? rest : { batch_request_id: id, ...rest }
}
