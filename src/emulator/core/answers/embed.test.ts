import { describe, expect, it } from 'vitest'
import { asBase64, asNumbers, embedText } from './embed.ts'

function similarity(a: string, b: string): number {
  const [left, right] = [embedText(a, 256), embedText(b, 256)]
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)
}

describe('embedText', () => {
  it('has length 1 and the asked dimensions', () => {
    const vector = embedText('boats in the harbour', 64)
    expect(vector).toHaveLength(64)
    expect(vector.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5)
    expect(embedText('', 8)).toHaveLength(8)
  })

  it('puts texts that share words near each other', () => {
    const near = similarity('fishing boats leave the harbour at dawn', 'at dawn the boats leave for fishing')
    const far = similarity('fishing boats leave the harbour at dawn', 'the parliament adopted a tax reform')
    expect(near).toBeGreaterThan(0.6)
    expect(far).toBeLessThan(0.4)
  })

  it('says the same in floats and in base64', () => {
    const vector = embedText('one two three', 32)
    const bytes = Buffer.from(asBase64(vector), 'base64')
    const decoded = Array.from({ length: 32 }, (_value, index) => bytes.readFloatLE(index * 4))
    for (const [index, value] of asNumbers(vector).entries())
      expect(value).toBeCloseTo(decoded[index] ?? 0, 6)
  })
})
