import type { LookedAgain } from '../engine/look-again.ts'
import type { EmbeddedEmulator } from './emulator.ts'
import type { Config } from '../config/config.ts'
import type { LoadedJob } from '../config/jobs.ts'
import type { JobsChanged } from '../config/project-jobs.ts'
import type { AcceptedAnswers, ResumeHow } from '../engine/control.ts'
import type { Adopted } from '../engine/job-change.ts'
import type { Costs, CostsBy } from '../engine/look/costs.ts'
import type { DroppedUnsent } from '../engine/send/drop-unsent.ts'
import type { RenderedRecord } from '../engine/plan/examples.ts'
import type { ForeignAnswers } from '../engine/bring/foreign-answers.ts'
import type { Ingested } from '../engine/bring/ingest.ts'
import type { Flow } from '../engine/flow.ts'
import type { LaneChoice } from '../engine/ask/lane.ts'
import type { Follower, Plan } from '../engine/plan/plan.ts'
import type { KeptPlan } from '../engine/plan/kept-plan.ts'
import type { RowPage, RowsFilter } from '../engine/look/rows.ts'
import type { RunsFilter, RunsPage } from '../engine/look/runs.ts'
import type { EventTail } from '../engine/look/event-tail.ts'
import type { Timeline } from '../engine/look/timeline.ts'
import type { OutcomeGroup, RunReport } from '../engine/look/report.ts'
import type { ResultsFilter, RunResult } from '../engine/look/results.ts'
import type { SendTryOptions } from '../engine/plan/send-try.ts'
import type { TryResult } from '../engine/plan/try-result.ts'
import type { AgreedFollower, PayerBudget, SharedBudget } from '../engine/spec.ts'
import type { RescueTerms } from '../engine/plan/rescue-job.ts'
import type { RecordDetail } from '../engine/look/record.ts'
import type { AtProvider } from '../engine/look/at-provider.ts'
import type { RunStatus } from '../engine/look/status.ts'
import type { TryChoice, TryPlan } from '../engine/plan/try.ts'
import type { Provider, RemoteBatch } from '../ports/provider.ts'
import type { RunRow } from '../ports/state.ts'
import type { Store } from '../ports/store.ts'
import type { Remedying } from './remedying.ts'
import type { Reviewing } from './reviewing.ts'
import type { Selection } from './selection.ts'

/** How a run is started, besides its selection. */
export interface StartHow {
  /** A plan that was just made; made anew when left out. */
  readonly plan?: Plan
  /** A budget that several runs draw on. */
  readonly shared?: SharedBudget
  /** The budget of whoever starts it: it binds the run, and no agreement about the run raises it. */
  readonly payer?: PayerBudget
  /** What it and the runs that follow it may cost together; null: each as much as its own budget allows. */
  readonly totalMicroUsd?: number | null
  /** The followers that were agreed to; those of the plan when left out. */
  readonly followers?: readonly AgreedFollower[]
  /** The run that this one follows. */
  readonly follows?: string
}

export interface DriveOptions {
  /** The runs to carry to their ends; null: everything that lives, until the signal. */
  readonly runIds: readonly string[] | null
  readonly signal: AbortSignal
  /** With `runIds` null: stop when nothing is due now instead of going on for ever. */
  readonly once?: boolean
  /** Asked between steps; true ends the drive although the run is not over. */
  readonly until?: () => Promise<boolean>
}

