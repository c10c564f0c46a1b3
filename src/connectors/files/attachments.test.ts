import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PDFDocument } from '@cantoo/pdf-lib'
import { beforeEach, describe, expect, test } from 'vitest'
import { jpegOf, pngOf } from '../../../test/support/images.ts'
import { pdfOf } from '../../../test/support/pdf.ts'
import { readAttachment } from '../../emulator/core/answers/attachment.ts'
import { attach } from '../../planning/requests/attach.ts'
import { mostAttachedBytes } from '../../planning/images/attached-tokens.ts'
import type { LoadedFile } from '../../ports/attachments.ts'
import { projectAttachments } from './attachments.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'offpeak-attach-'))
  writeFileSync(join(dir, 'five.pdf'), pdfOf(['one', 'two', 'three', 'four', 'five']))
  return () => rmSync(dir, { recursive: true })
})

const load = (
  part: Parameters<typeof attach>,
  maxBytes = mostAttachedBytes,
): Promise<LoadedFile | { readonly problem: string }> =>
  projectAttachments(dir).load(attach(...part), maxBytes)
const textOf = (bytes: Uint8Array): string =>
  readAttachment(`,${Buffer.from(bytes).toString('base64')}`).text.replaceAll(/\s+/g, ' ')

describe('an attached file', () => {
  test('is read as it is when all of it is meant, and its pages are counted', async () => {
    expect(await load(['five.pdf'])).toEqual({
      bytes: pdfOf(['one', 'two', 'three', 'four', 'five']),
      pageCount: 5,
      pages: { textBytes: 'one two three four five '.length, sizes: [{ width: 595, height: 842 }] },
    })
    writeFileSync(join(dir, 'a.png'), pngOf(7, 5))
    expect(await load(['a.png'])).toEqual({
      bytes: pngOf(7, 5),
      pageCount: null,
      image: { mediaType: 'image/png', width: 7, height: 5 },
    })
  })

  test('that is an image goes by its content: as the row says, and never under the name of another kind', async () => {
    writeFileSync(join(dir, 'a.png'), jpegOf(7, 5))
    expect(await load([{ path: 'a.png', mediaType: 'image/jpeg' }])).toMatchObject({ image: { width: 7 } })
    expect(await load(['a.png'])).toEqual({ problem: expect.stringContaining('called png and holds jpeg') })
    writeFileSync(join(dir, 'a.png'), jpegOf(7, 5).subarray(0, 20))
    expect(await load(['a.png'])).toEqual({ problem: expect.stringContaining('a.png is a broken image') })
  })

  test('is cut to the pages that are meant, to the same bytes each time', async () => {
    const cut = async (pages: readonly [number, number]): Promise<Uint8Array> => {
      const loaded = await load(['five.pdf', { pages }])
      return loaded.problem === undefined ? loaded.bytes : Buffer.from(loaded.problem)
    }
    const first = await cut([1, 2])
    expect(textOf(first)).toBe('one two')
    expect((await PDFDocument.load(first)).getPageCount()).toBe(2)
    expect(textOf(await cut([5, 5]))).toBe('five')
    expect(Buffer.from(await cut([1, 2])).equals(first)).toBe(true)
  })

  test.each([
    ['no.pdf', 'cannot be read'],
    ['../five.pdf', 'outside'],
    ['/etc/hosts.png', 'outside'],
    ['link.pdf', 'symbolic link'],
    ['empty.pdf', 'is empty'],
    ['bad.pdf', 'is not a PDF'],
    ['five.pdf/x.pdf', 'cannot be read'],
  ])('that is %s is a problem of its record', async (path, problem) => {
    const outside = mkdtempSync(join(tmpdir(), 'offpeak-outside-'))
    writeFileSync(join(outside, 'x.pdf'), pdfOf(['x']))
    symlinkSync(join(outside, 'x.pdf'), join(dir, 'link.pdf'))
    writeFileSync(join(dir, 'empty.pdf'), '')
    writeFileSync(join(dir, 'bad.pdf'), 'x')
    expect(await load([path])).toEqual({ problem: expect.stringContaining(problem) })
    rmSync(outside, { recursive: true })
  })

  test('that is too large, or has not the pages, is one as well', async () => {
    expect(await load(['five.pdf'], 100)).toEqual({ problem: expect.stringContaining('can carry 100 more') })
    expect(await load(['five.pdf', { pages: [5, 6] }])).toEqual({
      problem: expect.stringContaining('has 5 pages, and pages 5 to 6'),
    })
  })
})
