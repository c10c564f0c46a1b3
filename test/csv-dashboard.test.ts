import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine as pageLine } from '../dashboard/src/format/csv.ts'
import { csvLine } from '../src/domain/csv-line.ts'

test('the dashboard writes a line of CSV as the command line, REST and the sink do', () => {
  const cell = fc.oneof(
    fc.string(),
    fc
      .tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '\uFF1D', "'", ' '), fc.string())
      .map((parts) => parts.join('')),
    fc.double().map(String),
  )
  fc.assert(
    fc.property(fc.array(cell), fc.boolean(), (cells, escapeFormulas) => {
      expect(pageLine(cells, { escapeFormulas })).toBe(`${csvLine(cells, { escapeFormulas })}\r\n`)
    }),
  )
})
