import { expect, test } from 'vitest'
import { formatBytes } from '../../../src/wording/bytes.ts'
import { formatCount, formatLarge, formatPercent, formatShare, plural } from '../../../src/wording/count.ts'
import { exactUsd, formatCap, formatUsd, parseUsd } from '../../../src/wording/amount.ts'
import { parseExactJson } from './exact-json.ts'
import { capital } from '../../../src/wording/capital.ts'
import { keyArgument, listedKey, typedKey } from '../../../src/wording/typed-key.ts'
import { shellWord } from '../../../src/wording/shell-word.ts'
import { formatAgo, formatExact, formatMoment } from './time.ts'
import { formatDuration } from '../../../src/wording/duration.ts'
import { visibleLine, visiblePieces } from './visible.ts'

test.each([
  [0, '$0.00'],
  [53_100_000, '$53.10'],
  [1_234_567_890, '$1,234.57'],
  [41_200, '$0.0412'],
  [7, '$0.000007'],
  [-2_500_000, '−$2.50'],
])('%j micro-dollars read %j', (amount, text) => {
  expect(formatUsd(amount)).toBe(text)
})

test('a cap is rounded up, and what people type is read', () => {
  expect(formatCap(120_001)).toBe('$0.13')
  expect(formatCap(0)).toBe('$0.00')
  expect(exactUsd(50_000_000)).toBe('$50.00')
  expect(exactUsd(100)).toBe('$0.0001')
  expect(exactUsd(12_345_678)).toBe('$12.345678')
  expect(parseUsd('$1,200.50')).toBe(1_200_500_000)
  expect(parseUsd('90')).toBe(90_000_000)
  expect(parseUsd('.5')).toBe(500_000)
  for (const wrong of ['', '$', '1.2.3', '12,34', 'ninety', '-3']) expect(parseUsd(wrong)).toBeNull()
})

test('numbers are written for people', () => {
  expect(formatCount(118_498)).toBe('118,498')
  expect(formatLarge(734_700_000)).toBe('734.7 M')
  expect(formatLarge(99_999)).toBe('99,999')
  expect(formatBytes(199_800_000)).toBe('199.8 MB')
  expect(formatBytes(12)).toBe('12 B')
  expect(formatPercent(0.25)).toBe('0.3 %')
  expect(plural(1, 'file')).toBe('1 file')
  expect(plural(1_200, 'batch', 'batches')).toBe('1,200 batches')
})

test.each([
  [0, 10, '0 %'],
  [10, 10, '100 %'],
  [118_497, 118_498, '99.9 %'],
  [1, 118_498, '< 0.1 %'],
  [3, 1_000, '0.3 %'],
  [60, 100, '60 %'],
  [0, 0, '0 %'],
])('%j of %j is %j', (part, whole, text) => {
  expect(formatShare(part, whole)).toBe(text)
})

test.each([
  [400, '0.4 s'],
  [63_000, '1 m 3 s'],
  [20_460_000, '5 h 41 m'],
  [90_000_000, '1 d 1 h'],
])('%j milliseconds read %j', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text)
})

test('times are told from now', () => {
  const now = new Date(2026, 10, 21, 12, 0, 0).getTime()
  expect(formatAgo(now - 5_000, now)).toBe('just now')
  expect(formatAgo(now - 3_660_000, now)).toBe('1 h ago')
  expect(formatAgo(now + 10_800_000, now)).toBe('in 3 h')
  expect(formatMoment(now - 3_600_000, now)).toBe('11:00')
  expect(formatMoment(now - 86_400_000, now)).toBe('20 Nov 12:00')
  expect(formatMoment(new Date(2025, 1, 3).getTime(), now)).toBe('3 Feb 2025')
  expect(formatExact(now)).toBe('2026-11-21 12:00:00')
})

test('characters that nobody sees are named, and tabs, line ends and joined emoji stay', () => {
  expect(visiblePieces('a\u202eb\r\n\tc')).toEqual([
    { text: 'a', hidden: false },
    { text: 'U+202E', hidden: true },
    { text: 'b\n\tc', hidden: false },
  ])
  expect(visibleLine('x\u001b[31m  y\n')).toBe('x<U+001B>[31m y')
  expect(visibleLine('👩‍👧')).toBe('👩‍👧')
  expect(visiblePieces('')).toEqual([])
})

test('JSON keeps the digits that a number would lose', () => {
  expect(parseExactJson('{"id":9007199254740993,"of":[1e400,6.02e23,1.5,"x"]}')).toEqual({
    id: '9007199254740993',
    of: ['1e400', 6.02e23, 1.5, 'x'],
  })
})

test('keys and words are written as they are typed', () => {
  expect(typedKey('sku-1\u001fde')).toBe('sku-1/de')
  expect(typedKey('a/b\u001f\u00100000')).toBe('a\\/b/\\u0000')
  expect(listedKey('@a,b')).toBe('\\u0040a\\u002cb')
  expect(shellWord("it's $HOME")).toBe("'it'\\''s $HOME'")
  expect(shellWord('plain-1.json')).toBe('plain-1.json')
})

test('a key in a command is read back as this key', () => {
  expect(keyArgument('2026-01-01\u001f1')).toBe('2026-01-01/1')
  expect(keyArgument('-3')).toBe('-- -3')
  expect(keyArgument('a b')).toBe("'a b'")
})

test('a sentence begins with a capital, unless it begins with a path', () => {
  expect(capital('nothing: it is over.')).toBe('Nothing: it is over.')
  expect(capital('md/o9.md has no heading')).toBe('md/o9.md has no heading')
})
