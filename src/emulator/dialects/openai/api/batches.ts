import { link } from 'node:fs/promises'
import { readNewBatch } from './batch-request.ts'
import { type Call, isVisible, listReply, pageOf, readPage } from '../../../core/http/call.ts'
import { Refusal, badRequest } from '../../../core/errors.ts'
import { visibleFile } from './files.ts'
import { newBatchId } from '../../../core/ids.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Lifecycle } from '../../../core/batch/lifecycle.ts'
import {
  type BatchRecord,
  type Scenario,
  isTerminal,
  numberOption,
  scenarioOf,
  textOption,
} from '../../../core/records.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { countFile, tokenLimitError } from '../batch/token-limit.ts'
import { batchObject } from './view.ts'

/** The only completion window (OpenAI document, createBatch). */
const completionWindowSeconds = 86_400
/** OpenAI document, listBatches: 1 to 100, 20 by default. */
const defaultListLimit = 20
const maxListLimit = 100
const hourMs = 3_600_000

export async function createBatch(call: Call, lifecycle: Lifecycle, body: unknown): Promise<Reply> {
  const { state, profile } = call
  const wanted = readNewBatch(body, profile)
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
  const refusal = state.faults.refusalOfNextBatch()?.name
  if (refusal === 'file-not-visible') throw fileNotFound(wanted.inputFileId)
  await refuseAboveTokenLimit(call, file.id, refusal === 'token-limit-sync')

  const scenarios = state.faults.scenariosForNextBatch()
  const isPlaying = (name: string): Scenario | undefined =>
    scenarios.find((scenario) => scenario.name === name)
  const early = isPlaying('expire-partial') ?? isPlaying('expire-all')
  const windowSeconds = early ? numberOption(early, 'windowSeconds') : completionWindowSeconds
  const lag = isPlaying('list-lag')
  const batch: BatchRecord = {
    id: newBatchId(profile, nowMs + state.skewMs()),
    profile,
    ...wanted,
    maker: call.maker,
    scenarios,
    listedAtRealMs: Date.now() + (lag ? numberOption(lag, 'ms') : state.settings.listLagMs),
    status: 'validating',
    createdAtMs: nowMs,
    expiresAtMs: nowMs + windowSeconds * 1000,
    times: {},
    model: null,
    total: 0,
    enqueuedTokens: 0,
    errors: null,
    settlement: null,
  }
  // The batch works on its own copy: deleting the input file later changes nothing.
  await link(state.filePath(file.id), state.snapshotPath(batch.id))
  await state.putBatch(batch)
  lifecycle.start(batch.id)
  return jsonReply(200, shown(call, lifecycle, batch))
}

function shown({ state }: Call, lifecycle: Lifecycle, batch: BatchRecord): JsonObject {
  const polls = state.observed.polls(batch.id)
  return batchObject(batch, { progress: lifecycle.progress(batch.id), polls, skewMs: state.skewMs() })
}

/** Also seen for a file that was uploaded a moment ago. */
function fileNotFound(fileId: string): Refusal {
  return badRequest(
    `Cannot find file ${fileId}, or project proj_offpeak_emulator does not have access to it.`,
    'file_id',
  )
}

function refuseAboveRate(call: Call, nowMs: number): void {
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
async function refuseAboveTokenLimit(call: Call, fileId: string, forced: boolean): Promise<void> {
  const { state, profile } = call
  if (!forced && state.settings.enqueuedTokenRefusal !== 'sync') return
  const counted = await countFile(state, state.filePath(fileId))
  const error = tokenLimitError(state, profile, counted.model, counted.tokens, forced)
  if (error) throw new Refusal(400, { message: error.message, param: null, code: error.code })
}

export function requireBatch(call: Call): BatchRecord {
  const batch = call.state.batches.get(call.route.id)
  const gone = batch && isTerminal(batch.status) && scenarioOf(batch, 'gone') !== undefined
  if (!batch || gone || !isVisible(call, batch)) {
    throw new Refusal(404, { message: `No batch found with id '${call.route.id}'.` })
  }
  return batch
}

export function retrieveBatch(call: Call, lifecycle: Lifecycle): Reply {
  const batch = requireBatch(call)
  call.state.observed.countPoll(batch)
  return jsonReply(200, shown(call, lifecycle, batch))
}

export function listBatches(call: Call, lifecycle: Lifecycle): Reply {
  const { state, query } = call
  const page = readPage(query, defaultListLimit, maxListLimit)
  const nowRealMs = Date.now()
  const batches = [...state.batches.values()]
    .filter((batch) => isVisible(call, batch) && batch.listedAtRealMs <= nowRealMs && !isHidden(call, batch))
    .toReversed()
  return listReply(call, pageOf(batches, page), (batch) => shown(call, lifecycle, batch))
}

/** A list that does not show what is there. */
function isHidden({ state, playing }: Call, batch: BatchRecord): boolean {
  const hidden = playing.get('hidden-list')
  if (hidden === undefined) return false
  const ageMs = state.clock.nowMs() - batch.createdAtMs
  return textOption(hidden, 'which') === 'all' || ageMs < numberOption(hidden, 'seconds') * 1000
}

export async function cancelBatch(call: Call, lifecycle: Lifecycle): Promise<Reply> {
  const batch = requireBatch(call)
  if (scenarioOf(batch, 'cancel-race') && !isTerminal(batch.status)) {
    await lifecycle.finishNow(batch.id)
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
      return jsonReply(200, shown(call, lifecycle, batch))
    case 'validating':
    case 'in_progress': {
      return jsonReply(200, shown(call, lifecycle, await lifecycle.cancel(batch.id)))
    }
    default:
      return batch.status satisfies never
  }
}

function cannotCancel(status: string): Refusal {
  return new Refusal(409, { message: `Cannot cancel a batch with status '${status}'.` })
}
