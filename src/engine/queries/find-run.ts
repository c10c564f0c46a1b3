import { OffpeakError } from '../../domain/errors.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { sentBefore } from './sent-before.ts'

/**
 * The run that is meant: the one with this id, else the newest of the job of this name, else the one whose id begins so.
 * A job that has no run stands for none. Throws E_USAGE for no name at all, E_RUN_UNKNOWN, and what is wrong with the file of a job of this name.
 */
export async function findRun(
  flow: Pick<Flow, 'store' | 'filesDir' | 'job'>,
  named: string,
): Promise<RunRow> {
  // Every id begins with nothing: `offpeak cancel "$RUN"` with an empty variable would mean the only run there is.
  if (named.trim() === '')
    throw new OffpeakError('E_USAGE', 'no run is named: the name is empty', {
      fix: 'name a run by its id or the beginning of it, or a job for its last run; offpeak status shows them',
    })
  const exact = await flow.store.run(named)
  if (exact) return exact
  const [newest] = await flow.store.runs({ job: named, limit: 1 })
  if (newest) return newest
  // Whoever names a job may pay for what is found: it is never a run of another job whose id happens to begin so.
  const isJob = (await flow.job(named)) !== null
  const known = await flow.store.runs({ limit: 200 })
  const matches = isJob ? [] : known.filter((run) => run.id.startsWith(named))
  const [only] = matches
  if (only && matches.length === 1) return only
  const [lost] = (await sentBefore(flow)).filter(({ job, runId }) => job === named || runId === named)
  if (lost)
    throw new OffpeakError(
      'E_RUN_UNKNOWN',
      `this state does not know of run ${lost.runId}, which a state that is gone has begun`,
      {
        fix: `offpeak run ${lost.job} continues with what was sent then, and offpeak cancel ${lost.job} can stop that`,
      },
    )
  if (isJob)
    throw new OffpeakError('E_RUN_UNKNOWN', `the job ${named} has no run`, {
      fix: `offpeak plan ${named} says what one would cost`,
    })
  throw new OffpeakError(
    'E_RUN_UNKNOWN',
    matches.length > 1 ? `several runs begin with ${named}` : `there is no run ${named}`,
    {
      fix:
        known.length === 0
          ? 'offpeak plan <job> says what one would cost'
          : `offpeak status shows them; the newest is ${known[0]?.id}`,
    },
  )
}
