import { expect, test } from 'vitest'
import { formatAgo } from './format.ts'
import { formatBytes } from '../../wording/bytes.ts'
import { exactUsd, formatCap, formatLeft, formatMost, formatUsd, parseUsd } from '../../wording/amount.ts'
import { formatDuration } from '../../wording/duration.ts'
import { formatLarge, formatPercent, plural } from '../../wording/count.ts'
import { shellWord } from '../../wording/shell-word.ts'
import { capital } from '../../wording/capital.ts'
import { cutToWidth, textWidth } from './text-width.ts'
import { fitLines } from './wrap.ts'

test.each([
  [0, '0 s'],
  [400, '0.4 s'],
  [59_600, '1 m'],
  [63_000, '1 m 3 s'],
  [20_460_000, '5 h 41 m'],
  [7_200_000, '2 h'],
  [90_000_000, '1 d 1 h'],
])('%j milliseconds read %j', (durationMs, expected) => {
  expect(formatDuration(durationMs)).toBe(expected)
})

test('numbers are written for people', () => {
  expect(formatLarge(734_700_000)).toBe('734.7 M')
  expect(formatLarge(99_999)).toBe('99,999')
  expect(formatBytes(199_800_000)).toBe('199.8 MB')
  expect(formatPercent(0.25)).toBe('0.3 %')
  expect(plural(1, 'file')).toBe('1 file')
  expect(plural(1_200, 'batch', 'batches')).toBe('1,200 batches')
  expect(formatAgo(0, 5_000)).toBe('just now')
  expect(formatAgo(0, 3_660_000)).toBe('1 h ago')
})

test('a cap is rounded up, so that it is never short', () => {
  expect(formatCap(120_001)).toBe('$0.13')
  expect(formatCap(120_000)).toBe('$0.12')
})

test.each([
  [0, '$0.00'],
  [7, '$0.000007'],
  [7.2, '$0.000008'],
  [4_133, '$0.0042'],
  [4_100.000_000_000_1, '$0.0041'],
  [99_901, '$0.10'],
  [120_001, '$0.13'],
  [120_000, '$0.12'],
  [1_234_560_001, '$1,234.57'],
])('at most %j micro-dollars read %j, which is never less when it is typed', (amount, text) => {
  expect(formatMost(amount)).toBe(text)
  expect(parseUsd(formatMost(amount))).toBeGreaterThanOrEqual(Math.floor(amount))
})

test('what is left is rounded down', () => {
  expect(formatLeft(1_374)).toBe('$0.0013')
  expect(formatLeft(129_999)).toBe('$0.12')
  expect(formatLeft(1_300)).toBe('$0.0013')
  expect(formatLeft(0)).toBe('$0.00')
})

test('a bound that needs no rounding reads as any amount', () => {
  for (const amount of [0, 3, 999, 1_000, 99_900, 100_000, 5_000_000])
    expect(formatMost(amount)).toBe(formatUsd(amount))
  expect(exactUsd(4_133)).toBe('$0.004133')
})

test('texts are cut by columns and not by characters', () => {
  expect(textWidth('日本語')).toBe(6)
  expect(textWidth('👩‍👩‍👧 x')).toBe(4)
  expect(textWidth('e\u0301')).toBe(1)
  expect(cutToWidth('日本語テスト', 7)).toBe('日本語…')
  expect(cutToWidth('short', 10)).toBe('short')
})

test('long lines are broken under their own beginning', () => {
  expect(fitLines('  one two three\nfour', 10)).toBe('  one two\n  three\nfour')
})

test('a hint can be pasted into a shell', () => {
  expect(shellWord('plain-1.json')).toBe('plain-1.json')
  expect(shellWord("it's $HOME")).toBe("'it'\\''s $HOME'")
})

test('a sentence begins with a capital, unless it begins with a path or a name', () => {
  expect(capital('run 7k2m is paused. See why')).toBe('Run 7k2m is paused. See why')
  expect(capital('nothing: it is over.')).toBe('Nothing: it is over.')
  for (const text of [
    'md/o9.md has no heading',
    'o9.md: no heading',
    'retry.max is small',
    'md\\o9 is empty',
  ])
    expect(capital(text)).toBe(text)
})
