import { PDFDocument } from '@cantoo/pdf-lib'
import { expect, test } from 'vitest'
import { pdfOf } from '../../../../test/support/pdf.ts'
import { plainPageCount } from './plain-pdf.ts'

const three = pdfOf(['one', 'two', 'three'], 5_000)
const text = three.toString('latin1')

test('a plain PDF says how many pages it has', () => {
  expect(plainPageCount(three)).toBe(3)
  expect(plainPageCount(pdfOf(Array.from({ length: 500 }, (_, n) => `page ${n}`)))).toBe(500)
})

test('the numbers that a file tells of itself are not believed', () => {
  for (const count of [0, 1, 9])
    expect(plainPageCount(Buffer.from(text.replace('/Count 3', `/Count ${count}`), 'latin1'))).toBe(3)
})

test('objects that overlap are read no more than a few times', () => {
  const objects = 20_000
  const kids = Array.from({ length: objects }, (_, index) => `${index + 3} 0 R`).join(' ')
  const body = `%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj 2 0 obj << /Type /Pages /Kids [${kids}] >> endobj `
  let overlapping = ''
  const offsets = [body.indexOf('1 0 obj'), body.indexOf('2 0 obj')]
  for (let id = 3; id < objects + 3; id++) {
    offsets.push(body.length + overlapping.length)
    overlapping += `${id} 0 obj << /Type /Page >> `
  }
  const entries = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  const whole = `${body}${overlapping}endobj `
  const table = `xref\n1 ${offsets.length}\n${entries}trailer << /Root 1 0 R >> startxref\n${whole.length}\n%%EOF`
  expect(plainPageCount(Buffer.from(whole + table, 'latin1'))).toBe(null)
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
  ['has no pages', text.replace(/\/Kids \[.*?\]/, '/Kids []')],
  ['has a page twice', text.replace('[4 0 R 6 0 R', '[4 0 R 4 0 R')],
  ['has a page that is not there', text.replace('[4 0 R', '[9 0 R')],
  ['has a tree in itself', text.replace('[4 0 R', '[2 0 R')],
  ['has two lists of pages', text.replace('/Kids [4 0 R', '/Kids [4 0 R] /Kids [')],
  ['has its list of pages elsewhere', text.replace(/\/Kids \[.*?\]/, '/Kids 4 0 R')],
  ['has a page of no type', text.replace('/Type /Page /Parent', '/Parent')],
  ['has a comment', text.replace('/Type /Page /Parent', '%Type /Page\n/Parent')],
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
