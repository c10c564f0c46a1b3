import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { pdfOf } from '../../../../test/support/pdf.ts'
import { countPages, cutPages } from './pdf.ts'
import { pdfThread } from './thread.ts'

const page = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] >>'
const tree = (kids: readonly number[]): string =>
  `<< /Type /Pages /Count 1 /Kids [${kids.map((id) => `${id} 0 R`).join(' ')}] >>`

/** A file without a table, so that it is parsed whole; object 1 is its catalog, and 2 its page tree. */
function looseFile(objects: Readonly<Record<number, string>>): Buffer {
  const all = { 1: '<< /Type /Catalog /Pages 2 0 R >>', ...objects }
  const body = Object.entries(all).map(([id, text]) => `${id} 0 obj\n${text}\nendobj\n`)
  return Buffer.from(`%PDF-1.5\n${body.join('')}trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n`, 'latin1')
}

/** Where a stream of packed objects should be, so many zeros. */
function packedZeros(bytes: number): string {
  const packed = deflateSync(Buffer.alloc(bytes)).toString('latin1')
  return `<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length ${packed.length} >>\nstream\n${packed}\nendstream`
}

describe('the pages of a PDF', () => {
  test('are those that hang on its tree, whatever the tree says of itself', async () => {
    expect(await countPages(looseFile({ 2: tree([3, 4]), 3: page, 4: page }))).toEqual({ pageCount: 2 })
    const scan = pdfOf(['a', 'b', 'c']).toString('latin1')
    expect(await countPages(Buffer.from(scan.replace('/Count 3', '/Count 2'), 'latin1'))).toEqual({
      pageCount: 3,
    })
  })

  test('are not lost where their type was left out, and can be cut out', async () => {
    const bytes = looseFile({
      2: tree([3, 4]),
      3: page.replace('/Type /Page ', ''),
      4: '<< /Kids [5 0 R] >>',
      5: page,
    })
    expect(await countPages(bytes)).toEqual({ pageCount: 2 })
    const cut = await cutPages(bytes, [2, 2])
    expect(cut.problem === undefined && (await countPages(Buffer.from(cut.bytes)))).toEqual({ pageCount: 1 })
  })

  test.each([
    ['a tree in itself', { 2: tree([2, 3]), 3: page }],
    [
      'a tree that doubles at each of thirty levels',
      Object.fromEntries([
        ...Array.from({ length: 30 }, (_, level) => [level + 2, tree([level + 3, level + 3])]),
        [32, page],
      ]),
    ],
  ])('are too many in %s', async (_, objects) => {
    expect(await countPages(looseFile(objects))).toEqual({
      problem: 'has more than 100,000 pages; split it first',
    })
  })
})

describe('a PDF that is made to do harm', () => {
  const good = looseFile({ 2: tree([3]), 3: page })

  test('is a problem when it takes more memory than one may, and the next one is read', async () => {
    const thread = pdfThread({ maxMs: 60_000, maxMemoryBytes: 100 * 1024 * 1024 })
    const bytes = looseFile({ 2: tree([3]), 3: page, 4: packedZeros(400_000_000) })
    expect(bytes.length).toBeLessThan(1_000_000)
    expect(await thread.ask({ bytes, wanted: 'count' })).toEqual({
      problem: 'takes more than 100 MB of memory to read',
    })
    expect(await thread.ask({ bytes: good, wanted: 'count' })).toEqual({ pageCount: 1, facts: null })
  })

  test('is a problem when it takes longer than one may', async () => {
    const thread = pdfThread({ maxMs: 1, maxMemoryBytes: 4 * 1024 ** 3 })
    const bytes = looseFile({ 2: tree([3]), 3: page, 4: packedZeros(100_000_000) })
    expect(await thread.ask({ bytes, wanted: 'count' })).toEqual({
      problem: 'takes longer than 0.001 s to read',
    })
  })

  test('is read in its turn, however many are asked for at once', async () => {
    const counts = await Promise.all([1, 2, 3].map((count) => countPages(looseFile(pagesOf(count)))))
    expect(counts).toEqual([{ pageCount: 1 }, { pageCount: 2 }, { pageCount: 3 }])
  })
})

function pagesOf(count: number): Readonly<Record<number, string>> {
  const ids = Array.from({ length: count }, (_, index) => index + 3)
  return { 2: tree(ids), ...Object.fromEntries(ids.map((id) => [id, page])) }
}
