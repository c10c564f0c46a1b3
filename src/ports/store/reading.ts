import type { AttemptRow, EventRow, LedgerRow, QuotaRow } from '../state.ts'
import type { AttemptMark } from './attempts.ts'

/** What people ask for. */
export interface ReadStore {
  ledger(filter: {
    readonly runId?: string
    readonly jobs?: readonly string[]
    readonly since?: number
    /** Only of what an emulator has answered, or only of the rest. */
    readonly simulated?: boolean
  }): Promise<readonly LedgerRow[]>
  events(runId: string, after: number, limit: number): Promise<readonly EventRow[]>
  /** All events of one kind of a run, oldest first: of kinds that are rare. */
  eventsOfKind(runId: string, kind: string): Promise<readonly EventRow[]>
  /** The id of what happened last, in whatever run; 0: nothing has. */
  newestEvent(): Promise<number>
  addEvent(runId: string, at: number, kind: string, data: Readonly<Record<string, unknown>>): Promise<void>
  /** Attempts of all runs that have one of these values there. */
  attemptsWith(column: AttemptMark, values: readonly string[]): Promise<readonly AttemptRow[]>
  quota(key: string): Promise<QuotaRow | null>
  quotas(): Promise<readonly QuotaRow[]>
  /** A record was written outside of any run; it is not sent again while its fingerprint stays. */
  markDone(job: string, key: string, fingerprint: string, now: number): Promise<void>
  /** Of what a run has done, the marks begin with `mark` from now on, in the place of what they began with. */
  remarkDone(job: string, runId: string, mark: string): Promise<void>
  setQuota(
    key: string,
    changes: { readonly limitTokens?: number | null; readonly notBefore?: number },
  ): Promise<void>
}
