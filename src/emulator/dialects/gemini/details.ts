import { textIn } from '../../core/json.ts'
import type { BatchRecord } from '../../core/records.ts'

/** The fields of a batch beside those of every batch. */
export interface GeminiDetails {
  readonly task: 'generate' | 'embed'
  readonly input: 'inline' | 'file'
  readonly displayName: string
}

export function detailsOf({ details }: BatchRecord): GeminiDetails {
  return {
    task: details['task'] === 'embed' ? 'embed' : 'generate',
    input: details['input'] === 'inline' ? 'inline' : 'file',
    displayName: textIn(details, 'displayName'),
  }
}

/** A deleted batch stays in the journal, since it goes on and stays on the bill. */
export function isDeleted({ details }: BatchRecord): boolean {
  return details['deleted'] === true
}

export function deleted(batch: BatchRecord): BatchRecord {
  return { ...batch, details: { ...batch.details, deleted: true } }
}
