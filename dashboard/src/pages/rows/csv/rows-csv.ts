import type { Row } from '../../../../../src/server/contract/row.ts'
import { csvLine, type CsvStyle } from '../../../../../src/wording/csv-line.ts'
import { typedKey } from '../../../../../src/wording/typed-key.ts'
import { fieldText, outputFields, wholeAnswer } from '../output-fields.ts'

const fixed = [
  'key',
  'outcome',
  'reason',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'tries',
  'batch',
  'score',
]

/** Rows as a file for a spreadsheet: every field of the answers is a column of its own. */
export function rowsCsv(rows: readonly Row[], style: CsvStyle): string {
  const fields = outputFields(rows.map(({ output }) => output))
  const titles = fields.map((name) => (name === wholeAnswer ? 'output' : `output.${name}`))
  return [
    csvLine([...fixed, ...titles], style),
    ...rows.map((row) =>
      csvLine(
        [
          typedKey(row.key),
          row.outcome,
          row.reason ?? '',
          numberText(row.inputTokens),
          numberText(row.outputTokens),
          row.costUsd === null ? '' : row.costUsd.toFixed(8),
          String(row.tries),
          numberText(row.batch),
          numberText(row.score),
          ...fields.map((name) => fieldText(row.output, name) ?? ''),
        ],
        style,
      ),
    ),
  ]
    .map((line) => `${line}\r\n`)
    .join('')
}

function numberText(value: number | null): string {
  return value === null ? '' : String(value)
}
