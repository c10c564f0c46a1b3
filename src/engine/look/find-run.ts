import { OffpeakError } from '../../domain/errors.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { sentBefore } from './sent-before.ts'

/** The run with this id, or one whose id begins so. Throws E_RUN_UNKNOWN. */
export async function findRun(flow: Pick<Flow, 'store' | 'filesDir'>, id: string): Promise<RunRow> {
  const exact = await flow.store.run(id)
  if (exact) return exact
  const known = await flow.store.runs({ limit: 200 })
  const matches = known.filter((run) => run.id.startsWith(id) || run.job === id)
  const [only] = matches
  // A job's name stands for its newest run.
  if (only && (matches.length === 1 || matches.every((run) => run.job === id))) return only
  const before = known.some(({ job }) => job === id)
    ? []
    : (await sentBefore(flow)).filter(({ job, runId }) => job === id || runId === id)
  const [lost] = before
  if (lost)
    throw new OffpeakError(
      'E_RUN_UNKNOWN',
      `this state does not know of run ${lost.runId}, which a state that is gone has begun`,
      {
        fix: `offpeak run ${lost.job} goes on with what was sent then, and offpeak cancel ${lost.job} can stop that`,
      },
    )
  throw new OffpeakError(
    'E_RUN_UNKNOWN',
    matches.length > 1 ? `several runs begin with ${id}` : `there is no run ${id}`,
    {
      fix:
        known.length === 0
          ? 'start one: offpeak run <job>'
          : `offpeak status shows them; the newest is ${known[0]?.id}`,
    },
  )
}
