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

export function parseCursor(text: string): PipelinePosition {
  const end = text.indexOf('\n')
  const head: Pick<PipelinePosition, 'within' | 'counts'> = JSON.parse(end < 0 ? text : text.slice(0, end))
  return { ...head, cursor: end < 0 ? null : text.slice(end + 1) }
}
