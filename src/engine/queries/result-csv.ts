import { csvLine, type CsvStyle } from '../../wording/csv-line.ts'
import type { RunResult } from './results.ts'
import { isOfOutput, OutputColumns, requireColumns, type ResultColumn, valueOf } from './result-fields.ts'
import { wholeText } from './result-fields.ts'

export interface ReadResults {
  readonly fields: readonly string[]
  /** The results from the first one on; called anew for each reading. */
  readonly read: () => AsyncIterable<RunResult>
}

/**
 * Results as lines of CSV, without their ends: a header, then one for each. With `output` among the fields all are read
 * once before, so that every field of any output has a column. Throws E_RUN_STATE when a new one appears meanwhile.
 */
export async function* csvLines(wanted: ReadResults, style: CsvStyle): AsyncGenerator<string> {
  const columns = wanted.fields.includes('output')
    ? (await learnColumns(wanted)).columns(wanted.fields)
    : wanted.fields.map((name) => ({ name }))
  yield csvLine(
    columns.map(({ name }) => name),
    style,
  )
  for await (const result of checkedResults(wanted, columns))
    yield csvLine(
      columns.map(({ name }) => cell(valueOf(result, name))),
      style,
    )
}

/** Columns for every field of any output, from one pass over all outputs. */
export async function learnColumns({ fields, read }: ReadResults): Promise<OutputColumns> {
  const learned = new OutputColumns()
  if (!fields.some(isOfOutput)) return learned
  for await (const result of read()) learned.note(result)
  return learned
}

/** The results again; one that does not fit the columns is no reason to lose a part of it silently. */
export async function* checkedResults(
  { fields, read }: ReadResults,
  columns: readonly Pick<ResultColumn, 'name'>[],
): AsyncGenerator<RunResult> {
  const names = fields.includes('output') ? new Set(columns.map(({ name }) => name)) : null
  for await (const result of read()) {
    if (names) requireColumns(names, result)
    yield result
  }
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? wholeText(value) : JSON.stringify(value)
}
