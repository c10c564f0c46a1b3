import type { StateWatch } from './state-trouble.ts'
import type { AccessStore } from './store/access.ts'
import type { AnswerStore } from './store/answers.ts'
import type { AttemptStore } from './store/attempts.ts'
import type { LedgerStore } from './store/ledger.ts'
import type { RequestStore } from './store/requests.ts'
import type { RunStore } from './store/runs.ts'

/**
 * The durable state: one method per transaction. Every write of a unit (a run or an attempt) names the claim under
 * which it is made; when somebody else has claimed the unit since, nothing is written and E_FENCED is thrown.
 * A write whose acknowledgement was lost may be repeated.
 */
export interface Store
  extends AsyncDisposable, RunStore, AttemptStore, RequestStore, AnswerStore, LedgerStore, AccessStore {
  readonly kind: 'sqlite' | 'postgres'
  readonly watch: StateWatch
  /** The id of this state, made once: it marks our batches and files at the provider. */
  readonly projectId: string
  /** Whether this state was made new where files of an earlier state of the project lie, whose identity it took over. */
  readonly isNewBesideFiles: boolean
  /** How far the clock of a shared state is ahead of this machine's; leases are measured by that clock. */
  readonly clockOffsetMs: number
}
