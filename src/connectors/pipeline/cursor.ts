import { OffpeakError } from '../../domain/errors.ts'

/**
 * Where a reading through steps goes on: behind `cursor` of the source, and if that is within the parts of a record,
 * behind `taken` of those of `key`. The counts of the limits are those before that record.
 */
export interface PipelinePosition {
  /** Null: at the beginning. */
  readonly cursor: string | null
  readonly within: { readonly key: string; readonly taken: number } | null
  readonly counts: readonly (readonly (readonly [string, number])[])[]
}

/** One line of JSON for the steps, and behind it the source's own cursor as it is. */
export function cursorText({ cursor, within, counts }: PipelinePosition): string {
  const head = JSON.stringify({ within, counts })
  return cursor === null ? head : `${head}\n${cursor}`
}

/** The position of a cursor; throws E_SOURCE_CHANGED for the cursor of a source without steps. */
export function parseCursor(text: string): PipelinePosition {
  const end = text.indexOf('\n')
  try {
    const head: PipelinePosition = JSON.parse(end < 0 ? text : text.slice(0, end))
    if (Array.isArray(head.counts)) return { ...head, cursor: end < 0 ? null : text.slice(end + 1) }
  } catch {
    // No JSON: told below.
  }
  throw stepsChanged()
}

/** A run went on with a job whose source had steps put behind it, or taken away. */
export function stepsChanged(): OffpeakError {
  return new OffpeakError(
    'E_SOURCE_CHANGED',
    'The steps of the job’s source have changed since the run began to read it',
    {
      fix: 'Put them back as they were; or `offpeak cancel` this run, and run the job again: what is merged already is not paid again.',
    },
  )
}
