import type { Generated } from 'kysely'
import type {
  AttemptRow,
  BatchRow,
  BudgetRow,
  EventRow,
  LedgerRow,
  QuotaRow,
  RequestRow,
  RunRow,
  TryRow,
} from '../ports/state.ts'

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
  tries: Numbered<TryRow>
}

type Numbered<Row> = Omit<Row, 'id'> & { id: Generated<number> }
