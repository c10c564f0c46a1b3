import { useKeptChoice } from './kept-choice.ts'

/** How the list looks: what a person chose, or the first fields of the answers. */
export interface RowsLook {
  readonly fields: readonly string[]
  /** Whether somebody chose the fields. */
  readonly chosen: boolean
  readonly setFields: (fields: readonly string[]) => void
  readonly height: 'low' | 'high'
  readonly setHeight: (height: 'low' | 'high') => void
}

/** So many fields are columns before somebody chooses. */
const shownAtFirst = 2

export function useRowsLook(job: string, found: readonly string[]): RowsLook {
  const [kept, setFields] = useKeptChoice(`columns.${job}`, readFields)
  const [height, setHeight] = useKeptChoice('row-height', (value) => (value === 'high' ? 'high' : 'low'))
  return {
    fields: kept ?? found.slice(0, shownAtFirst),
    chosen: kept !== null,
    setFields,
    height,
    setHeight,
  }
}

/** The fields that were chosen for a job; null: nobody chose. */
export function readFields(kept: unknown): readonly string[] | null {
  return Array.isArray(kept) ? kept.filter((name) => typeof name === 'string') : null
}
