import type { Generated } from 'kysely'
import type { Preference } from '../../domain/preference.ts'
import type {
  AttemptRow,
  BatchRow,
  BudgetRow,
  EventRow,
  KeptPlanRow,
  KeyRow,
  LedgerRow,
  PastTryRow,
  QuotaRow,
  RepeatRow,
  RequestRow,
  RunRow,
  SessionRow,
} from '../../ports/state.ts'
import type { VerdictRow } from '../../ports/store/answers.ts'
import type { DeliveryRow } from '../../ports/store/runs.ts'
import type { IntentRow } from '../../ports/store/attempts.ts'

/** The tables of the state, the same in SQLite and PostgreSQL. */
export interface Tables {
  meta: { key: string; value: string }
  runs: RunRow
  batches: BatchRow
  attempts: Numbered<AttemptRow>
  requests: RequestRow
  done: {
    key: string
    job: string
    fingerprint: string
    runId: string
    /** The request that was answered; null when it was answered outside of any run. */
    seq: number | null
    partOf: string | null
    at: number
  }
  ledger: LedgerRow
  budgets: BudgetRow
  quotas: QuotaRow
  events: Numbered<EventRow>
  pastTries: PastTryRow
  keys: KeyRow
  sessions: SessionRow
  repeats: RepeatRow
  plans: KeptPlanRow
  verdicts: VerdictRow
  preferences: { a: string; b: string; key: string; preference: Preference; at: number }
  deliveries: DeliveryRow
  intents: IntentRow
  sinkRows: {
    job: string
    sink: string
    simulated: number
    name: string
    key: string
    runId: string
    at: number
  }
}

type Numbered<Row> = Omit<Row, 'id'> & { id: Generated<number> }
