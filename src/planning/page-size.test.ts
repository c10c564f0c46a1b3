import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { pdfOf } from '../../test/support/pdf.ts'
import { largestPage } from './page-size.ts'

const pdf = (text: string): Buffer => Buffer.from(`%PDF-1.7\n${text}`)

test.each([
  ['/MediaBox [0 0 595.28 841.89]', { width: 595.28, height: 841.89 }],
  ['/MediaBox[0 0 595 842]', { width: 595, height: 842 }],
  ['/MediaBox [ -100 50 \n 100 .5 ]', { width: 200, height: 49.5 }],
  ['/MediaBox [0 0 10 10] /MediaBox [0 0 2384 3370] /MediaBox [0 0 20 20]', { width: 2_384, height: 3_370 }],
  ['/MediaBox 7 0 R', null],
  ['/MediaBox [0 0 0 842]', null],
  ['/MediaBox', null],
  ['', null],
])('the largest page of %j is told', (text, size) => {
  expect(largestPage(pdf(text))).toEqual(size)
})

test('a file as programs write it has the size of its pages', () => {
  expect(largestPage(pdfOf(['one', 'two']))).toEqual({ width: 595, height: 842 })
})
