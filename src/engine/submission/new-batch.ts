import type { NewBatch } from '../../ports/provider/batch-service.ts'
import type { BatchRow } from '../../ports/state.ts'
import { requestFile } from '../files/durable-file.ts'
import { inputMark, jobMark } from '../step/intents.ts'
import type { Step } from '../step/step.ts'

/** The arguments of a create call; the same for the same attempt, however often it is asked. */
export function newBatch({ flow, attempt, spec, run }: Step, batch: BatchRow, hash: string): NewBatch {
  return {
    staged: attempt.staged ?? '',
    file: {
      path: requestFile(flow.filesDir, batch.tag),
      bytes: batch.bytes,
      filename: attempt.filename ?? '',
      requests: batch.requests,
    },
    endpoint: spec.endpoint,
    model: spec.model,
    metadata: {
      offpeak_nonce: attempt.nonce,
      offpeak: flow.store.projectId,
      offpeak_run: run.id,
      offpeak_job: jobMark(run.job),
      offpeak_batch: String(attempt.batchN),
      offpeak_attempt: String(attempt.id),
      offpeak_input: inputMark(batch.tag, hash),
    },
    idempotencyKey: attempt.nonce,
  }
}
