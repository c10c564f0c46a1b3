import { isRunning } from '../../domain/attempt.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { RunRow } from '../../ports/state.ts'
import { accepted } from '../answers/accepted.ts'
import { prepareRun } from '../job/prepare.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import { specOf } from '../spec.ts'
import { jobFor } from '../step/account.ts'

/**
 * A batch that the provider was asked to cancel. What it has answered is billed and merged like that of any batch; the
 * rest ends as `cancelled` where the provider says so, else as `expired`, each with its retry rule. Throws E_RUN_STATE
 * when the batch is not there.
 */
export async function cancelBatch(flow: Flow, run: RunRow, batchN: number): Promise<RemoteBatch> {
  const { store, clock, reach } = flow
  const attempt = (await store.attempts(run.id)).findLast((each) => each.batchN === batchN)
  const id = attempt?.providerBatchId
  if (!attempt || id == null || !isRunning(attempt.state)) {
    const isSent = attempt !== undefined && id != null
    throw new OffpeakError(
      'E_RUN_STATE',
      isSent
        ? `batch ${batchN} of run ${run.id} has ended at the provider; there is nothing to cancel`
        : `batch ${batchN} of run ${run.id} is not at the provider`,
      isSent ? {} : { fix: `offpeak cancel ${run.id} --unsent drops what was not sent` },
    )
  }
  const { provider } = await jobFor(await prepareRun(flow, specOf(run)), attempt, run)
  const reply = await withCrashPoints(reach, 'cancel.post', () => provider.cancel(id))
  if (reply.kind === 'refused' && (reply.cause === 'conflict' || reply.cause === 'gone'))
    throw new OffpeakError('E_RUN_STATE', `${provider.name} cannot cancel ${id} any more: ${reply.message}`, {
      fix: `offpeak resume ${run.id} reads it as it ended`,
    })
  const batch = accepted(provider, reply, `cancelling ${id}`)
  await store.addEvent(run.id, clock.now(), 'batch.cancelling', { batch: id })
  await store.wakeAttempts(run.id, clock.now())
  return batch
}
