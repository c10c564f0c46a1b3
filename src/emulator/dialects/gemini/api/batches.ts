import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { isGone, isListed, newBatch } from '../../../core/batch/new-batch.ts'
import { showBatch } from '../../../core/batch/show-batch.ts'
import { privateFile } from '../../../core/disk.ts'
import type { Refusal } from '../../../core/errors.ts'
import { isVisible, originOf } from '../../../core/http/call.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { type JsonObject, isObject, parseJson } from '../../../core/json.ts'
import { type BatchRecord, isTerminal, scenarioOf } from '../../../core/records.ts'
import { enqueuedLimit, enqueuedTokens } from '../../../core/state.ts'
import { countInput } from '../batch/check.ts'
import { geminiBatches } from '../batch/rules.ts'
import { deleted, detailsOf, isDeleted } from '../details.ts'
import { refuse } from '../errors.ts'
import { newBatchId } from '../ids.ts'
import { type GeminiCall, requireModel } from './call.ts'
import { requireFile } from './files.ts'
import { type WantedBatch, readWantedBatch } from './new-batch.ts'
import { pageReply } from './page.ts'
import { isInline, withAnswers } from './view.ts'

/** A batch that has not ended by then expires (Gemini document, Batch API). */
const windowSeconds = 48 * 3600
/** The same page: concurrent batches. */
const maxLiveBatches = 100

export async function createBatch(call: GeminiCall): Promise<Reply> {
  const { state, lifecycle } = call
  const task = call.verb === 'asyncBatchEmbedContent' ? 'embed' : 'generate'
  const model = requireModel(call, task === 'embed' ? 'embedding' : 'text')
  const wanted = readWantedBatch(call.body, task)
  const id = newBatchId()
  await keepInput(call, wanted, state.snapshotPath(id))
  try {
    const counted = await refuseAboveQuota(call, model.name, state.snapshotPath(id))
    const inline = 'requests' in wanted.input
    const batch: BatchRecord = {
      ...newBatch(call, {
        id,
        details: { task, input: inline ? 'inline' : 'file', displayName: wanted.displayName },
        metadata: null,
        model: model.name,
        // Lines of a file are counted later.
        total: 'requests' in wanted.input ? wanted.input.requests.length : 0,
        windowSeconds,
      }),
      enqueuedTokens: counted,
    }
    await state.putBatch(batch)
    lifecycle.start(id)
    return jsonReply(200, shown(call, batch))
  } catch (error) {
    await rm(state.snapshotPath(id), { force: true })
    throw error
  }
}

/** The batch works on its own copy, whatever becomes of the file. */
async function keepInput(call: GeminiCall, { input }: WantedBatch, path: string): Promise<void> {
  if ('requests' in input) {
    await writeFile(path, input.requests.map((request) => `${JSON.stringify(request)}\n`).join(''), {
      flush: true,
      mode: privateFile,
    })
    return
  }
  const file = await requireFile(call, input.fileId)
  await link(call.state.filePath(file.id), path)
}

/** Tokens of the model that are enqueued with it. Refuses what does not fit, in words that speak of billing. */
async function refuseAboveQuota(
  { state, profile }: GeminiCall,
  model: string,
  path: string,
): Promise<number> {
  const live = [...state.batches.values()].filter(
    (batch) => batch.profile === profile && !isTerminal(batch.status),
  )
  const refused = state.faults.refusalOfNextBatch(profile)?.name === 'gemini-429-after-upload'
  if (refused || live.length >= maxLiveBatches) throw quotaExceeded()
  const limit = enqueuedLimit(state, model)
  if (limit === Infinity) return 0
  const { tokens } = await countInput(state, path)
  if (enqueuedTokens(state, model) + tokens > limit) throw quotaExceeded()
  return tokens
}

/** As ten live runs of October 2026 saw it, whole upload and all (steadybatch findings, no. 7). */
function quotaExceeded(): Refusal {
  return refuse(
    'RESOURCE_EXHAUSTED',
    'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.',
  )
}

function shown(call: GeminiCall, batch: BatchRecord): JsonObject {
  const { state, lifecycle } = call
  return showBatch(geminiBatches, batch, {
    state,
    lifecycle,
    origin: originOf(call),
    skewMs: state.skewMs(),
  })
}

function requireBatch(call: GeminiCall): BatchRecord {
  const batch = call.state.batches.get(call.id)
  if (!batch || isDeleted(batch) || isGone(batch) || !isVisible(call, batch))
    throw refuse('NOT_FOUND', 'Requested entity was not found.')
  return batch
}

/** A batch; where its answers are not in a file, they are in the operation itself, once it is done. */
export async function retrieveBatch(call: GeminiCall): Promise<Reply> {
  const batch = requireBatch(call)
  call.state.observed.countPoll(batch)
  const operation = shown(call, batch)
  if (!isInline(operation)) return jsonReply(200, operation)
  return jsonReply(200, withAnswers(operation, await inlineAnswers(call, batch)))
}

/** The answers as they stand in a batch: the key of a line of a file is in the metadata there. */
async function inlineAnswers({ state }: GeminiCall, batch: BatchRecord): Promise<readonly JsonObject[]> {
  const fileId = batch.settlement?.outputFileId ?? ''
  const file = state.files.get(fileId)
  const kept = file !== undefined && file.expiresAtMs > state.clock.nowMs()
  if (batch.status !== 'completed' || !kept) return []
  const text = await readFile(state.filePath(fileId), 'utf8')
  const lines = text
    .split('\n')
    .map((line) => parseJson(line))
    .filter((line) => isObject(line))
  if (detailsOf(batch).input === 'inline') return lines
  return lines.map(({ key, ...rest }) => (key === undefined ? rest : { ...rest, metadata: { key } }))
}

/** Newest first, without the answers of inline requests. */
export function listBatches(call: GeminiCall): Reply {
  const batches = [...call.state.batches.values()]
    .filter((batch) => isVisible(call, batch) && !isDeleted(batch) && isListed(call, batch))
    .toReversed()
  return pageReply(call.query, 'operations', batches, (batch) => shown(call, batch))
}

/** An empty answer: whether it was in time, the next look at the batch shows. */
export async function cancelBatch(call: GeminiCall): Promise<Reply> {
  const { lifecycle } = call
  const batch = requireBatch(call)
  const { status } = batch
  if (scenarioOf(batch, 'cancel-race') && !isTerminal(status)) await lifecycle.finishNow(batch.id)
  else if (isTerminal(status))
    throw refuse('FAILED_PRECONDITION', `The batch batches/${batch.id} has ended and cannot be cancelled.`)
  else if (status === 'validating' || status === 'in_progress') await lifecycle.cancel(batch.id)
  return jsonReply(200, {})
}

/**
 * The deletion of a batch by whoever is not interested in it any more; it is not cancelled by that
 * (google.longrunning).
 */
export async function deleteBatch(call: GeminiCall): Promise<Reply> {
  const batch = requireBatch(call)
  await call.state.putBatch(deleted(batch))
  return jsonReply(200, {})
}
