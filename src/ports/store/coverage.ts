import type { Outcome } from '../../domain/outcome.ts'

/** What the state knows of a record of a job, over all of its runs. */
export interface KnownRecordState {
  /** The newest answer that counts as done: what it was asked with, and what became of it (null: given outside of a run). */
  readonly done: { readonly fingerprint: string; readonly outcome: Outcome | null } | null
  /** What became of it in the newest run that has it; null: none of the last ones has. */
  readonly asked: Outcome | null
}

/** How far a job is. */
export interface CoverageStore {
  /** What is known of these records; those of which nothing is known are absent. Looks back a few runs. */
  fates(job: string, keys: readonly string[]): Promise<ReadonlyMap<string, KnownRecordState>>
}
