import { deflateSync } from 'node:zlib'
import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib'
import { expect, test } from 'vitest'
import { pdfOf } from '../../../../test/support/pdf.ts'
import type { PageFacts } from '../../../domain/pages.ts'
import { cutPages, wholePdf } from './pdf.ts'

async function factsOf(bytes: Uint8Array): Promise<PageFacts | undefined> {
  const read = await wholePdf(Buffer.from(bytes), null)
  if (read.problem !== undefined) throw new Error(read.problem)
  return read.pages
}

/** A page with these instructions, its resources, and further objects from 10 on. */
function pageWith(
  content: string,
  resources: string,
  objects: Readonly<Record<number, string>> = {},
): Buffer {
  const all = {
    1: '<< /Type /Catalog /Pages 2 0 R >>',
    2: '<< /Type /Pages /Count 1 /Kids [3 0 R] /MediaBox [0 0 100 200] >>',
    3: `<< /Type /Page /Parent 2 0 R /Resources << ${resources} >> /Contents 4 0 R >>`,
    4: streamOf('', content),
    ...objects,
  }
  const body = Object.entries(all).map(([id, text]) => `${id} 0 obj\n${text}\nendobj\n`)
  return Buffer.from(`%PDF-1.5\n${body.join('')}trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n`, 'latin1')
}

function streamOf(entries: string, content: string): string {
  return `<< ${entries} /Length ${Buffer.byteLength(content, 'latin1')} >>\nstream\n${content}\nendstream`
}

const helvetica = '/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>'

test('the sizes of pages are read where they are packed away, and those of a parent', async () => {
  const pages = [
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 2384 3370] /CropBox [1000 0 0 1000] >>',
  ]
  const numbers = `30 0 31 ${pages[0]?.length} `
  const inside = deflateSync(numbers + pages.join('')).toString('latin1')
  const packed = pageWith('', '', {
    2: '<< /Type /Pages /Count 2 /Kids [30 0 R 31 0 R] >>',
    10: streamOf(`/Type /ObjStm /N 2 /First ${numbers.length} /Filter /FlateDecode`, inside),
  })
  expect(packed.includes('612')).toBe(false)
  expect(await factsOf(packed)).toEqual({
    textBytes: 0,
    sizes: [
      { width: 612, height: 792 },
      { width: 2_384, height: 3_370 },
      { width: 1_000, height: 1_000 },
    ],
  })
  expect((await factsOf(pageWith('', '')))?.sizes).toEqual([{ width: 100, height: 200 }])
})

test('no size is told where one of a page is none', async () => {
  for (const box of ['[0 0 0 0]', '[/a 0 0 5]', '5', '[0 0 10]']) {
    const bytes = pageWith('', '').toString('latin1').replace('[0 0 100 200]', box)
    expect((await factsOf(Buffer.from(bytes, 'latin1')))?.sizes).toEqual([])
  }
})

test('text counts by its bytes, and a blank behind each piece', async () => {
  expect((await factsOf(pdfOf(['one', 'two\nlines'])))?.textBytes).toBe('one two lines '.length)
  const pieces = pageWith(
    String.raw`BT /F 9 Tf [(W) -80 (or\144)] TJ <4142 4> ' (a\(b(c)\)) Tj ET`,
    helvetica,
  )
  expect((await factsOf(pieces))?.textBytes).toBe('W ord AB@ a(b(c)) '.length)
})

test('only the pages that are cut out count', async () => {
  const cut = await cutPages(pdfOf(['one', 'two', 'three']), [2, 3])
  expect(cut.problem === undefined && cut.pages?.textBytes).toBe('two three '.length)
})

test('text that a program has packed counts as it is written, in any script', async () => {
  const document = await PDFDocument.create()
  const font = await document.embedFont(StandardFonts.TimesRoman)
  document.addPage().drawText('Grüße', { font })
  const bytes = (await factsOf(await document.save()))?.textBytes ?? 0
  expect(bytes).toBeGreaterThanOrEqual(Buffer.byteLength('Grüße '))
  expect(bytes).toBeLessThan(20)
})

test('a font that has a map to Unicode counts by it, and one that has none as the longest characters', async () => {
  const map = `1 beginbfchar <0001> <00660066 0069> endbfchar 2 beginbfrange <0002> <0003> <4E00> <0004> <0005> [<0041> <D83DDE00>] endbfrange`
  const font = (more: string): string =>
    `/Font << /F << /Type /Font /Subtype /Type0 /Encoding /Identity-H ${more} >> >>`
  const shown = 'BT /F 9 Tf <00010002000400050009> Tj ET'
  const mapped = pageWith(shown, font('/ToUnicode 10 0 R'), { 10: streamOf('', map) })
  // Three letters, one of three bytes and two for its successor, one letter, one of four bytes, and one that is not known.
  expect((await factsOf(mapped))?.textBytes).toBe(3 + 5 + 1 + 4 + 4 + 1)
  expect((await factsOf(pageWith(shown, font(''))))?.textBytes).toBe(5 * 4 + 1)
  expect((await factsOf(pageWith('BT /None 9 Tf (abc) Tj ET', '')))?.textBytes).toBe(3 * 4 + 1)
})

test('text in forms counts as often as it is drawn, and forms that draw themselves are not followed', async () => {
  const form = (name: string, content: string): string =>
    streamOf(`/Type /XObject /Subtype /Form /Resources << ${helvetica} /XObject << ${name} >> >>`, content)
  const twice = pageWith('/X Do /X Do', '/XObject << /X 10 0 R >>', {
    10: form('', 'BT /F 9 Tf (abc) Tj ET'),
  })
  expect((await factsOf(twice))?.textBytes).toBe(8)
  const endless = pageWith('/X Do', '/XObject << /X 10 0 R >>', { 10: form('/X 10 0 R', '/X Do /X Do') })
  expect((await factsOf(endless))?.textBytes).toBe(null)
})

test('text that cannot be unpacked in the size of a page is not known', async () => {
  const bomb = deflateSync(Buffer.alloc(80_000_000, ' ')).toString('latin1')
  const bytes = pageWith('', helvetica, { 4: streamOf('/Filter /FlateDecode', bomb) })
  expect((await factsOf(bytes))?.textBytes).toBe(null)
})

test('a picture inside of the instructions hides no text behind it', async () => {
  const content = 'BI /W 1 /H 1 ID \u0001(EIx( EI BT /F 9 Tf (abc) Tj ET % (no)\n'
  expect((await factsOf(pageWith(content, helvetica)))?.textBytes).toBe(4)
})
