import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Tokenizer } from './byte-pairs.ts'
import { chunkPlaces, chunkText } from './chunk.ts'
import { type Encoding, loadTokenizer } from './count-tokens.ts'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const tokenizers = new Map<Encoding, Tokenizer>()
beforeAll(async () => {
  for (const encoding of ['o200k_base', 'cl100k_base'] as const)
    tokenizers.set(encoding, await loadTokenizer(encoding))
})

function tokenizer(encoding: Encoding = 'o200k_base'): Tokenizer {
  const found = tokenizers.get(encoding)
  if (!found) throw new Error('the tokenizer is not loaded')
  return found
}

function chunks(text: string, tokens: number, overlap: number = 0, encoding?: Encoding): readonly string[] {
  return chunkText(text, { tokens, overlap, tokenizer: tokenizer(encoding) })
}

const pieces = fc.constantFrom(
  'The court held that costs follow the event. ',
  'word ',
  'Antidisestablishmentarianism',
  '\n\n',
  '\r\n',
  ' \t ',
  '。',
  '法院認為費用應由敗訴方承擔',
  'かな',
  '👨‍👩‍👧‍👦',
  '🇩🇪🇫🇷',
  'e\u0301',
  'n\u0303\u0323',
  ' \u0301',
  '-----',
  '...',
  '!?',
  '"Yes." ',
  '1234567',
  'кириллица ',
  '\ud800',
  'नमस्ते ',
)
const text = fc.oneof(
  fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
  fc.tuple(pieces, fc.integer({ min: 1, max: 80 })).map(([piece, times]) => piece.repeat(times)),
)
const settings = fc.record({
  tokens: fc.integer({ min: 40, max: 120 }),
  overlap: fc.constantFrom(0, 0.1, 0.5, 0.9),
  encoding: fc.constantFrom<Encoding>('o200k_base', 'cl100k_base'),
})

describe('chunkText', () => {
  test('keeps every character, in order, in chunks that are small enough and cut no character in two', () => {
    fc.assert(
      fc.property(text, settings, (text, { tokens, overlap, encoding }) => {
        const found = chunks(text, tokens, overlap, encoding)
        expect(chunks(text, tokens, overlap, encoding)).toEqual(found)
        const options = { tokens, overlap, tokenizer: tokenizer(encoding) }
        const { count } = tokenizer(encoding)
        const boundaries = new Set([...graphemes.segment(text)].map(({ index }) => index)).add(text.length)
        let [before, reached] = [-1, 0]
        for (const [start, end] of chunkPlaces(text, options)) {
          expect(start).toBeGreaterThan(before)
          expect(start).toBeLessThanOrEqual(reached)
          expect(end).toBeGreaterThan(reached)
          if (overlap === 0) expect(start).toBe(reached)
          expect(count(text.slice(start, end))).toBeLessThanOrEqual(tokens)
          expect([start, end].filter((at) => !boundaries.has(at))).toEqual([])
          ;[before, reached] = [start, end]
        }
        expect(reached).toBe(text.length)
        if (text !== '' && count(text) <= tokens) expect(found).toEqual([text])
      }),
      { numRuns: 400 },
    )
  })

  test('makes no chunk of an empty text', () => {
    expect(chunks('', 10)).toEqual([])
  })

  test('cuts after a paragraph rather than a sentence, and a sentence rather than a word', () => {
    const sentence = 'One two three four five six seven eight nine. '
    const paragraphs = `${sentence.repeat(3).trimEnd()}\n\n${sentence.repeat(3)}`
    expect(chunks(paragraphs, 34)[0]).toBe(`${sentence.repeat(3).trimEnd()}\n\n`)
    expect(chunks(sentence.repeat(6), 34)[0]).toBe(sentence.repeat(3))
    expect(chunks('one two three four five six seven eight nine ten', 5)).toEqual([
      'one two three four ',
      'five six seven eight ',
      'nine ten',
    ])
  })

  test('repeats about the share of tokens that is wanted', () => {
    const words = Array.from({ length: 4_000 }, (_, index) => `w${index % 977} `).join('')
    const { count } = tokenizer()
    for (const overlap of [0.1, 0.3, 0.9]) {
      const found = chunks(words, 200, overlap)
      const total = found.reduce((sum, chunk) => sum + count(chunk), 0)
      const repeated = 1 - count(words) / total
      expect(repeated).toBeGreaterThan(overlap * 0.7)
      expect(repeated).toBeLessThan(overlap * 1.1)
    }
  })

  test('keeps a character whole that alone has more tokens than allowed', () => {
    const family = '👨‍👩‍👧‍👦'
    expect(chunks(family.repeat(3), 2)).toEqual([family, family, family])
    expect(chunks(`a${family}b`, 1, 0.5)).toEqual(['a', family, 'b'])
  })

  test.each([
    ['a run of one letter', 'a'.repeat(250_000)],
    ['a run of blanks', ' '.repeat(600_000)],
    ['a run of dashes', '-'.repeat(600_000)],
    ['full stops', '.'.repeat(600_000)],
    ['line ends', '\n'.repeat(250_000)],
    ['Chinese without a stop', '法院認為費用應由敗訴方承擔'.repeat(7_000)],
    ['one letter with many accents', `e${'\u0301'.repeat(125_000)}`],
    ['emoji', '👩‍💻'.repeat(25_000)],
  ])('ends on hundreds of kilobytes of %s', (_, long) => {
    for (const [tokens, overlap] of [
      [1_500, 0.1],
      [4_000, 0],
    ] as const) {
      const found = chunks(long, tokens, overlap)
      expect(found.length).toBeGreaterThan(1)
      expect(Math.max(...found.map((chunk) => tokenizer().count(chunk)))).toBeLessThanOrEqual(tokens)
      expect(found.reduce((sum, chunk) => sum + chunk.length, 0)).toBeGreaterThanOrEqual(long.length)
    }
  })
})

describe('the ends of tokens', () => {
  test('rise from token to token to the end of the text, as many as are counted', () => {
    fc.assert(
      fc.property(text, (text) => {
        const { count, ends } = tokenizer()
        const found = ends(text)
        expect(found.length).toBe(count(text))
        expect(found).toEqual(found.toSorted((one, other) => one - other))
        expect(found.at(-1) ?? 0).toBe(text.length)
      }),
    )
  })

  test('are where the tokens of plain text end', () => {
    expect(tokenizer().ends('The court held.')).toEqual([3, 9, 14, 15])
  })
})
