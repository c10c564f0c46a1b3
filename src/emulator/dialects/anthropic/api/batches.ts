import { rename, rm } from 'node:fs/promises'
import { isGone, isListed, newBatch } from '../../../core/batch/new-batch.ts'
import { showBatch } from '../../../core/batch/show-batch.ts'
import { Refusal, badRequest } from '../../../core/errors.ts'
import { isVisible, originOf } from '../../../core/http/call.ts'
import { downloadReply } from '../../../core/http/download.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { dropFile, visibleFile } from '../../../core/http/stored-file.ts'
import type { JsonObject } from '../../../core/json.ts'
import { type BatchRecord, isTerminal, numberOption, scenarioOf } from '../../../core/records.ts'
import { anthropicBatches } from '../batch/rules.ts'
import { deleted, isDeleted } from '../details.ts'
import { newBatchId } from '../ids.ts'
import type { AnthropicCall } from './call.ts'
import { pageReply } from './page.ts'
import { receiveBatch } from './receive-batch.ts'

/** A batch expires a day after it was made (Anthropic document, Batch processing). */
const windowSeconds = 86_400

export async function createBatch(call: AnthropicCall): Promise<Reply> {
  const { state, lifecycle } = call
  const id = newBatchId()
  const temporary = state.temporaryPath(id)
  try {
    const total = await receiveBatch(call.request, temporary)
    await rename(temporary, state.snapshotPath(id))
    const batch = newBatch(call, { id, details: {}, metadata: null, model: null, total, windowSeconds })
    await state.putBatch(batch)
    lifecycle.start(id)
    return jsonReply(200, shown(call, batch))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function shown(call: AnthropicCall, batch: BatchRecord): JsonObject {
  const { state, lifecycle } = call
  return showBatch(anthropicBatches, batch, {
    state,
    lifecycle,
    origin: originOf(call),
    skewMs: state.skewMs(),
  })
}

function requireBatch(call: AnthropicCall): BatchRecord {
  const batch = call.state.batches.get(call.id)
  if (!batch || isDeleted(batch) || isGone(batch) || !isVisible(call, batch)) throw notFound(call.id)
  return batch
}

function notFound(id: string): Refusal {
  return new Refusal(404, { message: `Message batch '${id}' not found.` })
}

/** A batch that has only just been made may be answered 404 for a while. */
function requireVisibleBatch(call: AnthropicCall): BatchRecord {
  const batch = requireBatch(call)
  const late = scenarioOf(batch, 'anthropic-404-after-create')
  const ageMs = call.state.clock.nowMs() - batch.createdAtMs
  if (late && ageMs < numberOption(late, 'seconds') * 1000) throw notFound(call.id)
  return batch
}

export function retrieveBatch(call: AnthropicCall): Reply {
  const batch = requireVisibleBatch(call)
  call.state.observed.countPoll(batch)
  return jsonReply(200, shown(call, batch))
}

export function listBatches(call: AnthropicCall): Reply {
  const batches = [...call.state.batches.values()]
    .filter((batch) => isVisible(call, batch) && !isDeleted(batch) && isListed(call, batch))
    .toReversed()
  return pageReply(call.query, batches, (batch) => shown(call, batch))
}

/** JSON lines, in any order. What is answered before the end, and after the results were put away, is not known. */
export async function batchResults(call: AnthropicCall): Promise<Reply> {
  const batch = requireVisibleBatch(call)
  if (!isTerminal(batch.status))
    throw new Refusal(404, { message: `Message batch '${call.id}' has no results yet.` })
  const file = await visibleFile(call, batch.settlement?.outputFileId ?? '')
  if (!file) throw new Refusal(404, { message: `The results of message batch '${call.id}' are archived.` })
  return downloadReply(call, file, 'application/x-jsonl')
}

export async function cancelBatch(call: AnthropicCall): Promise<Reply> {
  const { lifecycle } = call
  const batch = requireBatch(call)
  const { status } = batch
  if (scenarioOf(batch, 'cancel-race') && !isTerminal(status)) {
    await lifecycle.finishNow(batch.id)
    throw cannotCancel(batch.id)
  }
  if (isTerminal(status)) throw cannotCancel(batch.id)
  const live = status === 'validating' || status === 'in_progress'
  return jsonReply(200, shown(call, live ? await lifecycle.cancel(batch.id) : batch))
}

/** Batches can be cancelled at any time before they have ended; the wording is our own. */
function cannotCancel(id: string): Refusal {
  return badRequest(`Message batch '${id}' has ended and cannot be canceled.`)
}

/** Only a batch that has ended can be deleted. */
export async function deleteBatch(call: AnthropicCall): Promise<Reply> {
  const { state } = call
  const batch = requireBatch(call)
  if (!isTerminal(batch.status))
    throw badRequest(`Message batch '${batch.id}' is still processing. Cancel it before you delete it.`)
  await state.putBatch(deleted(batch))
  const file = batch.settlement?.outputFileId ?? ''
  if (state.files.has(file)) await dropFile(state, file)
  return jsonReply(200, { id: batch.id, type: 'message_batch_deleted' })
}
