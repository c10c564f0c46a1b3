import { countTokens as countExactly } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { countTokens, firstTokens } from './tokens.ts'

const subjects = [
  'The committee',
  'A careful reader',
  'The court of appeal',
  'Her neighbour',
  'The engineering team',
]
const verbs = ['considered', 'has rejected', 'will publish', 'quietly repaired', 'described at length']
const objects = [
  'the new proposal',
  'an unusual manuscript',
  'three broken instruments',
  'the terms of the agreement',
  'a bridge over the river',
]
const tails = [
  'before noon.',
  'although nobody had asked for it.',
  'on 14 March 2024, in room 7.',
  'because costs had risen by 12 percent.',
  'for the second time; it was not easy.',
]

function generatedEnglish(sentences: number): string {
  return Array.from({ length: sentences }, (_value, index) => {
    const at = <T>(items: readonly T[], step: number): T | undefined =>
      items[Math.floor(index / step) % items.length]
    return [at(subjects, 1), at(verbs, 5), at(objects, 3), at(tails, 7)].join(' ')
  }).join(' ')
}

describe('countTokens', () => {
  it('stays a little below the real count of English', () => {
    const text = generatedEnglish(600)
    const ratio = countTokens(text) / countExactly(text)
    expect(ratio).toBeGreaterThan(0.85)
    expect(ratio).toBeLessThanOrEqual(1)
  })

  it('is near the real count of Chinese and German', () => {
    for (const text of [
      '上诉法院裁定，原审法官在量刑时没有充分考虑被告人的个人情况。'.repeat(20),
      'Das Gericht entschied, dass die Klage unzulässig sei, weil der Kläger die Frist versäumt hatte. '.repeat(
        20,
      ),
    ]) {
      const ratio = countTokens(text) / countExactly(text)
      expect(ratio).toBeGreaterThan(0.7)
      expect(ratio).toBeLessThan(1.15)
    }
  })

  it('counts nothing in an empty text', () => {
    expect(countTokens('')).toBe(0)
  })
})

describe('firstTokens', () => {
  it('gives the longest beginning within the limit', () => {
    const text = generatedEnglish(5)
    const cut = firstTokens(text, 10)
    expect(text.startsWith(cut)).toBe(true)
    expect(countTokens(cut)).toBeLessThanOrEqual(10)
    expect(countTokens(cut)).toBeGreaterThan(7)
    expect(firstTokens(text, 10_000)).toBe(text)
  })

  it('never cuts a character in two', () => {
    const text = '😀'.repeat(50)
    for (let limit = 1; limit < 20; limit += 1) expect(firstTokens(text, limit).isWellFormed()).toBe(true)
  })
})
