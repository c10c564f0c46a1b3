import { PDFDocument } from '@cantoo/pdf-lib'
import { expect, test } from 'vitest'
import { pdfOf } from '../../../test/support/pdf.ts'
import { plainPageCount } from './plain-pdf.ts'

const three = pdfOf(['one', 'two', 'three'], 5_000)
const text = three.toString('latin1')

test('a plain PDF says how many pages it has', () => {
  expect(plainPageCount(three)).toBe(3)
  expect(plainPageCount(pdfOf(Array.from({ length: 500 }, (_, n) => `page ${n}`)))).toBe(500)
})

test.each([
  ['is cut off', text.slice(0, -30)],
  ['has something before its header', ` ${text}`],
  ['has something behind its end', `${text}more`],
  ['names a table that is elsewhere', text.replace(/startxref\n\d+/, 'startxref\n12')],
  ['is encrypted', text.replace('/Root', '/Encrypt 9 0 R /Root')],
  ['was appended to', text.replace('/Root', '/Prev 9 /Root')],
  ['has no root', text.replace('/Root 1', '/Root 99')],
  ['has another object where the root should be', text.replace('1 0 obj', '7 0 obj')],
  ['has a root that is none', text.replace('/Catalog', '/Catalox')],
  [
    'has two counts',
    text.replace('/Count 3', '/Count 3 /Count 4').replaceAll('/Count 3 /Count 4 ', '/Count 3/Count 4'),
  ],
  ['has no pages', text.replace('/Count 3', '/Count 0')],
  ['is no PDF', 'x'],
  ['is empty', ''],
])('a file that %s is left to a real parser', (_, changed) => {
  expect(plainPageCount(Buffer.from(changed, 'latin1'))).toBe(null)
})

test('a packed PDF is left to a real parser', async () => {
  const document = await PDFDocument.load(three)
  expect(plainPageCount(Buffer.from(await document.save({ useObjectStreams: true })))).toBe(null)
  expect(plainPageCount(Buffer.from(await document.save({ useObjectStreams: false })))).toBe(3)
})
