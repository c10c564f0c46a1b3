import type { Outcome } from '../../domain/outcome.ts'
import type { RequestRow } from '../state.ts'
import type { Claim } from './work-items.ts'

/** Records that are joined from their parts. */
export interface JoinStore {
  /** Those of the keys whose answers wait for other parts of their record: none of its parts was ever joined. */
  waitingParts(job: string, keys: readonly string[]): Promise<ReadonlySet<string>>
  /** Records after this one whose parts, as far as the run has them, are all accepted and not joined yet. */
  joinable(runId: string, afterPartOf: string, limit: number): Promise<readonly PartGroup[]>
  /** Parts of a record that earlier runs of the job have answers to. */
  earlierParts(job: string, runId: string, partOf: string): Promise<readonly RequestRow[]>
  /** One transaction: what became of joined records, and so of their parts. */
  commitJoined(joined: Joined): Promise<void>
  /** Has all records of a run joined once more. */
  joinAgain(runId: string): Promise<void>
}

/** The parts of one record in one run, in their order. */
export interface PartGroup {
  readonly of: string
  /** How many parts the record has in all. */
  readonly parts: number
  readonly requests: readonly RequestRow[]
}

export interface Joined {
  readonly claim: Claim | null
  readonly runId: string
  readonly job: string
  readonly now: number
  readonly records: readonly {
    readonly requests: readonly Pick<RequestRow, 'seq'>[]
    readonly of: string
    readonly outcome: Outcome
    readonly reason: string | null
  }[]
}
