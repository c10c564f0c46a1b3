import { randomBytes, randomUUID } from 'node:crypto'
import { linkSync } from 'node:fs'
import { newBatch } from '../../../core/batch/new-batch.ts'
import { badRequest } from '../../../core/errors.ts'
import { parseBody } from '../../../core/http/body.ts'
import { isVisible } from '../../../core/http/call.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import type { BatchRecord, FileRecord } from '../../../core/records.ts'
import { regionOf } from '../auth.ts'
import type { BedrockCall } from '../call.ts'
import { fileOf } from '../s3/objects.ts'
import { arnOf, detailsOf, isJobVisible } from './details.ts'
import { checkToken, readJobRequest } from './job-request.ts'

const idAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
const idLength = 12
const hourSeconds = 3600

/**
 * A new job, or the one that the same token has made, whatever else is asked then: "Amazon Bedrock ignores the request,
 * but does not return an error" (AWS SDK, CreateModelInvocationJob).
 */
export async function createJob(call: BedrockCall): Promise<Reply> {
  const { state, lifecycle } = call
  const body = parseBody(call.body)
  const token = checkToken(body['clientRequestToken'])
  const same = token === null ? undefined : jobOfToken(call, token)
  if (same) return jsonReply(200, { jobArn: arnOf(same) })
  const { timeoutHours, inputKey, ...asked } = readJobRequest(body)
  const input = inputOf(call, inputKey)
  const batch = newBatch(call, {
    id: newJobId(),
    details: {
      ...asked,
      inputKey: input.filename,
      timeoutHours,
      clientRequestToken: token ?? randomUUID(),
      region: regionOf(call.request.headers),
    },
    metadata: null,
    model: asked.modelId,
    total: 0,
    windowSeconds: timeoutHours * hourSeconds,
  })
  // Up to here nothing waits: of two calls with one token that come at once, the second finds the job of the first.
  linkSync(state.filePath(input.id), state.snapshotPath(batch.id))
  await state.putBatch(batch)
  lifecycle.start(batch.id)
  return jsonReply(200, { jobArn: arnOf(batch) })
}

function jobOfToken(call: BedrockCall, token: string): BatchRecord | undefined {
  for (const batch of call.state.batches.values())
    if (isJobVisible(call, batch) && detailsOf(batch).clientRequestToken === token) return batch
  return undefined
}

/** An object, or the one `.jsonl` object of a folder. The wording is our own. */
function inputOf(call: BedrockCall, key: string): FileRecord {
  const exact = fileOf(call, key)
  if (exact) return exact
  const folder = key === '' || key.endsWith('/') ? key : `${key}/`
  const inside = [...call.state.files.values()].filter(
    (file) => isVisible(call, file) && file.filename.startsWith(folder) && file.filename.endsWith('.jsonl'),
  )
  const [only, second] = inside
  if (second)
    throw badRequest(
      `This emulator reads one input object for each job, and ${inside.length} lie below '${folder}'.`,
    )
  if (only) return only
  throw badRequest(`No .jsonl file was found at the input location '${key}'.`)
}

/** Twelve lower-case letters and digits (AWS document, ModelInvocationJobIdentifier). */
function newJobId(): string {
  return [...randomBytes(idLength)].map((byte) => idAlphabet.charAt(byte % idAlphabet.length)).join('')
}
