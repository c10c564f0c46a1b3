import { isGone } from '../../../core/batch/new-batch.ts'
import { showBatch } from '../../../core/batch/show-batch.ts'
import { Refusal } from '../../../core/errors.ts'
import { isVisible, originOf } from '../../../core/http/call.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import type { JsonObject } from '../../../core/json.ts'
import { type BatchRecord, isTerminal, scenarioOf } from '../../../core/records.ts'
import type { BedrockCall } from '../call.ts'
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
  if (batch && !isGone(batch) && isVisible(call, batch)) return batch
  throw new Refusal(404, { message: `Could not find model invocation job ${call.id}.` })
}

export function retrieveJob(call: BedrockCall): Reply {
  const batch = requireJob(call)
  call.state.observed.countPoll(batch)
  return jsonReply(200, shownJob(call, batch))
}

/** What a job that has ended, or is ending, is answered is a guess. */
export async function stopJob(call: BedrockCall): Promise<Reply> {
  const { lifecycle } = call
  const batch = requireJob(call)
  if (scenarioOf(batch, 'cancel-race') && !isTerminal(batch.status)) {
    await lifecycle.finishNow(batch.id)
    throw cannotStop(batch)
  }
  if (isTerminal(batch.status) || batch.status === 'finalizing') throw cannotStop(batch)
  if (batch.status !== 'cancelling') await lifecycle.cancel(batch.id)
  return jsonReply(200, {})
}

function cannotStop({ id }: BatchRecord): Refusal {
  return new Refusal(409, { message: `The model invocation job ${id} has ended and cannot be stopped.` })
}
