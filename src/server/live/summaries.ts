import { RunLister } from '../../engine/queries/runs.ts'
import type { Project } from '../../compose/project.ts'
import type { RunSummary } from '../contract/run.ts'

const maxLive = 200

/** Where all runs stand that go on; with an id, where that run stands, whatever it does. */
export function summariesOf({
  flow,
  store,
}: Project): (runId: string | null) => Promise<readonly RunSummary[]> {
  const lister = new RunLister(flow)
  return async (runId) => {
    const one = runId === null ? null : await store.run(runId)
    const runs = runId === null ? await store.runs({ live: true, limit: maxLive }) : one === null ? [] : [one]
    return lister.summaries(runs)
  }
}
