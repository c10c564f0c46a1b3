import type { StateWatch } from './state-trouble.ts'
import type { AttemptStore } from './store/attempts.ts'
import type { BuildStore } from './store/building.ts'
import type { DeliveryStore } from './store/deliveries.ts'
import type { CoverageStore } from './store/coverage.ts'
import type { IntentStore } from './store/intents.ts'
import type { JoinStore } from './store/joining.ts'
import type { KeyStore } from './store/keys.ts'
import type { MergeStore } from './store/merging.ts'
import type { PlanStore } from './store/plans.ts'
import type { PreferenceStore } from './store/preferences.ts'
import type { ProjectStore } from './store/project.ts'
import type { ReadStore } from './store/reading.ts'
import type { RepeatStore } from './store/repeats.ts'
import type { RowStore } from './store/rows.ts'
import type { RequestStore } from './store/requests.ts'
import type { ReviewStore } from './store/reviews.ts'
import type { RunStore } from './store/runs.ts'
import type { SessionStore } from './store/sessions.ts'
import type { TotalsStore } from './store/totals.ts'
import type { TrialStore } from './store/trials.ts'
import type { TryStore } from './store/tries.ts'
import type { WorkItemStore } from './store/work-items.ts'

/**
 * The durable state: one method per transaction. Every write of a unit (a run or an attempt) names the claim under
 * which it is made; when somebody else has claimed the unit since, nothing is written and E_FENCED is thrown.
 * A write whose acknowledgement was lost may be repeated.
 */
export interface Store
  extends
    AsyncDisposable,
    WorkItemStore,
    RunStore,
    BuildStore,
    AttemptStore,
    IntentStore,
    MergeStore,
    JoinStore,
    RequestStore,
    TryStore,
    ReadStore,
    TotalsStore,
    TrialStore,
    CoverageStore,
    ReviewStore,
    PreferenceStore,
    KeyStore,
    SessionStore,
    RepeatStore,
    RowStore,
    PlanStore,
    ProjectStore,
    DeliveryStore {
  readonly kind: 'sqlite' | 'postgres'
  readonly watch: StateWatch
  /** The id of this state, made once: it marks our batches and files at the provider. */
  readonly projectId: string
  /** Whether this state was made new where files of an earlier state of the project lie, whose identity it took over. */
  readonly isNewBesideFiles: boolean
  /** How far the clock of a shared state is ahead of this machine's; leases are measured by that clock. */
  readonly clockOffsetMs: number
}