/** A project opened for work: its configuration, state, jobs and provider. */
export interface Offpeak extends AsyncDisposable, Remedying, Reviewing {
  readonly config: Config
  readonly store: Store
  readonly flow: Flow
  /** What happens to all runs, read once for all screens and streams of this process. */
  readonly tail: EventTail
  /** The embedded emulator, where it was chosen to answer; null: providers answer. */
  readonly emulator: () => Promise<EmbeddedEmulator | null>
  /** Whether the embedded emulator answers all jobs; its runs are in a state of its own. */
  readonly isSimulated: boolean
  readonly job: (name: string) => Promise<LoadedJob>
  /**
   * From now on the job files are watched and loaded anew as they change, and the runs are woken that wait for their
   * jobs; `tell` hears of it.
   */
  readonly watchJobs: (tell: (changed: JobsChanged) => void) => Disposable
  readonly provider: (name: string) => Promise<Provider>
  readonly plan: (name: string, selection: Selection) => Promise<Plan>
  /**
   * Renders some records for each model (none: the job's own) and bounds what asking them in real time can cost.
   * Sends nothing. Throws E_SOURCE_*, E_SINK_*, E_SCHEMA, E_PARAMS and E_RECORD_UNKNOWN.
   */
  readonly prepareTry: (
    name: string,
    params: Selection['params'],
    choice: TryChoice,
    models: readonly string[],
  ) => Promise<readonly TryPlan[]>
  /** Asks the records of a try, each once, in real time; paid. Writes nothing unless told to. */
  readonly sendTry: (plan: TryPlan, options: SendTryOptions) => Promise<readonly TryResult[]>
  /** The first requests of a selection as they would be sent. */
  readonly examples: (name: string, selection: Selection, count: number) => Promise<readonly RenderedRecord[]>
  /** Makes a run that may cost up to `capMicroUsd` (null: no cap); sends nothing yet. Throws E_BUDGET when it cannot be enough. */
  readonly start: (
    name: string,
    selection: Selection,
    capMicroUsd: number | null,
    how?: StartHow,
  ) => Promise<{ readonly run: RunRow; readonly attached: boolean }>
  readonly drive: (options: DriveOptions) => Promise<void>
  readonly find: (runId: string) => Promise<RunRow>
  /** The jobs that are started after a run of this one, and those after them. */
  readonly followersOf: (name: string) => Promise<readonly Follower[]>
  /** The runs that go on because others have ended: jobs whose `after` names theirs. */
  readonly followers: (runIds: readonly string[]) => Promise<readonly RunRow[]>
  readonly status: (runId: string) => Promise<RunStatus>
  /**
   * Throws E_JOB_CHANGED where the job is not the one that the run began with, unless `today` says that it is meant.
   * `followersMicroUsd`: what the runs after it may cost besides; what was agreed to before when left out.
   */
  readonly resume: (runId: string, capMicroUsd: number | null, how?: ResumeHow) => Promise<RunRow>
  /** Lets a run, also one that is over, go by its job as it is now. Pays nothing and starts nothing. */
  readonly takeToday: (runId: string) => Promise<Adopted>
  /**
   * What the provider says of the batches of a run that no process carries, reading only; null where some process
   * carries it, or the embedded emulator answers, which works only while a process runs it.
   */
  readonly atProvider: (runId: string) => Promise<AtProvider | null>
  /** Takes what is there where answers are missing; these count as possibly paid. */
  readonly accept: (runId: string) => Promise<AcceptedAnswers>
  /** Looks at the provider for answers that were given up; what is found is merged without paying. Sends nothing. */
  readonly lookForLost: (runId: string) => Promise<LookedAgain>
  /** The runs in which lost answers are to be looked for: this one, and those that may have paid for what it has left out. */
  readonly runsToLookIn: (runId: string) => Promise<readonly string[]>
  readonly cancel: (runId: string) => Promise<RunRow>
  /** Sends no more of a run until it is resumed; what is at the provider goes on. Throws E_RUN_STATE. */
  readonly pause: (runId: string) => Promise<void>
  /** Drops what of a run was not sent yet, unpaid; the rest goes on. Throws E_RUN_STATE. */
  readonly cancelUnsent: (runId: string, signal: AbortSignal) => Promise<DroppedUnsent>
  /** Cancels one batch of a run at the provider; what it has not answered follows the retry rules. Throws E_RUN_STATE. */
  readonly cancelBatch: (runId: string, batchN: number) => Promise<RemoteBatch>
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
  /** What did not become a merged record, by fate and reason. */
  readonly groups: (runId: string) => Promise<readonly OutcomeGroup[]>
  readonly report: (runId: string) => Promise<RunReport>
  /**
   * Starts a run from answers that others have brought: `answers` by their `custom_id`, which `template` gives for a
   * row (`case-{id}`); `textAs` takes the whole text of each as that field of the output. Sends nothing. Throws E_RUN_STATE while a run of the job lives, E_RECORD_UNKNOWN and E_USAGE.
   */
  readonly ingest: (
    name: string,
    answers: ForeignAnswers,
    how: {
      readonly template: string
      readonly params?: Selection['params']
      readonly textAs?: string | null
    },
    signal: AbortSignal,
  ) => Promise<Ingested & { readonly run: RunRow }>
  /** What was spent, grouped; `series` groups each group once more, `jobs` leaves out all others. */
  readonly costs: (
    by: CostsBy,
    since: number | null,
    series?: CostsBy | null,
    jobs?: readonly string[] | null,
  ) => Promise<Costs>
  /** Runs, newest first, each from stored counters. Throws E_USAGE for a cursor that was not given out. */
  readonly runs: (filter: RunsFilter) => Promise<RunsPage>
  /** A page of a run's records, with their answers where they are wanted and kept. Throws E_RUN_UNKNOWN and E_USAGE. */
  readonly rows: (runId: string, filter: RowsFilter) => Promise<RowPage>
  /** Money and merged records over the time of a run. */
  readonly timeline: (runId: string) => Promise<Timeline>
  /** Keeps a plan for a day, so that exactly it can be started. Returns its id. */
  readonly keepPlan: (plan: Plan, selection: Selection) => Promise<string>
  /** A plan of a job that was kept, with its selection. Throws E_PLAN_STALE when it is not there any more. */
  readonly keptPlan: (job: string, planId: string) => Promise<KeptPlan>
  /** Refuses a plan that was looked at when planning again gives something else. Throws E_PLAN_STALE naming what changed. */
  readonly requireSame: (seen: Plan, now: Plan) => void
}
