import { isSimulated } from '../../compose/provider.ts'
import type { RunStatus } from '../../engine/look/status.ts'
import type { Offpeak } from '../../offpeak.ts'
import type { RunSummary } from '../contract/run.ts'

const maxLive = 200

/** Where all runs stand that go on; with an id, where that run stands, whatever it does. */
export function summariesOf(offpeak: Offpeak): (runId: string | null) => Promise<readonly RunSummary[]> {
  return async (runId) => {
    const ids =
      runId === null
        ? (await offpeak.store.runs({ live: true, limit: maxLive })).map(({ id }) => id)
        : [runId]
    return Promise.all(ids.map(async (id) => summaryOf(offpeak, await offpeak.status(id))))
  }
}

async function summaryOf({ config }: Offpeak, status: RunStatus): Promise<RunSummary> {
  const { run, job, provider, model, state, pauseKind, createdAt, finishedAt, money, plan } = status
  const known = (await config.jobs()).get(job)
  const groups = Map.groupBy(status.batches, ({ state, reason }) => JSON.stringify([state, reason]))
  return {
    run,
    job,
    provider,
    model,
    simulated: known !== undefined && isSimulated(config, known.job),
    state,
    pauseKind,
    createdAt,
    finishedAt,
    records: status.selected - status.unchanged,
    merged: status.counts.merged ?? 0,
    pending: status.pending,
    needPerson: status.needPerson,
    plannedMicroUsd: plan?.cost?.likelyMicroUsd ?? null,
    spentMicroUsd: money.spentMicroUsd,
    reservedMicroUsd: money.reservedMicroUsd,
    capMicroUsd: money.capMicroUsd,
    savedMicroUsd: money.savedMicroUsd,
    batches: [...groups.values()].flatMap((group) => {
      const [first] = group
      return first ? [{ state: first.state, reason: first.reason, count: group.length }] : []
    }),
  }
}
