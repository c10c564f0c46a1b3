import type { DeliveryChoice } from '../engine/job/delivery-mode.ts'
import type { RescueTerms } from '../engine/job/prepare.ts'

/** A selection of a job's records, and how it is sent (in batches, unless a delivery mode is named). */
export interface Selection extends Partial<DeliveryChoice> {
  readonly params: Readonly<Record<string, unknown>>
  readonly limit: number | null
  readonly only: readonly string[] | null
  /** Send records again although nothing about them changed. */
  readonly redo: boolean
  /** Send records too whose answers earlier runs may have paid for and lost. */
  readonly payAgain?: boolean
  /** Where the emulator answers: write its answers where the job says, and not to its own folder. */
  readonly write?: boolean
  /** Take records as done that were answered before, although their request means something else now. */
  readonly keep?: boolean
  /** Build the files and wait until somebody submits them. */
  readonly hold?: boolean
  /** Set where records of an earlier run are asked again, on these terms. */
  readonly rescue?: RescueTerms & { readonly run: string }
}

/** Everything of the selection, with the job's default parameters. */
export const everything: Selection = { params: {}, limit: null, only: null, redo: false }
