import * as fc from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, test } from 'vitest'
import { bytePairTokenizer } from './byte-pairs.ts'
import { readTokenTable } from './count-tokens.ts'
import { splitPatterns } from './split-patterns.ts'

const ranks = await readTokenTable('o200k_base')

const plainText = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() }
const reference = (text: string): number => countTokens(text, plainText)

const words = fc.constantFrom(
  'the',
  ' Court',
  ' HELD',
  "don't",
  ' 1234567',
  '\n',
  '\r\n',
  '\n\n  ',
  '   ',
  '\t',
  '漢字',
  'かな',
  'é',
  'e\u0301',
  '😀',
  '👨‍👩‍👧',
  '----',
  '====',
  '...',
  '/',
  '"',
  '}',
  ' ',
  '\u00a0',
  '\ud800',
  '\udc00',
  '\0',
  '<|endoftext|>',
  'Ünï',
  'ǅ',
  'ʰ',
  'кириллица',
)

describe('counting in windows', () => {
  const { count: small } = bytePairTokenizer(ranks, splitPatterns.o200k_base, 32)

  test('is never below the true count, wherever a text is cut', () => {
    const text = fc.oneof(
      fc.array(words, { minLength: 10, maxLength: 80 }).map((parts) => parts.join('')),
      fc.tuple(words, fc.integer({ min: 30, max: 200 })).map(([part, times]) => part.repeat(times)),
      fc.string({ unit: fc.constantFrom('a', 'A', 'e', 't', 'h', ' ', '-'), minLength: 40, maxLength: 300 }),
    )
    fc.assert(
      fc.property(text, (text) => {
        const truth = reference(text)
        const counted = small(text)
        expect(counted).toBeGreaterThanOrEqual(truth)
        if (text.length <= 32) expect(counted).toBe(truth)
      }),
      { numRuns: 2_000 },
    )
  })

  test('is exact where every window has a line that begins with a letter or digit', () => {
    const line = fc.constantFrom('The court held.\n', '1. Costs, and\n', 'Ünïcode 漢字!\n', '漢\n')
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        expect(small(lines.join(''))).toBe(reference(lines.join('')))
      }),
    )
  })

  test('counts only what its pattern takes for a piece', () => {
    expect(bytePairTokenizer(ranks, /\p{L}+/gu).count('two words, 12')).toBe(2)
    expect(bytePairTokenizer(ranks, /\p{L}+/gu).count('12')).toBe(0)
  })

  test('does not cut between the halves of a surrogate pair', () => {
    for (const lead of ['', 'a']) {
      const text = `${lead}${'😀'.repeat(40)}`
      expect(small(text)).toBeGreaterThanOrEqual(reference(text))
      expect(small(text)).toBeLessThanOrEqual(reference(text) + 16 * 3)
    }
  })

  test('forgets pieces rather than remember without end', () => {
    const many = Array.from(
      { length: 70_000 },
      (_, at) => ` zq${at.toString(26).replaceAll(/\d/g, 'x')}vk${at % 7}`,
    )
    const text = many.slice(0, 2_000).join('')
    const before = small(text)
    small(
      many
        .map((word) => word.replaceAll(/\d/g, ''))
        .map((word, at) => `${word}${String.fromCodePoint(0x4e00 + (at % 20_000), 0x4e00 + (at >> 2))}`)
        .join('\n'),
    )
    expect(small(text)).toBe(before)
  })
})
