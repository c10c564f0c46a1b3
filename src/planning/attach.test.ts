import { describe, expect, test } from 'vitest'
import { attach, text } from './attach.ts'
import { attachedTokens, imageTokens, pageTextTokens } from './attached-tokens.ts'
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
  test('are pages of text and picture for a PDF, of those that are sent', () => {
    const page = pageTextTokens + imageTokens('gpt-4o', null)
    expect(attachedTokens(attach(row), null, 'gpt-4o')).toBe(5 * page)
    expect(attachedTokens(attach({ ...row, pages: [2, 3] }), null, 'gpt-4o')).toBe(2 * page)
    expect(attachedTokens(attach('unknown.pdf'), 7, 'gpt-4o')).toBe(7 * page)
  })

  test('are those of one image by model and detail', () => {
    expect(imageTokens('gpt-4o-2024-11-20', 'low')).toBe(85)
    expect(imageTokens('gpt-4o', 'high')).toBe(85 + 8 * 170)
    expect(imageTokens('gpt-4o-mini', null)).toBe(2_833 + 8 * 5_667)
    expect(imageTokens('gpt-4.1-mini', 'low')).toBe(2_489)
    expect(imageTokens('a-model-of-tomorrow', 'auto')).toBe(3_779)
  })

  test('are what the job says, where it says', () => {
    expect(attachedTokens(attach(row, { maxTokens: 12 }), null, 'gpt-4o')).toBe(12)
  })
})
