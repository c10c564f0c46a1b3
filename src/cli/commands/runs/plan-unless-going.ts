import type { Plan } from '../../../engine/plan/plan.ts'
import type { Project } from '../../../compose/project.ts'
import type { Selection } from '../../../compose/selection.ts'
import { isPassing } from '../../../planning/addresses/database-fault.ts'

/**
 * The plan of a job; null: somebody else has started it meanwhile and holds what the plan has to look at, so that there
 * is a run to attach to. Throws what planning throws.
 */
export async function planUnlessGoing(
  offpeak: Pick<Project, 'plan' | 'job' | 'store'>,
  name: string,
  selection: Selection,
): Promise<Plan | null> {
  try {
    return await offpeak.plan(name, selection)
  } catch (thrown) {
    if (!isPassing(thrown)) throw thrown
    const { job } = await offpeak.job(name)
    const [live] = await offpeak.store.runs({ job: job.name, live: true, limit: 1 })
    if (live === undefined) throw thrown
    return null
  }
}
