import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PDFDocument } from '@cantoo/pdf-lib'
import { beforeEach, describe, expect, test } from 'vitest'
import { gifOf, jpegOf, pngOf, webpOf } from '../../../test/support/images.ts'
import { pdfOf } from '../../../test/support/pdf.ts'
import type { ReadOptions, Source, SourceReader, SourceRecord } from '../../ports/source.ts'
import { files } from './files-source.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'offpeak-pdf-'))
  return () => rmSync(dir, { recursive: true })
})

const put = (path: string, content: Uint8Array | string): void => {
  mkdirSync(dirname(join(dir, path)), { recursive: true })
  writeFileSync(join(dir, path), content)
}
const open = <Row>(source: Source<Row>): Promise<SourceReader<Row>> =>
  source.open({ baseDir: dir, databaseUrl: null })
const all = async <Row>(
  source: Source<Row>,
  options: Partial<ReadOptions> = {},
): Promise<readonly SourceRecord<Row>[]> => {
  await using reader = await open(source)
  const records: SourceRecord<Row>[] = []
  for await (const page of reader.read({ after: null, limit: null, order: 'key', only: null, ...options }))
    records.push(...page.records)
  return records
}
const problems = <Row>(records: readonly SourceRecord<Row>[]): readonly string[] =>
  records.map(({ problem }) => problem ?? 'fine')
const pages = (count: number): Buffer => pdfOf(Array.from({ length: count }, (_, n) => `Page ${n + 1}`))

async function locked(userPassword: string): Promise<Uint8Array> {
  const document = await PDFDocument.load(pages(1))
  document.encrypt({ userPassword, ownerPassword: 'owner' })
  return document.save()
}

