import { writeFile } from 'node:fs/promises'
import { isBlank, readLines } from '../../../core/batch/lines.ts'
import { privateFile } from '../../../core/disk.ts'
import { Refusal, badRequest } from '../../../core/errors.ts'
import { parseBody } from '../../../core/http/body.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { isArray } from '../../../core/json.ts'
import type { BatchRecord } from '../../../core/records.ts'
import type { State } from '../../../core/state.ts'
import { fromElement, readRequest } from '../batches/lines.ts'
import { isContainer, newPart, partsOf } from '../batches/parts.ts'
import type { XaiCall } from '../call.ts'
import { requireBatch } from './batches.ts'

/** xAI document, Batch API, "Limitations": a payload of 25 MB. */
const maxPayloadBytes = 25 * 1024 * 1024

/** The same place: 100 calls in any 30 seconds, over all batches of a team; the wording is our own. */
const maxCalls = 100
const callWindowMs = 30_000
const recentCalls = new WeakMap<State, number[]>()

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

/** Ids of each container, so that they are read from the disk once. */
const knownIds = new WeakMap<State, Map<string, Promise<Set<string>>>>()

/** `{batch_requests: [{batch_request_id, batch_request: {chat_get_completion}}]}`; they begin to run at once. */
export async function addRequests(call: XaiCall): Promise<Reply> {
  const { state, lifecycle } = call
  const batch = requireBatch(call)
  refuseClosed(call, batch)
  refuseAboveRate(state)
  if (Buffer.byteLength(call.body) > maxPayloadBytes)
    throw new Refusal(413, { message: `The payload is larger than ${maxPayloadBytes} bytes.` })
  const elements = parseBody(call.body)['batch_requests']
  if (!isArray(elements) || elements.length === 0)
    throw badRequest('batch_requests: must be a list with at least one request.')
  const taken = await idsOf(state, batch)
  const added = new Set<string>()
  for (const [index, element] of elements.entries()) {
    const request = fromElement(element)
    if (typeof request === 'string') throw badRequest(`batch_requests[${index}] ${request}`)
    // That an id is refused when it comes again is inferred: ids are said to be unique within a batch.
    if (taken.has(request.id) || added.has(request.id))
      throw badRequest(`batch_requests[${index}] repeats the batch_request_id '${request.id}'.`)
    added.add(request.id)
  }
  for (const id of added) taken.add(id)
  const part = newPart(batch, `${batch.id}_${taken.size}`, elements.length, state.clock.nowMs())
  await writeFile(
    state.snapshotPath(part.id),
    elements.map((element) => `${JSON.stringify(element)}\n`).join(''),
    { flush: true, mode: privateFile },
  )
  await state.putBatch(part)
  lifecycle.start(part.id)
  return jsonReply(200, {})
}

function refuseClosed({ state }: XaiCall, batch: BatchRecord): void {
  if (!isContainer(batch)) throw badRequest(`Batch ${batch.id} was made from a file: nothing can be added.`)
  if (batch.details['cancelledAtMs'] !== undefined) throw badRequest(`Batch ${batch.id} was cancelled.`)
  if (state.clock.nowMs() >= batch.expiresAtMs) throw badRequest(`Batch ${batch.id} has expired.`)
}

function idsOf(state: State, batch: BatchRecord): Promise<Set<string>> {
  const known = knownIds.get(state) ?? new Map<string, Promise<Set<string>>>()
  knownIds.set(state, known)
  const ids = known.get(batch.id) ?? readIds(state, batch)
  known.set(batch.id, ids)
  return ids
}

async function readIds(state: State, batch: BatchRecord): Promise<Set<string>> {
  const ids = new Set<string>()
  for (const part of partsOf(state, batch))
    for await (const lines of readLines(state.snapshotPath(part.id)))
      for (const line of lines) {
        const request = isBlank(line) ? '' : readRequest(line.text)
        if (typeof request !== 'string') ids.add(request.id)
      }
  return ids
}
