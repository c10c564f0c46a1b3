import type { Executed } from '../../../core/batch/executed.ts'
import type { BatchRules, RequestLine, ResultLine, Skipped } from '../../../core/dialect.ts'
import { lineDigest } from '../../../core/ids.ts'
import { type JsonObject, isObject, parseJson, textIn } from '../../../core/json.ts'
import type { BatchRecord } from '../../../core/records.ts'
import type { LineAt } from '../../../core/scenarios/line-play.ts'
import type { State } from '../../../core/state.ts'
import { batchObject } from '../api/view.ts'
import { archivedAtMs } from '../details.ts'
import { failed } from '../../../families/claude/errors.ts'
import { derivedId } from '../../../families/claude/ids.ts'
import { runMessage } from '../../../families/claude/message.ts'
import { withMessage } from '../../../families/claude/prompt.ts'
import { costPicoUsd, findModel } from '../../../families/claude/models.ts'

/** How Anthropic carries out a batch: all results in one file, with a line for every request. */
export const anthropicBatches: BatchRules = {
  // The call that made the batch has looked at the shape of each request; what is asked is looked at when it runs.
  check: async (_state, { total }) => ({ errors: [], model: null, total, tokens: 0, lineTokens: [] }),
  quotaError: () => null,
  lateFailure: () => null,
  readLine,
  result,
  skipped,
  show: batchObject,
  answersUnrun: true,
  expiresOnTime: () => true,
  resultFileId: (batch, part) => derivedId('results', `${batch.id}/${part}`),
  resultFileExpiresAtMs: archivedAtMs,
  keepsEmptyFile: (batch, part) => part === 'output' && batch.status !== 'failed',
}

function readLine(state: State, batch: BatchRecord, text: string, index: number): RequestLine | null {
  const request = parseJson(text)
  if (!isObject(request) || !isObject(request['params'])) return null
  const body = request['params']
  const model = findModel(textIn(body, 'model')) ?? null
  const cache = cacheOf(state, batch.id)
  return {
    batch,
    index,
    customId: textIn(request, 'custom_id'),
    body,
    model,
    failed,
    withMessage,
    inStandardTier,
    run: (asked, { hash, failOnce }) =>
      runMessage(asked, {
        tier: 'batch',
        digest: hash,
        failOnce,
        isCached: (digest) => cache.isCached(digest, index),
      }),
    costPicoUsd: (usage) => (model === null ? 0 : costPicoUsd(model, usage, 'batch')),
  }
}

function inStandardTier(message: JsonObject): JsonObject {
  const { usage } = message
  return { ...message, usage: { ...(isObject(usage) ? usage : {}), service_tier: 'standard' } }
}

function result({ batch, index, customId }: LineAt, executed: Executed): ResultLine {
  const answer =
    executed.status === 200
      ? { type: 'succeeded', message: executed.body }
      : {
          type: 'errored',
          error: {
            type: 'error',
            error: executed.body,
            request_id: derivedId('req', lineDigest(batch.id, index)),
          },
        }
  return { part: 'output', line: { custom_id: customId, result: answer } }
}

const skippedTypes: Readonly<Record<Skipped, string>> = { expired: 'expired', cancelled: 'canceled' }

function skipped(_batch: BatchRecord, _index: number, customId: string, reason: Skipped): ResultLine {
  return { part: 'output', line: { custom_id: customId, result: { type: skippedTypes[reason] } } }
}

/** Which request of a batch has written a beginning to the cache; those behind it read it. */
export interface PromptCache {
  isCached(digest: string, index: number): boolean
}

const caches = new WeakMap<State, Map<string, number>>()

/** By the place of the request, so that a batch that runs again after a crash is billed the same. */
export function cacheOf(state: State, batchId: string): PromptCache {
  const writers = caches.get(state) ?? new Map<string, number>()
  caches.set(state, writers)
  return {
    isCached: (digest, index) => {
      const key = `${batchId}/${digest}`
      const writer = writers.get(key)
      if (writer !== undefined && writer < index) return true
      writers.set(key, index)
      return false
    },
  }
}