describe('files.pdf', () => {
  test('reads files in the order of their paths, with their pages', async () => {
    put('scans/b.pdf', pages(2))
    put('scans/2021/c.pdf', pages(1))
    const records = await all(files.pdf('scans/**/*.pdf'))
    expect(records).toEqual([
      {
        key: 'scans/2021/c',
        row: {
          path: 'scans/2021/c.pdf',
          stem: '2021/c',
          pageCount: 1,
          pages: [1, 1],
          bytes: pages(1).length,
          modifiedAt: expect.stringMatching(/^20\d\d-/),
        },
      },
      { key: 'scans/b', row: expect.objectContaining({ stem: 'b', pageCount: 2, pages: [1, 2] }) },
    ])
  })

  test('makes several records of a long file, each with its part', async () => {
    put('long.pdf', pages(5))
    put('short.pdf', pages(2))
    const source = files.pdf('*.pdf', { maxPages: 2 })
    const records = await all(source)
    expect(records.map(({ key }) => key)).toEqual(['long:1-2', 'long:3-4', 'long:5-5', 'short'])
    expect(records[2]).toMatchObject({
      row: { pages: [5, 5], pageCount: 5 },
      part: { of: 'long', index: 2, count: 3 },
    })
    expect(records[3]).not.toHaveProperty('part')
    await using reader = await open(source)
    expect(await reader.count()).toBe(4)
    expect((await all(source, { only: ['long:3-4', 'nothing'] })).map(({ key }) => key)).toEqual(['long:3-4'])
  })

  test('says of each file that cannot be used why, and continues', async () => {
    put('broken.pdf', pages(1).subarray(0, 150))
    put('cut.pdf', pages(3).subarray(0, 700))
    put('empty.pdf', '')
    put('good.pdf', pages(1))
    put('large.pdf', pdfOf(['x'], 3_000))
    put('locked.pdf', await locked('secret'))
    put('owner.pdf', await locked(''))
    put('text.pdf', 'no PDF at all')
    expect(problems(await all(files.pdf('*.pdf', { maxBytes: 2_000 })))).toEqual([
      expect.stringContaining('the file is a broken PDF'),
      'the file is a broken PDF: its end is missing, as of a file that was cut off',
      'the file is empty',
      'fine',
      'the file has more than 2,000 bytes',
      'the file is encrypted; remove its password first',
      'fine',
      'the file is not a PDF file',
    ])
  })

  test('continues behind any record that was read, in the middle of a long file too', async () => {
    for (const name of ['a', 'b', 'c']) put(`${name}.pdf`, pages(5))
    const source = files.pdf('*.pdf', { maxPages: 2 })
    const keys = (await all(source)).map(({ key }) => key)
    await using reader = await open(source)
    for await (const page of reader.read({ after: null, limit: null, order: 'key', only: null }))
      for (const index of page.records.keys()) {
        const rest = await all(source, { after: page.cursorAt(index) })
        expect(rest.map(({ key }) => key)).toEqual(keys.slice(index + 1))
      }
  })

  test('ends a page by the bytes of its files', async () => {
    for (const name of ['a', 'b', 'c', 'd']) put(`${name}.pdf`, pdfOf(['x'], 3_000_000))
    await using reader = await open(files.pdf('*.pdf'))
    const sizes: number[] = []
    for await (const page of reader.read({ after: null, limit: null, order: 'key', only: null }))
      sizes.push(page.records.length)
    expect(sizes).toEqual([3, 1])
  })

  test('notices a changed file by its mark and when it is read again', async () => {
    put('a.pdf', pages(1))
    await using reader = await open(files.pdf('*.pdf'))
    const mark = async (): Promise<string | null> => {
      for await (const page of reader.read({ after: null, limit: null, order: 'key', only: null }))
        return page.mark
      return null
    }
    const before = await mark()
    put('a.pdf', pages(2))
    expect(await mark()).not.toBe(before)
    expect((await reader.reread?.(['a', 'gone']))?.get('a')).toMatchObject({ pageCount: 2 })
  })

  test('keeps to limits, and samples from all over', async () => {
    for (let n = 0; n < 9; n++) put(`${n}.pdf`, pages(1))
    const source = files.pdf('*.pdf')
    expect(await all(source.limit(4), { limit: 9 })).toHaveLength(4)
    expect(await all(source, { limit: 2 })).toHaveLength(2)
    await using reader = await open(source.limit(8).limit(9))
    expect(await reader.count()).toBe(8)
    expect((await reader.sample(3)).map(({ key }) => key)).toEqual(['0', '2', '4'])
  })

  test('refuses a pattern without files, one that leaves the project, and only unusable files', async () => {
    put('bad.pdf', 'x')
    const check = async (pattern: string): Promise<void> => (await open(files.pdf(pattern))).check()
    await expect(check('none/*.pdf')).rejects.toMatchObject({ code: 'E_SOURCE_FILE' })
    await expect(check('../*.pdf')).rejects.toMatchObject({ code: 'E_SOURCE_FILE' })
    await expect(check('*.pdf')).rejects.toMatchObject({ code: 'E_SOURCE_ROW' })
    expect(() => files.pdf('*.pdf', { maxPages: 0 })).toThrow('maxPages')
  })

  test('does not follow a link out of the project', async () => {
    put('in.pdf', pages(1))
    const outside = mkdtempSync(join(tmpdir(), 'offpeak-outside-'))
    writeFileSync(join(outside, 'x.pdf'), pages(1))
    symlinkSync(join(outside, 'x.pdf'), join(dir, 'link.pdf'))
    expect((await all(files.pdf('*.pdf'))).map(({ key }) => key)).toEqual(['in'])
    rmSync(outside, { recursive: true })
  })
})

describe('files.images and files.text', () => {
  test('read images by their content, keyed by their whole paths where the pattern leaves the ending open', async () => {
    put('p/a.png', pngOf(2, 3))
    put('p/a.JPG', pngOf(20, 30))
    put('p/b', webpOf(5, 6))
    put('p/c.jpg', jpegOf(8, 8).subarray(0, 30))
    put('p/d.png', 'no picture')
    put('p/e.gif', gifOf(4, 4, 2))
    put('p/f.png', '')
    const records = await all(files.images('p/*'))
    expect(records.map(({ key }) => key)).toEqual([
      'p/a.JPG',
      'p/a.png',
      'p/b',
      'p/c.jpg',
      'p/d.png',
      'p/e.gif',
      'p/f.png',
    ])
    expect(records[0]).toMatchObject({ row: { mediaType: 'image/png', width: 20, height: 30 } })
    expect(records[2]).toMatchObject({ row: { mediaType: 'image/webp', stem: 'b', bytes: 32 } })
    expect(problems(records).slice(3)).toEqual([
      'the file is a broken image: its end is missing, as of a file that was cut off',
      'the file is no PNG, JPEG, WebP or GIF image: its content is another',
      'the file is an animated GIF of 2 pictures, which models do not take: save one of them',
      'the file is empty',
    ])
  })

  test.for([
    ['*.png', 'a', 'a'],
    ['**/[ab].png', 'a', 'a'],
    ['*.{png,jpg}', 'a.png', 'a.png'],
    ['*', 'a.png', 'a.png'],
    ['*.*', 'a.png', 'a.png'],
    ['a.p?g', 'a.png', 'a.png'],
  ] as const)('have keys that stay when other files come next to them: %s', async ([pattern, key, stem]) => {
    put('a.png', pngOf(2, 3))
    const before = await all(files.images(pattern))
    expect(before).toMatchObject([{ key, row: { stem } }])
    put('a.jpg', jpegOf(2, 3))
    expect(await all(files.images(pattern))).toEqual(expect.arrayContaining([...before]))
  })

  test('read texts below a directory of their own', async () => {
    put('notes/x/a.txt', '\uFEFFGrüße')
    put('notes/b.txt', Buffer.from([0xff]))
    const records = await all(files.text('**/*.txt', { cwd: 'notes' }))
    expect(records).toEqual([
      { key: 'notes/b', problem: expect.stringContaining('the file is not valid UTF-8') },
      { key: 'notes/x/a', row: { path: 'notes/x/a.txt', stem: 'x/a', text: 'Grüße' } },
    ])
  })
})

