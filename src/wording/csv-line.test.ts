import { expect, test } from 'vitest'
import { csvLine, withoutEscape } from './csv-line.ts'

const cells = ['=1+1', 'a,b', 'say "x"', '-3.5', '@cmd', '\t=1', '\uFF1D1', '+49 30', '- a', '1e5', ' x', '']

test('a cell is quoted where it must be, and stays as it is', () => {
  expect(csvLine(cells, { escapeFormulas: false })).toBe(
    '=1+1,"a,b","say ""x""",-3.5,@cmd,"\t=1",\uFF1D1,+49 30,- a,1e5," x",',
  )
})

test('a cell that a spreadsheet would run gets an apostrophe on wish, and a number none', () => {
  const line = csvLine(cells, { escapeFormulas: true })
  expect(line).toBe(`'=1+1,"a,b","say ""x""",-3.5,'@cmd,'\t=1,'\uFF1D1,'+49 30,'- a,1e5," x",`)
  for (const cell of cells) expect(withoutEscape(cell)).toBe(cell)
  expect(["'=1+1", "'plain", "'-3.5"].map(withoutEscape)).toEqual(['=1+1', "'plain", "'-3.5"])
})
