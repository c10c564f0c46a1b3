import type { AtProvider } from '../../engine/queries/at-provider.ts'
import type { Costs, CostsBy } from '../../engine/queries/costs.ts'
import { findRun } from '../../engine/queries/find-run.ts'
import type { RecordDetail } from '../../engine/queries/record.ts'
import type { OutcomeGroup, RunReport } from '../../engine/queries/report.ts'
import type { ResultsFilter, RunResult } from '../../engine/queries/results.ts'
import { RowOrders } from '../../engine/queries/row-orders.ts'
import type { RowPage, RowsFilter } from '../../engine/queries/rows.ts'
import { RunLister, type RunsFilter, type RunsPage } from '../../engine/queries/runs.ts'
import { type RunStatus, statusOf } from '../../engine/queries/status.ts'
import type { Timeline } from '../../engine/queries/timeline.ts'
import type { Follower } from '../../engine/plan/plan.ts'
import { specOf } from '../../engine/spec.ts'
import type { RunRow } from '../../ports/state.ts'
import { followersOf } from '../followers.ts'
import { runIn, type Workspace } from '../workspace.ts'

/** Queries about runs, their records and their money. Nothing here is paid. */
export interface Looking {
  readonly find: (runId: string) => Promise<RunRow>
  /** Runs, newest first, each from stored counters. Throws E_USAGE for a cursor that was not given out. */
  readonly runs: (filter: RunsFilter) => Promise<RunsPage>
  readonly status: (runId: string) => Promise<RunStatus>
  /**
   * What the provider says of the batches of a run that no process carries, reading only; null where some process
   * carries it, or the embedded emulator answers, which works only while a process runs it.
   */
  readonly atProvider: (runId: string) => Promise<AtProvider | null>
  /** The jobs that are started after a run of this one, and those after them. */
  readonly followersOf: (name: string) => Promise<readonly Follower[]>
  /** The runs that go on because others have ended: jobs whose `after` names theirs. */
  readonly followers: (runIds: readonly string[]) => Promise<readonly RunRow[]>
  /** A page of a run's records, with their answers where they are wanted and kept. Throws E_RUN_UNKNOWN and E_USAGE. */
  readonly rows: (runId: string, filter: RowsFilter) => Promise<RowPage>
  /** Everything that is known about one record, with every try at it. Throws E_RUN_UNKNOWN and E_RECORD_UNKNOWN. */
  readonly record: (runId: string, key: string) => Promise<RecordDetail>
  /**
   * Every record of a run with its outcome, output, tokens and cost, in the order of the source, read page by page:
   * `for await (const { key, output } of offpeak.results('7k2m', { status: 'ok', job: headnotes }))`. Nothing is sent.
   * Throws E_RUN_UNKNOWN, E_RUN_STATE when the answer files were removed, E_JOB_UNKNOWN.
   */
  readonly results: <Output = unknown>(
    runId: string,
    filter?: ResultsFilter<Output>,
  ) => AsyncIterable<RunResult<Output>>
  /** What did not become a merged record, by outcome and reason. */
  readonly groups: (runId: string) => Promise<readonly OutcomeGroup[]>
  readonly report: (runId: string) => Promise<RunReport>
  /** Money and merged records over the time of a run. */
  readonly timeline: (runId: string) => Promise<Timeline>
  /** What was spent, grouped; `series` groups each group once more, `jobs` leaves out all others. */
  readonly costs: (
    by: CostsBy,
    since: number | null,
    series?: CostsBy | null,
    jobs?: readonly string[] | null,
  ) => Promise<Costs>
}

/** More runs than that do not live side by side. */
const mostLive = 1_000

/** Queries that load what they need when first used, but for what every screen shows. */
export function looking(workspace: Workspace): Looking {
  const { config, store, flow } = workspace
  const of = (runId: string): ReturnType<typeof runIn> => runIn(workspace, runId)
  const rowOrders = new RowOrders()
  const lister = new RunLister(flow)
  return {
    find: (runId) => findRun(flow, runId),
    runs: (filter) => lister.page(filter),
    status: async (runId) => statusOf(...(await of(runId))),
    async atProvider(runId) {
      const run = await findRun(flow, runId)
      if (config.isSimulated) return null
      return (await import('../../engine/queries/at-provider.ts')).askProvider(flow, run)
    },
    followersOf: async (name) => followersOf(await config.jobs.all(), name),
    followers: async (runIds) =>
      (await store.runs({ live: true, limit: mostLive })).filter((run) =>
        runIds.includes(specOf(run).follows ?? ''),
      ),
    rows: async (runId, filter) =>
      (await import('../../engine/queries/rows.ts')).rowsOf(...(await of(runId)), filter, rowOrders),
    record: async (runId, key) =>
      (await import('../../engine/queries/record.ts')).recordOf(...(await of(runId)), key),
    async *results(runId, filter = {}) {
      const { resultsOf } = await import('../../engine/queries/results.ts')
      yield* resultsOf(...(await of(runId)), filter)
    },
    groups: async (runId) => (await import('../../engine/queries/report.ts')).groupsOf(...(await of(runId))),
    report: async (runId) => (await import('../../engine/queries/report.ts')).reportOf(...(await of(runId))),
    timeline: async (runId) =>
      (await import('../../engine/queries/timeline.ts')).timelineOf(...(await of(runId))),
    costs: async (by, since, series = null, jobs = null) =>
      (await import('../../engine/queries/costs.ts')).costsOf(flow, { by, series, since, jobs }),
  }
}
