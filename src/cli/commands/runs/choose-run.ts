import { OffpeakError } from '../../../domain/errors.ts'
import type { Project } from '../../../compose/project.ts'
import type { RunRow } from '../../../ports/state.ts'
import type { BatchStatus, RunStatus } from '../../../engine/queries/status.ts'

/** The run that is named, or the only one that lives. Throws E_RUN_UNKNOWN, and E_USAGE when several live. */
export async function chooseRun(offpeak: Project, named: string | undefined): Promise<RunRow> {
  if (named !== undefined) return offpeak.find(named)
  const live = await liveRuns(offpeak)
  const [only] = live
  if (only && live.length === 1) return only
  if (live.length === 0)
    throw new OffpeakError('E_RUN_UNKNOWN', 'no run is running', {
      fix: 'offpeak status lists the runs; name the one that is meant',
    })
  throw new OffpeakError('E_USAGE', `${live.length} runs are running; which one?`, {
    fix: live.map(({ id, job }) => `${id} (${job})`).join(', '),
  })
}

const maxLive = 1_000

export function liveRuns(offpeak: Project): Promise<readonly RunRow[]> {
  return offpeak.store.runs({ live: true, limit: maxLive })
}

/** A batch of a run by our number or the provider's id. Throws E_USAGE. */
export function chooseBatch({ run, batches }: RunStatus, named: string): BatchStatus {
  const found = batches.find(({ n, providerBatchId }) => providerBatchId === named || String(n) === named)
  if (found) return found
  throw new OffpeakError('E_USAGE', `run ${run} has no batch ${named}`, {
    fix:
      batches.length === 0
        ? 'it has no batches yet'
        : `its batches are ${batches[0]?.n} to ${batches.at(-1)?.n}`,
  })
}
