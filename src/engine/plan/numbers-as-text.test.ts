import { expect, test } from 'vitest'
import { exactNumbers } from '../../planning/text/raw-numbers.ts'
import { parseExactJson } from '../../planning/text/exact-numbers.ts'
import { numbersAsTextWarnings } from './numbers-as-text.ts'

test('a number of the row that would be written in quotes is warned of by its column, and a text is not', () => {
  const doc = parseExactJson('{"n":[9007199254740993],"id":"1234567890123456789"}')
  const row = { id: '9007199254740993', doc, list: [parseExactJson('{"m":1e400}')] }
  const values = {
    doc,
    more: { ...Object(doc), by: 'me' },
    list: row.list,
    n: row.id,
    texts: { id: '1234567890123456780' },
    exact: exactNumbers(doc),
  }
  const found = numbersAsTextWarnings([
    { row: {}, values: {} },
    { row, values },
    { row, values },
  ])
  expect(found.map((warning) => warning.split(';')[0])).toEqual([
    'doc: the number 9007199254740993 of the row is written as a text, in quotes',
    'more: the number 9007199254740993 of the row is written as a text, in quotes',
    'list: the number 1e400 of the row is written as a text, in quotes',
  ])
  expect(JSON.stringify(exactNumbers(row.list))).toBe('[{"m":1e400}]')
  expect(numbersAsTextWarnings([{ row: { doc: { n: '9007199254740993' } }, values: { doc } }])).toEqual([])
})
