import type { Costs } from '../../../../src/server/contract/cost.ts'
import { csvLine } from '../../../../src/wording/csv-line.ts'

/** The same columns as `offpeak costs --csv`, in dollars. */
export function costsCsv({ by, rows }: Pick<Costs, 'by' | 'rows'>): string {
  return [
    [
      by,
      'runs',
      'merged',
      'need_person',
      'spent_usd',
      'reserved_usd',
      'realtime_usd',
      'saved_usd',
      'unusable_usd',
      'duplicate_usd',
    ],
    ...rows.map((row) => [
      row.name,
      String(row.runs),
      String(row.merged),
      String(row.needsAttention),
      usd(row.spentMicroUsd),
      usd(row.reservedMicroUsd),
      usd(row.realtimeMicroUsd),
      usd(row.savedMicroUsd),
      usd(row.wastedMicroUsd),
      usd(row.duplicateMicroUsd),
    ]),
  ]
    .map((cells) => `${csvLine(cells, { escapeFormulas: true })}\r\n`)
    .join('')
}

function usd(microUsd: number): string {
  return (microUsd / 1e6).toFixed(6)
}
