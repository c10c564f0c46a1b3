import { link } from 'node:fs/promises'
import { isGone, isListed, newBatch } from '../../../core/batch/new-batch.ts'
import { showBatch } from '../../../core/batch/show-batch.ts'
import { Refusal, badRequest } from '../../../core/errors.ts'
import { isVisible, originOf } from '../../../core/http/call.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { visibleFile } from '../../../core/http/stored-file.ts'
import type { JsonObject } from '../../../core/json.ts'
import { type BatchRecord, isTerminal, scenarioOf } from '../../../core/records.ts'
import { openaiBatches } from '../batch/rules.ts'
import { countFile, tokenLimitError } from '../batch/token-limit.ts'
import type { OpenAiCall } from '../call.ts'
import { newBatchId } from '../ids.ts'
import { serviceOf } from '../services/services.ts'
import { readNewBatch } from './batch-request.ts'
import { listReply, pageOf, readPage } from './page.ts'

/** OpenAI document, listBatches: 1 to 100, 20 by default. */
const defaultListLimit = 20
const maxListLimit = 100
const hourMs = 3_600_000

export async function createBatch(call: OpenAiCall, body: unknown): Promise<Reply> {
  const { state, profile } = call
  const service = serviceOf(profile)
  const wanted = readNewBatch(body, service)
  const file = await visibleFile(call, wanted.inputFileId)
  if (!file) throw fileNotFound(wanted.inputFileId)
  const nowMs = state.clock.nowMs()
  if (nowMs < file.processedAtMs) {
    throw badRequest(
      `The input file '${file.id}' is in 'pending' state. Only files with status 'Processed' are accepted for batch inferencing.`,
      'input_file_id',
      'invalidPayload',
    )
  }
  refuseAboveRate(call, nowMs)
  const refusal = state.faults.refusalOfNextBatch(profile)?.name
  if (refusal === 'file-not-visible') throw fileNotFound(wanted.inputFileId)
  await refuseAboveTokenLimit(call, file.id, refusal === 'token-limit-sync')

  const { metadata, windowSeconds, ...details } = wanted
  const batch = newBatch(call, {
    id: newBatchId(profile, nowMs + state.skewMs()),
    createdAtMs: nowMs,
    details: { ...details, inputBytes: file.bytes },
    metadata,
    model: null,
    total: 0,
    windowSeconds,
  })
  // The batch works on its own copy: deleting the input file later changes nothing.
  await link(state.filePath(file.id), state.snapshotPath(batch.id))
  await state.putBatch(batch)
  call.lifecycle.start(batch.id)
  const made = shown(call, batch)
  return jsonReply(200, service.created?.(made) ?? made)
}

function shown(call: OpenAiCall, batch: BatchRecord): JsonObject {
  const { state, lifecycle } = call
  return showBatch(openaiBatches, batch, { state, lifecycle, origin: originOf(call), skewMs: state.skewMs() })
}

/** Also seen for a file that was uploaded a moment ago. */
function fileNotFound(fileId: string): Refusal {
  return badRequest(
    `Cannot find file ${fileId}, or project proj_offpeak_emulator does not have access to it.`,
    'file_id',
  )
}

function refuseAboveRate(call: OpenAiCall, nowMs: number): void {
  const { state, profile } = call
  const limit = state.settings.batchesPerHour
  let recent = 0
  for (const batch of state.batches.values()) {
    if (batch.profile === profile && batch.createdAtMs > nowMs - hourMs) recent += 1
  }
  if (recent < limit) return
  throw new Refusal(
    429,
    {
      message: `Rate limit reached for batch creation: at most ${limit} batches per hour.`,
      type: 'requests',
      code: 'rate_limit_exceeded',
    },
    { 'retry-after': '60' },
  )
}

/** Azure's fail-fast regions count before they answer. */
async function refuseAboveTokenLimit(call: OpenAiCall, fileId: string, forced: boolean): Promise<void> {
  const { state, profile } = call
  if (!forced && state.settings.enqueuedTokenRefusal !== 'sync') return
  const counted = await countFile(state, state.filePath(fileId))
  const error = tokenLimitError(state, profile, counted.model, counted.tokens, forced)
  if (error) throw new Refusal(400, { message: error.message, param: null, code: error.code })
}

export function requireBatch(call: OpenAiCall): BatchRecord {
  const batch = call.state.batches.get(call.id)
  if (!batch || isGone(batch) || !isVisible(call, batch)) {
    throw new Refusal(404, { message: `No batch found with id '${call.id}'.` })
  }
  return batch
}

export function retrieveBatch(call: OpenAiCall): Reply {
  const batch = requireBatch(call)
  call.state.observed.countPoll(batch)
  return jsonReply(200, shown(call, batch))
}

export function listBatches(call: OpenAiCall): Reply {
  const { state, query } = call
  const batches = [...state.batches.values()]
    .filter((batch) => isVisible(call, batch) && isListed(call, batch))
    .toReversed()
  const { list } = serviceOf(call.profile)
  if (list)
    return jsonReply(
      200,
      list(
        'batches',
        batches.map((batch) => shown(call, batch)),
      ),
    )
  const page = readPage(query, defaultListLimit, maxListLimit)
  return listReply(call, pageOf(batches, page), (batch) => shown(call, batch))
}

export async function cancelBatch(call: OpenAiCall): Promise<Reply> {
  const batch = requireBatch(call)
  if (scenarioOf(batch, 'cancel-race') && !isTerminal(batch.status)) {
    await call.lifecycle.finishNow(batch.id)
    throw cannotCancel('completed')
  }
  switch (batch.status) {
    case 'completed':
    case 'failed':
    case 'expired':
    case 'finalizing':
      throw cannotCancel(batch.status)
    case 'cancelling':
    case 'cancelled':
      return jsonReply(200, shown(call, batch))
    case 'validating':
    case 'in_progress': {
      return jsonReply(200, shown(call, await call.lifecycle.cancel(batch.id)))
    }
    default:
      return batch.status satisfies never
  }
}

function cannotCancel(status: string): Refusal {
  return new Refusal(409, { message: `Cannot cancel a batch with status '${status}'.` })
}
