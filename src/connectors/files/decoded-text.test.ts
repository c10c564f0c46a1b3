import { describe, expect, test } from 'vitest'
import { decodedText, requireEncoding } from './decoded-text.ts'

const text = '# Größe 😀\n'
const big = Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()

describe('the text of a file', () => {
  test.each([
    ['utf-8', Buffer.from(text)],
    ['utf-8 with a mark', Buffer.from(`\uFEFF${text}`)],
    ['utf-16le with a mark', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['utf-16be with a mark', big],
  ])('is read in %s', (_, bytes) => {
    expect(decodedText(bytes, null)).toEqual({ text: expect.stringMatching(/^\uFEFF?# Größe 😀\n$/) })
  })

  test('is read in an encoding that is named, and is a problem in another', () => {
    const latin = Buffer.from('Größe', 'latin1')
    expect(decodedText(latin, requireEncoding('ISO-8859-1'))).toEqual({ text: 'Größe' })
    expect(decodedText(latin, null)).toEqual({ problem: expect.stringContaining('not valid UTF-8') })
    expect(decodedText(Buffer.from([0x81]), 'shift_jis')).toEqual({ problem: 'is not valid shift_jis' })
    expect(decodedText(big, 'windows-1252')).toEqual(decodedText(big, null))
    expect(decodedText(Buffer.from([0x93, 0x80]), 'windows-1252')).toEqual({ text: '\u201c\u20ac' })
    expect(decodedText(Buffer.from('AB', 'utf16le'), null)).toEqual({
      problem: expect.stringContaining('UTF-16'),
    })
    expect(() => requireEncoding('klingon')).toThrow('no encoding klingon')
  })
})
