import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { illFormed, mostJsonTextBytes, writeJsonText } from './json-text.ts'

function written(text: string): string {
  const room = mostJsonTextBytes(text)
  const target = Buffer.alloc(room + 12, '#')
  const end = writeJsonText(text, target, 5)
  if (end === illFormed) return 'ill-formed'
  expect(end).toBeLessThanOrEqual(room + 5)
  expect(target.toString('latin1', 0, 5) + target.toString('latin1', end, end + 4)).toBe('#########')
  return `"${target.toString('utf8', 5, end)}"`
}

function expected(text: string): string {
  if (!text.isWellFormed()) return 'ill-formed'
  return JSON.stringify(text)
    .replaceAll('\u0085', String.raw`\u0085`)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`)
}

test('writes every single unit as JSON.stringify does, line ends escaped, and no half of a pair', () => {
  for (let unit = 0; unit < 0x1_00_00; unit += 1) {
    const text = `a${String.fromCharCode(unit)}`
    if (written(text) !== expected(text)) expect(written(text)).toBe(expected(text))
  }
})

test('writes whatever texts are made of', () => {
  const unit = fc.constantFrom(
    'a',
    'Z',
    '"',
    '\\',
    '\n',
    '\0',
    '\u001f',
    'é',
    '判',
    '\u2028',
    '𝄞',
    '\ud834',
    '\udd1e',
    '\u007f',
  )
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), fc.nat(9), (text, shift) => {
      const longer = 'x'.repeat(shift) + text
      expect(written(longer)).toBe(expected(longer))
    }),
    { numRuns: 2_000 },
  )
})

test('writes long texts piece by piece without cutting a pair', () => {
  for (const shift of [0, 1, 2, 3]) {
    const text = `${'y'.repeat(shift)}${'𝄞'.repeat(50_000)}"\n${'z'.repeat(70_000)}`
    expect(written(text) === expected(text)).toBe(true)
    expect(written(`${text}\ud800`)).toBe('ill-formed')
  }
})

test('NUL is refused where that is asked for, wherever it stands, and nothing else is', () => {
  const target = Buffer.alloc(400_000)
  for (const before of ['', 'abc', '"\n', 'x'.repeat(50_000)]) {
    const end = writeJsonText(`${before}b`, target, 0, 'refused')
    expect(end).toBe(writeJsonText(`${before}b`, target, 0))
    expect(writeJsonText(`${before}\0b`, target, 0, 'refused')).toBe(illFormed)
  }
})
