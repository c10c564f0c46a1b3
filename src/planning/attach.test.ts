import { describe, expect, test } from 'vitest'
import { attach, text } from './attach.ts'
import { attachedTokens, pageText } from './attached-tokens.ts'
import { isContent, textsOf } from './content.ts'

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
    const page = attachedTokens(attach('one.pdf'), { pageCount: 1 }, 'gpt-4o')
    // A4 at 300 dots an inch is fitted to 768 by 1,086: six tiles.
    expect(page.most).toBe(pageText.most + 85 + 6 * 170)
    expect(page.likely).toBeLessThan(page.most / 2)
    const times = (count: number): typeof page => ({ likely: count * page.likely, most: count * page.most })
    expect(attachedTokens(attach(row), none, 'gpt-4o')).toEqual(times(5))
    expect(attachedTokens(attach({ ...row, pages: [2, 3] }), none, 'gpt-4o')).toEqual(times(2))
    expect(attachedTokens(attach('unknown.pdf'), { pageCount: 7 }, 'gpt-4o')).toEqual(times(7))
  })

  test('are more for pages that are larger than A4, and no fewer for smaller ones', () => {
    const most = (page: { width: number; height: number } | null): number =>
      attachedTokens(attach('one.pdf'), { pageCount: 1, page }, 'gpt-5.6-sol').most
    // 2,480 by 3,508 dots are 78 by 110 squares.
    expect(most(null)).toBe(4_000 + Math.ceil(78 * 110 * 1.2))
    expect(most({ width: 298, height: 421 })).toBe(most(null))
    // A0 has the text of sixteen such pages, and a picture of more squares than any that is taken.
    expect(most({ width: 2_384, height: 3_370 })).toBeGreaterThan(16 * 4_000 + 36_000)
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
