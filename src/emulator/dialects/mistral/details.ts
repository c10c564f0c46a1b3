import { isArray, textIn } from '../../core/json.ts'
import type { BatchRecord } from '../../core/records.ts'

/** The fields of a job beside those of every batch. */
export interface MistralDetails {
  readonly endpoint: string
  readonly inputFiles: readonly string[]
  /** Whether the requests came in the call itself. */
  readonly inline: boolean
  /** The model as the job names it; `null` where only its lines do. */
  readonly model: string | null
}

export function detailsOf({ details }: BatchRecord): MistralDetails {
  const files = isArray(details['inputFiles']) ? details['inputFiles'] : []
  return {
    endpoint: textIn(details, 'endpoint'),
    inputFiles: files.filter((id) => typeof id === 'string'),
    inline: details['inline'] === true,
    model: textIn(details, 'model') || null,
  }
}

/** A deleted job stays in the journal, since it stays on the bill. */
export function isDeleted({ details }: BatchRecord): boolean {
  return details['deleted'] === true
}

export function deleted(batch: BatchRecord): BatchRecord {
  return { ...batch, details: { ...batch.details, deleted: true } }
}
