import { parse } from 'csv-parse/sync'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellsOf, lineEndsOf, type CsvDialect } from './csv-cells.ts'

const dialect: CsvDialect = { delimiter: ',', quote: '"', escape: '"', lineEnds: 'lf' }

test('the cells of a record are those that the parser finds', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ' ', ',', '"', '\n', '\r', 'é', '\\') })
  const written = fc.oneof(
    cell.map((text) => `"${text.replaceAll('"', '""')}"`),
    cell.map((text) => text.replaceAll(/[",\r\n]/g, '')),
    cell.map((text) => `x${text.replaceAll(/[,\r\n]/g, '')}`),
  )
  fc.assert(
    fc.property(fc.array(written, { minLength: 1 }), fc.constantFrom(',', ';;', '\t'), (cells, delimiter) => {
      fc.pre(delimiter !== ';;' || !cells.some((one) => one.includes(';')))
      const line = `${cells.join(delimiter)}\n`
      fc.pre(line !== '\n')
      const [expected] = parse(line, { delimiter, relax_quotes: true, relax_column_count: true })
      const found = cellsOf(Buffer.from(line), { ...dialect, delimiter })
      expect('column' in found ? found : found.map(String)).toEqual(expected)
    }),
  )
})

test('what stands behind a closing quote is told by its column and lines', () => {
  expect(cellsOf(Buffer.from('1,"a\nb"c,2\n'), dialect)).toEqual({ column: 2, lines: 1 })
  expect(cellsOf(Buffer.from('"a" ,b'), dialect)).toEqual({ column: 1, lines: 0 })
  expect(cellsOf(Buffer.from('"a\r\nb\rc"d\r'), { ...dialect, lineEnds: 'cr' })).toEqual({
    column: 1,
    lines: 2,
  })
})

test('an escape counts before a quote and before itself, and inside of quotes only', () => {
  const found = cellsOf(Buffer.from('"a\\"b\\\\","c\\d",\\"e\n'), { ...dialect, escape: '\\' })
  expect('column' in found ? found : found.map(String)).toEqual(['a"b\\', 'c\\d', '\\"e'])
})

test('line ends are known by the first that is not quoted, also where a chunk ends between CR and LF', async () => {
  const ends = (...chunks: readonly string[]): Promise<string> =>
    lineEndsOf(
      (async function* () {
        for (const chunk of chunks) yield Buffer.from(chunk)
      })(),
      '"',
    )
  expect(
    await Promise.all([
      ends('a,b\r', '\nc'),
      ends('a,b\r', 'c\n'),
      ends('"a\rb",c\nd\r'),
      ends('a\r'),
      ends('a'),
    ]),
  ).toEqual(['lf', 'cr', 'lf', 'cr', 'lf'])
})
