import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { privateFile } from '../../../core/disk.ts'
import { Refusal, badRequest } from '../../../core/errors.ts'
import { parseBody } from '../../../core/http/body.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { type Json, isArray, textIn } from '../../../core/json.ts'
import type { BatchRecord } from '../../../core/records.ts'
import type { State } from '../../../core/state.ts'
import { type BatchRequest, fromElement } from '../batches/lines.ts'
import { isContainer, newPart } from '../batches/parts.ts'
import { type RequestIds, digestOf, requestIdsOf } from '../batches/request-ids.ts'
import type { XaiCall } from '../call.ts'
import { batchModelProblem } from '../models.ts'
import { requireBatch } from './batches.ts'

/** xAI document, Batch API, "Limitations": 25 MB for each request; 1,000 calls in any 30 seconds for a team. */
const maxRequestBytes = 25 * 1024 * 1024
const maxCalls = 1000
const callWindowMs = 30_000

/**
 * `{batch_requests: [{batch_request_id?, batch_request: {chat_get_completion}}]}`: all of them or none. They begin to run
 * at once. What is there already, and asks the same, is passed over.
 */
export async function addRequests(call: XaiCall): Promise<Reply> {
  const { state, lifecycle } = call
  const batch = requireBatch(call)
  refuseClosed(call, batch)
  refuseAboveRate(state)
  const elements = parseBody(call.body)['batch_requests']
  if (!isArray(elements) || elements.length === 0)
    throw badRequest('batch_requests: must be a list with at least one request.')
  const ids = await requestIdsOf(state, batch)
  const added = newRequests(elements.map(readElement), ids)
  if (added.length === 0) return jsonReply(200, {})
  const part = newPart(batch, `${batch.id}_${ids.size}`, added.length, state.clock.nowMs())
  await writeFile(state.snapshotPath(part.id), added.map(lineOf).join(''), { flush: true, mode: privateFile })
  await state.putBatch(part)
  lifecycle.start(part.id)
  return jsonReply(200, {})
}

function readElement(element: Json, index: number): BatchRequest {
  const request = fromElement(element)
  if (typeof request === 'string') throw badRequest(`batch_requests[${index}] ${request}`)
  const problem = batchModelProblem(textIn(request.body, 'model'))
  if (problem !== null) throw badRequest(problem)
  if (JSON.stringify(request.body).length > maxRequestBytes)
    throw badRequest(`batch_requests[${index}] is larger than ${maxRequestBytes} bytes.`)
  // "If you don't provide an ID, we generate a UUID for you", in this form.
  return request.id === '' ? { ...request, id: `batch_request_${randomUUID()}` } : request
}

/** Takes note of them. Throws a 412 for an id that is there with another content, before any is noted. */
function newRequests(requests: readonly BatchRequest[], ids: RequestIds): readonly BatchRequest[] {
  const added = new Map<string, BatchRequest>()
  for (const request of requests) {
    const twin = added.get(request.id)
    const given = twin ? digestOf(twin) : ids.get(request.id)
    if (given !== undefined && given !== digestOf(request))
      throw new Refusal(412, {
        message: `batch_request_id '${request.id}' content differs from originally submitted`,
      })
    if (given === undefined) added.set(request.id, request)
  }
  for (const request of added.values()) ids.set(request.id, digestOf(request))
  return [...added.values()]
}

function lineOf({ id, body }: BatchRequest): string {
  return `${JSON.stringify({ batch_request_id: id, batch_request: { chat_get_completion: body } })}\n`
}

/** The statuses as they were seen; the wording of the last two is our own. */
function refuseClosed({ state }: XaiCall, batch: BatchRecord): void {
  if (!isContainer(batch))
    throw new Refusal(412, { message: 'Cannot add inline requests to a file-based batch' })
  if (batch.details['cancelledAtMs'] !== undefined)
    throw new Refusal(403, { message: `Batch ${batch.id} was cancelled.` })
  if (state.clock.nowMs() >= batch.expiresAtMs)
    throw new Refusal(403, { message: `Batch ${batch.id} has expired.` })
}

const recentCalls = new WeakMap<State, number[]>()

/** The wording is our own. */
function refuseAboveRate(state: State): void {
  const nowMs = state.clock.nowMs()
  const recent = (recentCalls.get(state) ?? []).filter((atMs) => atMs > nowMs - callWindowMs)
  recentCalls.set(state, recent)
  if (recent.length >= maxCalls)
    throw new Refusal(
      429,
      { message: `Too many calls that add requests: at most ${maxCalls} in 30 seconds.` },
      { 'retry-after': '30' },
    )
  recent.push(nowMs)
}
