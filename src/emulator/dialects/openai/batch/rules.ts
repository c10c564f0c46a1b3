import type { Executed } from '../../../core/batch/executed.ts'
import type { BatchRules, RequestLine, ResultLine, Skipped } from '../../../core/dialect.ts'
import { lineDigest } from '../../../core/ids.ts'
import { type JsonObject, isObject, parseJson, textIn } from '../../../core/json.ts'
import { type BatchRecord, type ResultPart, scenarioOf } from '../../../core/records.ts'
import type { LineAt } from '../../../core/scenarios/line-play.ts'
import type { State } from '../../../core/state.ts'
import { serverError } from '../answers/executed.ts'
import { withMessage } from '../../../families/chat/prompt.ts'
import { runRequest } from '../answers/run-request.ts'
import { batchFileLifeSeconds } from '../api/files.ts'
import { batchObject } from '../api/view.ts'
import { detailsOf, plainEndpoint } from '../details.ts'
import { type Profile, derivedFileId, profileOf, uuidFrom } from '../ids.ts'
import { lineCostPicoUsd } from '../models.ts'
import { answerOf, serviceOf } from '../services/services.ts'
import { validationError } from '../scenarios/validation-texts.ts'
import { quotaError, validateBatch } from './validate-batch.ts'
import { batchModel } from './validate-line.ts'

/** How OpenAI and Azure carry out a batch. */
export const openaiBatches: BatchRules = {
  check: validateBatch,
  quotaError,
  lateFailure: (batch) =>
    scenarioOf(batch, 'failed-after-running') === undefined ? null : validationError('server_error'),
  readLine,
  result,
  skipped,
  show: (batch, showing) => (serviceOf(profileOf(batch)).batchObject ?? batchObject)(batch, showing),
  answersUnrun: false,
  // Azure runs a batch until it is done or cancelled; 24 h is only a target (Azure guide, Global Batch).
  expiresOnTime: (batch) => profileOf(batch) !== 'azure',
  resultFileId: (batch, part) => derivedFileId(profileOf(batch), `${batch.id}/${part}`),
  resultFileExpiresAtMs: (batch, createdAtMs) =>
    createdAtMs + (detailsOf(batch).outputExpiresSeconds ?? batchFileLifeSeconds) * 1000,
  keepsEmptyFile,
}

function readLine(state: State, batch: BatchRecord, text: string, index: number): RequestLine | null {
  const request = parseJson(text)
  if (!isObject(request) || !isObject(request['body'])) return null
  const { body } = request
  const profile = profileOf(batch)
  const endpoint = plainEndpoint(detailsOf(batch).endpoint)
  const named = textIn(body, 'model')
  const model = batchModel(named, { profile, deployments: state.deployments(), endpoint }) ?? null
  return {
    batch,
    index,
    customId: textIn(request, 'custom_id'),
    body,
    model,
    failed: serverError,
    withMessage,
    inStandardTier: (answer) => inStandardTier(profile, answer),
    run: (asked, { hash, failOnce, createdAtMs, knownTokens }) =>
      model === null
        ? serverError()
        : runRequest(endpoint, asked, {
            profile,
            model,
            requestedModel: named,
            digest: hash,
            createdAtSeconds: Math.floor(createdAtMs / 1000),
            failOnce,
            knownTokens,
          }),
    costPicoUsd: (usage) => (model === null ? 0 : lineCostPicoUsd(model, usage, 'batch')),
  }
}

/** Groq calls the tier of real time `on_demand` (groq-sdk 1.6); the others say in a batch what they say anyway. */
function inStandardTier(profile: Profile, answer: JsonObject): JsonObject {
  return profile === 'groq' ? { ...answer, service_tier: 'on_demand' } : answer
}

/** Azure lines have no id of their own and UUIDs as request ids (Azure guide, Global Batch). */
function result({ batch, index, customId }: LineAt, executed: Executed): ResultLine {
  const azure = profileOf(batch) === 'azure'
  const digest = lineDigest(batch.id, index)
  const line = {
    ...(azure ? {} : { id: `batch_req_${digest.slice(0, 32)}` }),
    custom_id: customId,
    response: {
      status_code: executed.status,
      request_id: azure ? uuidFrom(digest) : digest.slice(8, 40),
      body: executed.status === 200 ? answerOf(profileOf(batch), executed.body, 'batch') : executed.body,
    },
    error: null,
  }
  return { part: executed.status === 200 ? 'output' : 'error', line }
}

/** OpenAI guide, Batch API: the line of a request that the window closed on. */
const skippedErrors: Readonly<Record<Skipped, { readonly code: string; readonly message: string }>> = {
  expired: {
    code: 'batch_expired',
    message: 'This request could not be executed before the completion window expired.',
  },
  cancelled: {
    code: 'batch_cancelled',
    message: 'This request was not executed because the batch was cancelled.',
  },
}

function skipped(batch: BatchRecord, index: number, customId: string, reason: Skipped): ResultLine {
  const id = `batch_req_${lineDigest(batch.id, index).slice(0, 32)}`
  const line = {
    ...(profileOf(batch) === 'azure' ? {} : { id }),
    custom_id: customId,
    response: null,
    error: skippedErrors[reason],
  }
  return { part: 'error', line }
}

/** OpenAI leaves an empty file out; Azure has both always, of 0 bytes if need be (Azure guide, Global Batch). */
function keepsEmptyFile(batch: BatchRecord, part: ResultPart): boolean {
  if (profileOf(batch) === 'azure') return true
  if (batch.status === 'failed') return scenarioOf(batch, 'failed-with-files') !== undefined
  return part === 'error' && scenarioOf(batch, 'empty-error-file') !== undefined
}
