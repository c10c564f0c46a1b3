import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { truncate } from './truncate.ts'

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const family = '👨‍👩‍👧‍👦'
/** One token per run of letters, per other character and per newline: enough to prove the search. */
const count = (text: string): number => text.match(/[a-z]+|./gsu)?.length ?? 0

function startsOf(text: string): Set<number> {
  return new Set([...segmenter.segment(text)].map(({ index }) => index).concat(text.length))
}

describe('truncate by characters', () => {
  test('leaves a text that is short enough as it is, marker or not', () => {
    expect(truncate('abc', { characters: 3 })).toBe('abc')
    expect(truncate('abc', { characters: 3, marker: '…' })).toBe('abc')
  })

  test('counts the marker, and leaves it out where there is no room for it', () => {
    expect(truncate('abcdefgh', { characters: 6, marker: ' […]' })).toBe('ab […]')
    expect(truncate('abcdefgh', { characters: 3, marker: ' […]' })).toBe('abc')
  })

  test('never divides what a reader sees as one character', () => {
    expect(truncate(`a${family}b`, { characters: 5 })).toBe('a')
    expect(truncate('e\u0301e\u0301', { characters: 3 })).toBe('e\u0301')
    expect(truncate('🇫🇷🇩🇪', { characters: 6 })).toBe('🇫🇷')
    expect(truncate('a\r\nb', { characters: 2 })).toBe('a')
    expect(truncate('😀', { characters: 1 })).toBe('')
    expect(truncate('abc', { characters: 0 })).toBe('')
  })

  test('cuts any text at a boundary, never longer than asked and never a character shorter than needed', () => {
    const unit = fc.constantFrom(
      'a',
      ' ',
      '\n',
      '漢',
      'é',
      'e\u0301',
      family,
      '🇫🇷',
      '😀',
      '\r\n',
      'क्षि',
      '\ud800',
    )
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 60 }), fc.nat(80), (units, characters) => {
        const text = units.join('')
        const cut = truncate(text, { characters })
        const starts = startsOf(text)
        expect(text.startsWith(cut)).toBe(true)
        expect(starts.has(cut.length)).toBe(true)
        expect(cut.length).toBe(Math.max(...[...starts].filter((start) => start <= characters)))
      }),
    )
  })

  test.each([
    ['ASCII before the cut', `${'plain text '.repeat(400)}${family.repeat(50)}`],
    ['no ASCII at all', family.repeat(600)],
    ['Chinese', '漢字'.repeat(3_000)],
  ])('finds the boundary from the surroundings of the cut alone (%s)', (_, text) => {
    const starts = startsOf(text)
    for (let characters = 4_300; characters < 4_420; characters += 1) {
      const cut = truncate(text, { characters })
      expect(starts.has(cut.length)).toBe(true)
      expect(characters - cut.length).toBeLessThan(family.length)
    }
  })

  test('cuts inside a single character only where that is longer than a thousand, and not inside a pair', () => {
    const zalgo = `x${'\u0301'.repeat(5_000)}`
    expect(truncate(zalgo, { characters: 3_000 })).toBe(zalgo.slice(0, 3_000))
    const tags = `🏴${'\u{e0067}'.repeat(2_000)}`
    expect(truncate(tags, { characters: 3_001 })).toBe(tags.slice(0, 3_000))
    expect(truncate(`ab${'\u0301'.repeat(900)}`, { characters: 500 })).toBe('a')
  })

  test('looks at a bounded part of a text however long it is', () => {
    const text = '漢'.repeat(20_000_000)
    for (let round = 0; round < 1_000; round += 1) truncate(text, { characters: 150_000 })
    expect(truncate(text, { characters: 150_000 })).toHaveLength(150_000)
  })
})

describe('truncate by tokens', () => {
  test('leaves a text that is short enough as it is', () => {
    expect(truncate('one two', { tokens: 3, count, marker: ' […]' })).toBe('one two')
    for (const long of ['word '.repeat(5_000), 'considerations '.repeat(5_000)]) {
      expect(truncate(long, { tokens: 10_000, count })).toBe(long)
    }
  })

  test('gives the longest beginning that the count allows, with its marker', () => {
    expect(truncate('one two three four', { tokens: 3, count })).toBe('one two')
    expect(truncate('one two three four', { tokens: 5, count, marker: ' …' })).toBe('one two …')
    expect(truncate('one two three four', { tokens: 1, count, marker: ' […]' })).toBe('one')
    expect(truncate('one two', { tokens: 0, count })).toBe('')
    expect(truncate('.......', { tokens: 1, count, marker: '+' })).toBe('+')
  })

  test('never gives more tokens than asked, and cuts at a boundary', () => {
    const unit = fc.constantFrom('a', 'bc', ' ', '漢', family, '.')
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 200 }),
        fc.nat(60),
        fc.constantFrom('', '…'),
        (units, tokens, marker) => {
          const text = units.join('')
          const cut = truncate(text, { tokens, count, marker })
          expect(count(cut)).toBeLessThanOrEqual(tokens)
          const kept = cut !== text && cut.endsWith('…') ? cut.slice(0, -1) : cut
          expect(startsOf(text).has(kept.length)).toBe(true)
          expect(text.startsWith(kept)).toBe(true)
        },
      ),
    )
  })

  test('counts a long text a bounded number of times, and only the part that matters', () => {
    let counted = 0
    const text = 'abc def '.repeat(1_000_000)
    const cut = truncate(text, {
      tokens: 1_000,
      count: (part) => {
        counted += part.length
        return count(part)
      },
    })
    expect(count(cut)).toBe(1_000)
    expect(counted).toBeLessThan(200_000)
  })
})
