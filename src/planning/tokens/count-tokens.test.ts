import * as fc from 'fast-check'
import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base'
import { get_encoding } from 'tiktoken'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../domain/request.ts'
import { windowCharacters } from './byte-pairs.ts'
import { maxRequestTokens, countRequestTokens, loadTokenizer, type CountTokens } from './count-tokens.ts'

const plainText = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() }
const reference = {
  o200k_base: (text: string) => countO200k(text, plainText),
  cl100k_base: (text: string) => countCl100k(text, plainText),
}
const encodings = ['o200k_base', 'cl100k_base'] as const
const counters = new Map<string, CountTokens>()
beforeAll(async () => {
  for (const encoding of encodings) counters.set(encoding, (await loadTokenizer(encoding)).count)
})
const counterOf = (encoding: string): CountTokens => counters.get(encoding) ?? (() => -1)

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

/** gpt-tokenizer takes JavaScript's word for what white space is, and misses the token that U+FEFF is. */
function withoutMarks(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return text.map((text) => text.replaceAll(/[\ufeff\u0085ſ]/g, ''))
}

describe.each(encodings)('a counter of %s', (encoding) => {
  test('agrees with gpt-tokenizer on every text', () => {
    const text = fc.oneof(
      fc.array(words, { maxLength: 40 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({
        unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
        maxLength: 40,
      }),
      fc.tuple(words, fc.integer({ min: 1, max: 300 })).map(([part, times]) => part.repeat(times)),
    )
    fc.assert(
      fc.property(withoutMarks(text), (text) => {
        expect(counterOf(encoding)(text)).toBe(reference[encoding](text))
      }),
      { numRuns: 2_000 },
    )
  })

  test('cuts at white space where tiktoken does, which has U+0085 among it and not U+FEFF', () => {
    const original = get_encoding(encoding)
    const blanks = '\ufeff\u0085\u180e\u200b\u1680\u2028\u3000\u00a0\u001c\v\f \t\r\n'
    const text = fc
      .array(fc.oneof(words, fc.constantFrom(...blanks.split(''), "it'ſ", "'Re", '½')), { maxLength: 12 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (text) => {
        const wellFormed = text.toWellFormed()
        expect(counterOf(encoding)(wellFormed)).toBe(original.encode_ordinary(wellFormed).length)
      }),
      { numRuns: 3_000 },
    )
    original.free()
  })

  test('counts the windows of a long run of one character like each other', () => {
    const window = '\u3000'.repeat(windowCharacters)
    const ofOne = counterOf(encoding)(window)
    const ofThree = counterOf(encoding)(window.repeat(3))
    expect(ofThree).toBeGreaterThanOrEqual(ofOne * 3)
    expect(ofThree).toBeLessThanOrEqual(ofOne * 3 + 100)
  })

  test('counts a byte order mark as the one token that both encodings have for its bytes', () => {
    expect(counterOf(encoding)('\ufeff')).toBe(1)
  })

  test('counts special tokens as the plain text that they are', () => {
    const text = 'a<|endoftext|><|im_start|>b<|fim_prefix|>'
    expect(counterOf(encoding)(text)).toBe(reference[encoding](text))
    expect(counterOf(encoding)(text)).toBeGreaterThan(10)
  })

  test.each([
    ['one letter', 'a'.repeat(1_000_000)],
    ['dashes', '-'.repeat(1_000_000)],
    ['spaces', ' '.repeat(1_000_000)],
    [
      'base64',
      Buffer.from(Array.from({ length: 750_000 }, (_, at) => (at * at * 31 + (at >> 3)) % 256)).toString(
        'base64',
      ),
    ],
    [
      'Chinese without punctuation',
      Array.from({ length: 400_000 }, (_, at) => String.fromCodePoint(0x4e00 + ((at * 7919) % 20_000))).join(
        '',
      ),
    ],
    ['more letters than a regular expression can take', '漢'.repeat(2_500_000)],
  ])('comes to an end on a megabyte of %s', (_, text) => {
    const tokens = counterOf(encoding)(text)
    expect(tokens).toBeGreaterThan(0)
    expect(tokens).toBeLessThanOrEqual(Buffer.byteLength(text) + 1_000)
  })

  test('agrees with gpt-tokenizer on texts of many windows that have lines', () => {
    const text =
      'The court heard the appeal in 漢字 and dismissed it with costs.\n2. Next point:\n\n  - item\n'.repeat(
        8_000,
      )
    expect(counterOf(encoding)(text)).toBe(reference[encoding](text))
  })
})

describe('loadTokenizer', () => {
  test('loads an encoding once', async () => {
    expect(await loadTokenizer()).toBe(await loadTokenizer('o200k_base'))
    expect(await loadTokenizer('cl100k_base')).not.toBe(await loadTokenizer())
  })
})

const request: ChatRequest = {
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system', content: 'You are a helpful, pattern-following assistant.' },
    { role: 'user', content: 'Hello <|endoftext|>' },
  ],
  maxTokens: null,
  temperature: null,
  schema: null,
  extra: {},
}

describe('countRequestTokens', () => {
  test('adds what frames each message and opens the answer', () => {
    const count = counterOf('o200k_base')
    const texts = request.messages.map(
      (message) =>
        count(typeof message.content === 'string' ? message.content : '') + count(message.role) + 3,
    )
    expect(countRequestTokens(request, count)).toBe(texts.reduce((sum, tokens) => sum + tokens, 3))
  })

  test('counts a schema and further fields at the length of their JSON', () => {
    const count = counterOf('o200k_base')
    const plain = countRequestTokens(request, count)
    const schema = { name: 'headnote', schema: { type: 'object', properties: { text: { type: 'string' } } } }
    expect(countRequestTokens({ ...request, schema }, count)).toBe(plain + count(JSON.stringify(schema)))
    const extra = { tools: [{ type: 'function', name: 'x' }] }
    expect(countRequestTokens({ ...request, extra }, count)).toBe(plain + count(JSON.stringify(extra)))
  })

  test('stays within the bound that the bytes of its JSON give', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), (contents) => {
        const messages = contents.map((content) => ({ role: 'user' as const, content }))
        const body = JSON.stringify({ model: request.model, messages })
        const tokens = countRequestTokens({ ...request, messages }, counterOf('o200k_base'))
        expect(maxRequestTokens(Buffer.byteLength(body))).toBeGreaterThanOrEqual(tokens)
      }),
    )
  })
})