describe('files.outline', () => {
  const outline = '# T\n## One\n### A\nx\n### B\n## Two\n### Appendix C\n'

  test('is keyed by number, by slug or by codes, and skips what it is told', async () => {
    put('o.md', outline)
    put('codes.md', '## M1: One\n### L001: A\n### L002: A\n')
    const keys = async (source: Source<unknown>): Promise<readonly string[]> =>
      (await all(source)).map(({ key }) => key)
    expect(await keys(files.outline('o.md', { level: 3 }))).toEqual(['1.1', '1.2', '2.1'])
    expect(await keys(files.outline('o.md', { level: 3, key: 'slug' }))).toEqual([
      'one/a',
      'one/b',
      'two/appendix-c',
    ])
    expect(await keys(files.outline('codes.md', { level: 3 }))).toEqual(['L001', 'L002'])
    expect(await keys(files.outline('o.md', { level: 3, skip: /^appendix/i }))).toEqual(['1.1', '1.2'])
    expect(await keys(files.outline('o.md', { level: 3, skip: /^One/g }))).toEqual(['2.1'])
    expect(await keys(files.outline('o.md', { level: 3, skip: ({ n }) => n === 1 }).limit(1))).toEqual([
      '1.2',
    ])
  })

  test('is read in its own encoding, and refused in another', async () => {
    put('mark.md', Buffer.from('\uFEFF## Größe\n', 'utf16le'))
    put('latin.md', Buffer.from('## Größe\n', 'latin1'))
    expect(await all(files.outline('mark.md', { level: 2 }))).toMatchObject([{ row: { title: 'Größe' } }])
    expect(await all(files.outline('latin.md', { level: 2, encoding: 'latin1' }))).toMatchObject([
      { row: { title: 'Größe' } },
    ])
    await expect(open(files.outline('latin.md', { level: 2 }))).rejects.toMatchObject({
      code: 'E_SOURCE_FILE',
      message: expect.stringContaining('not valid UTF-8'),
    })
    expect(() => files.outline('latin.md', { level: 2, encoding: 'x' })).toThrow('no encoding x')
  })

  test('continues behind a record, and tells when it is gone', async () => {
    put('o.md', outline)
    const source = files.outline('o.md', { level: 3 })
    expect((await all(source, { after: '1.1', only: ['1.1', '2.1'] })).map(({ key }) => key)).toEqual(['2.1'])
    await expect(all(source, { after: '9.9' })).rejects.toMatchObject({ code: 'E_SOURCE_CHANGED' })
    await using reader = await open(source)
    expect([...((await reader.reread?.(['1.2', '7'])) ?? [])].map(([key]) => key)).toEqual(['1.2'])
    expect(await reader.sample(2)).toHaveLength(3)
  })

  test('refuses a file that is not there, and one without such headings', async () => {
    put('o.md', outline)
    await expect(open(files.outline('no.md', { level: 2 }))).rejects.toMatchObject({ code: 'E_SOURCE_FILE' })
    const reader = await open(files.outline('o.md', { level: 5 }))
    await expect(reader.check()).rejects.toMatchObject({ code: 'E_SOURCE_FILE' })
  })
})
