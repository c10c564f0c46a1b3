import { isGone } from '../../../core/batch/new-batch.ts'
import { showBatch } from '../../../core/batch/show-batch.ts'
import { Refusal, badRequest } from '../../../core/errors.ts'
import { originOf } from '../../../core/http/call.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { type JsonObject, textIn } from '../../../core/json.ts'
import { type BatchRecord, isTerminal, scenarioOf } from '../../../core/records.ts'
import type { BedrockCall } from '../call.ts'
import { isJobVisible } from './details.ts'
import { bedrockBatches } from './rules.ts'

export function shownJob(call: BedrockCall, batch: BatchRecord): JsonObject {
  const { state, lifecycle } = call
  return showBatch(bedrockBatches, batch, {
    state,
    lifecycle,
    origin: originOf(call),
    skewMs: state.skewMs(),
  })
}

/** By id or by ARN. */
function requireJob(call: BedrockCall): BatchRecord {
  const id = call.id.slice(call.id.lastIndexOf('/') + 1)
  const batch = call.state.batches.get(id)
  if (batch && !isGone(batch) && isJobVisible(call, batch)) return batch
  throw new Refusal(404, { message: `Could not find model invocation job ${call.id}.` })
}

export function retrieveJob(call: BedrockCall): Reply {
  const batch = requireJob(call)
  call.state.observed.countPoll(batch)
  return jsonReply(200, shownJob(call, batch))
}

export async function stopJob(call: BedrockCall): Promise<Reply> {
  const { lifecycle } = call
  const batch = requireJob(call)
  if (scenarioOf(batch, 'cancel-race') && !isTerminal(batch.status)) {
    await lifecycle.finishNow(batch.id)
    throw cannotStop(call)
  }
  if (isTerminal(batch.status) || batch.status === 'finalizing') throw cannotStop(call)
  if (batch.status !== 'cancelling') await lifecycle.cancel(batch.id)
  return jsonReply(200, {})
}

/** A ValidationException that says "State was: Completed" (Airflow's system test of Bedrock); the rest is our own. */
function cannotStop(call: BedrockCall): Refusal {
  const status = textIn(shownJob(call, requireJob(call)), 'status')
  return badRequest(`The job cannot be stopped in its state. State was: ${status}`)
}
