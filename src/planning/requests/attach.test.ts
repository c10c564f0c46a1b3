import { describe, expect, test } from 'vitest'
import { attach, text } from './attach.ts'
import type { PageSize } from '../../domain/pages.ts'
import { type FilePart, textsOf } from '../../domain/request.ts'
import type { TokenRange } from '../../domain/token-rule.ts'
import { attachedTokens } from '../images/attached-tokens.ts'
import { isContent } from './render.ts'

const row = { path: 'scans/a/letter.pdf', pages: [1, 5] as const, pageCount: 5, bytes: 10 }

describe('attach', () => {
  test('names a file of a row, whole when all pages are meant', () => {
    expect(attach(row)).toEqual({
      kind: 'file',
      path: 'scans/a/letter.pdf',
      filename: 'letter.pdf',
      mediaType: 'application/pdf',
      pages: null,
      pageCount: 5,
      detail: null,
      maxTokens: null,
    })
  })

  test('names a range of pages by the row, or by the caller', () => {
    expect(attach({ ...row, pages: [2, 3] })).toMatchObject({ pages: [2, 3], pageCount: 2 })
    expect(attach(row, { pages: [4, 5] })).toMatchObject({ pages: [4, 5], pageCount: 2 })
    expect(attach('letter.pdf', { pages: [1, 2] })).toMatchObject({ pages: [1, 2], pageCount: 2 })
    expect(attach('letter.pdf')).toMatchObject({ pages: null, pageCount: null })
  })

  test.each([
    [0, 1],
    [3, 2],
    [1.5, 2],
  ])('refuses the pages %s to %s', (first, last) => {
    expect(() => attach('a.pdf', { pages: [first, last] })).toThrow('[first, last]')
  })

  test('takes images by their extension and nothing else', () => {
    expect(attach('photos/Cat.JPG', { detail: 'low' })).toMatchObject({
      mediaType: 'image/jpeg',
      detail: 'low',
      pages: null,
    })
    for (const path of ['a.docx', 'pdf', 'a.pdf/b', '']) expect(() => attach(path)).toThrow('attach takes')
  })
})

describe('the content of a message', () => {
  test('is a text, or parts made by text and attach', () => {
    expect(isContent('x')).toBe(true)
    expect(isContent([text('x'), attach(row)])).toBe(true)
    for (const wrong of [1, null, {}, [null], ['x'], [{ kind: 'text' }], [{ kind: 'file', path: 'a' }]])
      expect(isContent(wrong)).toBe(false)
  })

  test('has the names of its files among its texts', () => {
    expect(textsOf([text('look at'), attach(row)])).toEqual(['look at', 'letter.pdf'])
  })
})

describe('the tokens of an attached file', () => {
  const none = { pageCount: null }

  test('are pages of text and picture for a PDF, of those that are sent', () => {
    const a4 = { textBytes: 700, sizes: [{ width: 595, height: 842 }] }
    const of = (file: FilePart, pageCount: number | null): TokenRange =>
      attachedTokens(file, { pageCount, pages: a4 }, 'gpt-4o')
    // A4 is fitted to 768 by 1,086: six tiles.
    const picture = 85 + 6 * 170
    const range = (count: number): TokenRange => ({
      likely: 200 + count * picture,
      most: 700 + count * (picture + 40),
    })
    expect(of(attach('one.pdf'), 1)).toEqual(range(1))
    expect(of(attach(row), null)).toEqual(range(5))
    expect(of(attach({ ...row, pages: [2, 3] }), null)).toEqual(range(2))
    expect(of(attach('unknown.pdf'), 7)).toEqual(range(7))
  })

  test('are bounded by the shape of a page and not by its size, as nobody says how finely it is drawn', () => {
    const most = (width: number, height: number, model = 'gpt-4o'): number =>
      attachedTokens(
        attach('one.pdf'),
        { pageCount: 1, pages: { textBytes: 0, sizes: [{ width, height }] } },
        model,
      ).most
    for (const scale of [0.01, 1, 100]) {
      expect(most(595 * scale, 842 * scale)).toBe(40 + 85 + 6 * 170)
      expect(most(842 * scale, 595 * scale)).toBe(40 + 85 + 6 * 170)
      expect(most(612 * scale, 792 * scale)).toBe(40 + 85 + 4 * 170)
      // 4 by 3 is two tiles high, and three where its sides are rounded.
      expect(most(720 * scale, 540 * scale)).toBe(40 + 85 + 6 * 170)
      expect(most(10_000 * scale, scale)).toBeLessThanOrEqual(40 + 85 + 8 * 170)
      expect(most(595 * scale, 842 * scale, 'gpt-5.6-sol')).toBe(40 + 3_000)
    }
  })

  test('are the highest of all pages where sizes differ, and of any page where none is known', () => {
    const most = (...sizes: readonly PageSize[]): number =>
      attachedTokens(attach('a.pdf'), { pageCount: 1, pages: { textBytes: 0, sizes } }, 'gpt-4o').most
    const letter = { width: 612, height: 792 }
    const a4 = { width: 595, height: 842 }
    expect(most(letter, a4)).toBe(most(a4))
    expect(most()).toBe(40 + 85 + 8 * 170)
    const unread = attachedTokens(attach('a.pdf'), { pageCount: 2 }, 'gpt-4o')
    expect(unread.most).toBe(1_050_000 + 2 * (40 + 85 + 8 * 170))
    expect(unread.likely).toBe(2 * (750 + 85 + 6 * 170))
  })

  test('are those of an image by its own size', () => {
    const image = { mediaType: 'image/png', width: 1_600, height: 1_600 } as const
    expect(attachedTokens(attach('a.png'), { pageCount: null, image }, 'gpt-5.6-sol')).toEqual({
      likely: 3_000,
      most: 3_000,
    })
  })

  test('are at most what the job says, where it says', () => {
    expect(attachedTokens(attach(row, { maxTokens: 12 }), none, 'gpt-4o')).toEqual({ likely: 12, most: 12 })
    const { likely } = attachedTokens(attach(row), none, 'gpt-4o')
    expect(attachedTokens(attach(row, { maxTokens: 90_000 }), none, 'gpt-4o')).toEqual({
      likely,
      most: 90_000,
    })
  })
})
