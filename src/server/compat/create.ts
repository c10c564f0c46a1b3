import { isDeepStrictEqual } from 'node:util'
import { sees, type Caller } from '../guard/caller.ts'
import { startAgreed } from '../../compose/client/agreed.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { specOf } from '../../engine/spec.ts'
import { everything } from '../../compose/selection.ts'
import type { RunRow } from '../../ports/state.ts'
import type { ServerContext } from '../server-context.ts'
import { createdWords } from './batch-words.ts'
import type { CreatedBatch } from './shapes.ts'

export interface CreateOptions {
  readonly job: string
  readonly params: Readonly<Record<string, unknown>>
  /** Null: everything that the parameters select. */
  readonly limit: number | null
  /** The path below which the batch paths are. */
  readonly base: string
  /** The client is gone. */
  readonly signal: AbortSignal
}

/**
 * A run that waits to be submitted, planned and with its files built; sends nothing. The one that waits already is
 * answered again when it was created alike. Throws E_RUN_STATE while another run of the job lives, and when there is
 * nothing to send.
 */
export async function createBatch(
  { offpeak }: ServerContext,
  caller: Caller,
  { job: name, params, limit, base, signal }: CreateOptions,
): Promise<{ readonly status: 200 | 201; readonly body: CreatedBatch }> {
  const [live] = await offpeak.store.runs({ job: name, live: true, limit: 1 })
  const same = live !== undefined && isAlike(live, params, limit)
  if (live && !same) throw inTheWay(live, base)
  const { run, attached } = same
    ? { run: live, attached: true }
    : await startAgreed(offpeak, {
        job: name,
        selection: { ...everything, params, limit, hold: true },
        seen: null,
        maxMicroUsd: null,
        payer: caller.budget,
        sees: (name) => sees(caller, name),
      })
  // Another caller may have been quicker.
  if (attached && !isAlike(run, params, limit)) throw inTheWay(run, base)
  await offpeak.drive({ runIds: [run.id], signal })
  const built = await offpeak.find(run.id)
  if (built.hold === 1 && built.pauseKind !== 'submit' && built.pauseKind !== null)
    throw new OffpeakError('E_JOB_INVALID', `the files could not be built: ${built.pauseReason}`, {
      where: `run ${built.id}`,
      fix: `fix it, then offpeak resume ${built.id}, or offpeak cancel ${built.id}`,
    })
  return { status: attached ? 200 : 201, body: await createdWords(offpeak, built, base) }
}

function isAlike(run: RunRow, params: CreateOptions['params'], limit: number | null): boolean {
  const spec = specOf(run)
  return run.hold === 1 && spec.limit === limit && isDeepStrictEqual({ ...spec.params }, { ...params })
}

function inTheWay(run: RunRow, base: string): OffpeakError {
  return run.hold === 1
    ? new OffpeakError('E_RUN_STATE', `batch ${run.id} was created otherwise and waits to be submitted`, {
        fix: `POST ${base}/submit/${run.id} sends it, POST /api/v1/runs/${run.id}/cancel drops it`,
      })
    : new OffpeakError('E_RUN_STATE', `batch ${run.id} is running; a job has one at a time`, {
        fix: `GET ${base}/status/${run.id} says how far it is`,
      })
}
