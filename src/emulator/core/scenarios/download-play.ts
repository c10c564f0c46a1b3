import type { Delivery, Reply } from '../http/reply.ts'
import type { FileRecord, Scenario } from '../records.ts'

/** A download of the output file of a batch. */
export interface DownloadAt {
  readonly file: FileRecord
  /** Where its bytes are. */
  readonly path: string
  /** 1 for the first download of this file that was asked for. */
  readonly count: number
  /** Provider milliseconds since the batch ended. */
  readonly ageMs: number
  readonly scenario: Scenario
}

/** A scenario's effect on a download: a refusal is thrown, `null` leaves it alone. */
export type DownloadPlay = (at: DownloadAt) => Promise<DownloadEffect | null>

export interface DownloadEffect {
  readonly delivery?: Delivery
  /** The answer in place of the file. */
  readonly reply?: Reply
  /** Whether the service forgets the file when it has been sent. */
  readonly forget?: true
}
