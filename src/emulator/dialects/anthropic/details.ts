import type { BatchRecord } from '../../core/records.ts'

/** Results can be had for 29 days after the batch was made (Anthropic document, Batch processing). */
const resultLifeMs = 29 * 86_400_000

/** The moment at which the results of a batch are put away, in provider milliseconds since 1970. */
export function archivedAtMs({ createdAtMs }: BatchRecord): number {
  return createdAtMs + resultLifeMs
}

/** A deleted batch stays in the journal, since it stays on the bill. */
export function isDeleted({ details }: BatchRecord): boolean {
  return details['deleted'] === true
}

export function deleted(batch: BatchRecord): BatchRecord {
  return { ...batch, details: { ...batch.details, deleted: true } }
}
