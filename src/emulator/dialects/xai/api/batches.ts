import { randomUUID } from 'node:crypto'
import { link } from 'node:fs/promises'
import { isBlank, readLines } from '../../../core/batch/lines.ts'
import { isListed, newBatch } from '../../../core/batch/new-batch.ts'
import { countsOf } from '../../../core/batch/show-batch.ts'
import { Refusal, badRequest } from '../../../core/errors.ts'
import { parseBody } from '../../../core/http/body.ts'
import { isVisible } from '../../../core/http/call.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { visibleFile } from '../../../core/http/stored-file.ts'
import { type JsonObject, textIn } from '../../../core/json.ts'
import { type BatchRecord, isTerminal, scenarioOf } from '../../../core/records.ts'
import { containerDetails, isContainer, isPart, partsOf, sealedDetails } from '../batches/parts.ts'
import { batchObject } from '../batches/view.ts'
import type { XaiCall } from '../call.ts'
import { readLimit, readToken, writeToken } from './page.ts'

/** Seen live: 30 days. That most batches take less than 24 hours is no limit. */
const windowSeconds = 2_592_000

/** `{name}` makes a container, `{name, input_file_id}` a batch that nothing can be added to. */
export async function createBatch(call: XaiCall): Promise<Reply> {
  const { state, lifecycle } = call
  const body = parseBody(call.body)
  const name = textIn(body, 'name')
  if (name === '') throw badRequest('name: a batch needs a name.')
  const fileId = body['input_file_id']
  const file = typeof fileId === 'string' && fileId !== '' ? await visibleFile(call, fileId) : null
  if (typeof fileId === 'string' && fileId !== '' && !file)
    throw new Refusal(404, { message: `File ${fileId} was not found.` })
  const batch = newBatch(call, {
    id: `batch_${randomUUID()}`,
    details: file ? sealedDetails(name, file.id) : containerDetails(name),
    metadata: null,
    model: null,
    total: file ? await countLines(state.filePath(file.id)) : 0,
    windowSeconds,
  })
  if (!file) {
    // It runs nothing itself, so that it stands as it is until its time is over.
    await state.putBatch({ ...batch, status: 'completed' })
    return jsonReply(200, shown(call, batch))
  }
  await link(state.filePath(file.id), state.snapshotPath(batch.id))
  await state.putBatch(batch)
  lifecycle.start(batch.id)
  return jsonReply(200, shown(call, batch))
}

/** So that a batch that is cancelled before its file was looked at has what it had. */
async function countLines(path: string): Promise<number> {
  let count = 0
  for await (const lines of readLines(path)) for (const line of lines) if (!isBlank(line)) count += 1
  return count
}

export function shown(call: XaiCall, batch: BatchRecord): JsonObject {
  const { state, lifecycle } = call
  const parts = partsOf(state, batch).map((part) => ({ part, counts: countsOf(state, lifecycle, part) }))
  return batchObject(batch, parts, { polls: state.observed.polls(batch.id), skewMs: state.skewMs() })
}

/** A batch; throws a 404 for what is not there, for parts of others, and for what the service has forgotten. */
export function requireBatch(call: XaiCall): BatchRecord {
  const batch = call.state.batches.get(call.id)
  if (batch && !isPart(batch) && isVisible(call, batch) && !isForgotten(call, batch)) return batch
  throw new Refusal(404, { message: `Batch ${call.id} was not found.` })
}

function isForgotten({ state }: XaiCall, batch: BatchRecord): boolean {
  if (scenarioOf(batch, 'gone') === undefined) return false
  const parts = partsOf(state, batch)
  return parts.length > 0 && parts.every(({ status }) => isTerminal(status))
}

export function retrieveBatch(call: XaiCall): Reply {
  const batch = requireBatch(call)
  call.state.observed.countPoll(batch)
  return jsonReply(200, shown(call, batch))
}

/** Newest first. */
export function listBatches(call: XaiCall): Reply {
  const limit = readLimit(call.query)
  const [start = 0] = readToken(call.query, 1)
  const all = [...call.state.batches.values()].filter(
    (batch) => isVisible(call, batch) && !isPart(batch) && isListed(call, batch),
  )
  // Counted from the oldest, so that a batch that is made in between moves no page.
  const end = start === 0 ? all.length : Math.min(start, all.length)
  const first = Math.max(0, end - limit)
  const batches = all
    .slice(first, end)
    .toReversed()
    .map((batch) => shown(call, batch))
  return jsonReply(200, { batches, pagination_token: first === 0 ? null : writeToken(first) })
}

/** A batch after the order to cancel it; one that has ended stays as it is. */
export async function cancelBatch(call: XaiCall): Promise<Reply> {
  const { state, lifecycle } = call
  const batch = requireBatch(call)
  const live = partsOf(state, batch).filter(
    ({ status }) => status === 'validating' || status === 'in_progress',
  )
  if (scenarioOf(batch, 'cancel-race')) {
    for (const part of live) await lifecycle.finishNow(part.id)
    throw badRequest(`Batch ${batch.id} has no pending requests.`)
  }
  if (isContainer(batch) && batch.details['cancelledAtMs'] === undefined) {
    const cancelledAtMs = state.clock.nowMs()
    await state.putBatch({ ...batch, details: { ...batch.details, cancelledAtMs } })
  }
  for (const part of live) await lifecycle.cancel(part.id)
  return jsonReply(200, shown(call, state.batches.get(batch.id) ?? batch))
}
