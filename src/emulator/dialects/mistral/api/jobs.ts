import { createReadStream, createWriteStream } from 'node:fs'
import { copyFile, stat, writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { isGone, isListed, newBatch } from '../../../core/batch/new-batch.ts'
import { showBatch } from '../../../core/batch/show-batch.ts'
import { privateFile } from '../../../core/disk.ts'
import { Refusal } from '../../../core/errors.ts'
import { isVisible, originOf } from '../../../core/http/call.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { dropFile } from '../../../core/http/stored-file.ts'
import { type JsonObject, textIn } from '../../../core/json.ts'
import { type BatchRecord, isTerminal, scenarioOf } from '../../../core/records.ts'
import { groupedErrors, outputsOf } from '../batch/read-results.ts'
import { mistralBatches } from '../batch/rules.ts'
import { deleted, detailsOf, isDeleted } from '../details.ts'
import { newId } from '../ids.ts'
import { readBody } from './body.ts'
import type { MistralCall } from './call.ts'
import { newFile, requireFile } from './files.ts'
import { chosenJobs } from './job-filter.ts'
import { type WantedJob, readWantedJob } from './new-job.ts'
import { pageOf } from './page.ts'

export async function createJob(call: MistralCall): Promise<Reply> {
  const { state, lifecycle } = call
  const wanted = readWantedJob(readBody(call.body))
  const id = newId()
  const inputFiles = await keepInput(call, wanted, state.snapshotPath(id))
  const batch = newBatch(call, {
    id,
    details: {
      endpoint: wanted.endpoint,
      inputFiles,
      inline: 'requests' in wanted.input,
      model: wanted.model,
    },
    metadata: wanted.metadata,
    model: wanted.model,
    total: 0,
    windowSeconds: wanted.timeoutHours * 3600,
  })
  await state.putBatch(batch)
  lifecycle.start(id)
  return jsonReply(200, shown(call, batch))
}

/** The job works on its own copy of its files; of requests in the call the service makes a file itself (recorded). */
async function keepInput(
  call: MistralCall,
  { input }: WantedJob,
  snapshot: string,
): Promise<readonly string[]> {
  const { state } = call
  if ('requests' in input) {
    const id = newId()
    const text = input.requests.map((request) => `${JSON.stringify(request)}\n`).join('')
    await writeFile(snapshot, text, { flush: true, mode: privateFile })
    await copyFile(snapshot, state.filePath(id))
    const { size } = await stat(snapshot)
    const filename = `${id}.jsonl`
    await state.putFile(
      newFile(call, { id, filename, bytes: size, purpose: 'batch', lines: input.requests.length }),
    )
    return [id]
  }
  for (const fileId of input.files) await requireFile(call, fileId)
  for (const fileId of input.files) {
    const to = createWriteStream(snapshot, { flags: 'a', flush: true, mode: privateFile })
    await pipeline(withLineEnd(state.filePath(fileId)), to)
  }
  return input.files
}

/** The bytes of a file, and the end of its last line where it has none. */
async function* withLineEnd(path: string): AsyncGenerator<Buffer> {
  let last = 0x0a
  for await (const chunk of createReadStream(path)) {
    if (!Buffer.isBuffer(chunk)) continue
    last = chunk.at(-1) ?? last
    yield chunk
  }
  if (last !== 0x0a) yield Buffer.from('\n')
}

function shown(call: MistralCall, batch: BatchRecord): JsonObject {
  const { state, lifecycle } = call
  return showBatch(mistralBatches, batch, {
    state,
    lifecycle,
    origin: originOf(call),
    skewMs: state.skewMs(),
  })
}

function requireJob(call: MistralCall): BatchRecord {
  const batch = call.state.batches.get(call.id)
  if (!batch || isDeleted(batch) || isGone(batch) || !isVisible(call, batch))
    throw new Refusal(404, { message: `Batch job ${call.id} not found.` })
  return batch
}

/** A job; outputs are shown where requests came in the call (recorded), or where they are asked for. */
export async function retrieveJob(call: MistralCall): Promise<Reply> {
  const { state, query } = call
  const batch = requireJob(call)
  state.observed.countPoll(batch)
  const job = await withErrors(call, batch)
  const asked = detailsOf(batch).inline || query.get('inline') === 'true'
  const outputs = asked ? await outputsOf(state, textIn(job, 'output_file') || null) : null
  return jsonReply(200, { ...job, outputs })
}

async function withErrors(call: MistralCall, batch: BatchRecord): Promise<JsonObject> {
  const job = shown(call, batch)
  return isTerminal(batch.status) ? { ...job, errors: await groupedErrors(call.state, batch) } : job
}

export async function listJobs(call: MistralCall): Promise<Reply> {
  const visible = [...call.state.batches.values()].filter(
    (batch) => isVisible(call, batch) && !isDeleted(batch) && isListed(call, batch),
  )
  const chosen = chosenJobs(call, visible)
  const data: JsonObject[] = []
  for (const batch of pageOf(call.query, chosen)) data.push(await withErrors(call, batch))
  return jsonReply(200, { data, object: 'list', total: chosen.length })
}

export async function cancelJob(call: MistralCall): Promise<Reply> {
  const { lifecycle } = call
  const batch = requireJob(call)
  const { status } = batch
  const races = scenarioOf(batch, 'cancel-race') !== undefined && !isTerminal(status)
  if (races) await lifecycle.finishNow(batch.id)
  // The wording is our own.
  if (races || isTerminal(status))
    throw new Refusal(409, { message: `Batch job ${batch.id} has ended and cannot be cancelled.` })
  const live = status === 'validating' || status === 'in_progress'
  return jsonReply(200, shown(call, live ? await lifecycle.cancel(batch.id) : batch))
}

/** Only a job that has ended, as far as is known; its results go with it, its input stays. */
export async function deleteJob(call: MistralCall): Promise<Reply> {
  const { state } = call
  const batch = requireJob(call)
  if (!isTerminal(batch.status))
    throw new Refusal(409, { message: `Batch job ${batch.id} is running. Cancel it before you delete it.` })
  await state.putBatch(deleted(batch))
  for (const id of [batch.settlement?.outputFileId, batch.settlement?.errorFileId])
    if (typeof id === 'string' && state.files.has(id)) await dropFile(state, id)
  return jsonReply(200, { id: batch.id, object: 'batch', deleted: true })
}
