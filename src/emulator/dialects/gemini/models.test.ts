import { describe, expect, it } from 'vitest'
import { costPicoUsd, findModel } from './models.ts'

const million = { inputTokens: 1_000_000, outputTokens: 0 }

function dollars(name: string, timeMs: number, mode: 'batch' | 'sync', usage: object = {}): number {
  const model = findModel(name)
  if (!model) throw new Error(`There is no ${name}.`)
  return costPicoUsd(model, { ...million, ...usage }, { mode, timeMs }) / 1e12
}

const before = Date.UTC(2026, 11, 31, 23, 59, 59)
const after = Date.UTC(2027, 0, 1)

describe('prices of Gemini', () => {
  it('double on the first day of 2027 for 3.6 to 3.8, and for no other', () => {
    expect(dollars('gemini-3.8-flash', before, 'sync')).toBe(0.75)
    expect(dollars('gemini-3.8-flash', after, 'sync')).toBe(1.5)
    expect(dollars('gemini-3.5-flash', after, 'sync')).toBe(1.5)
  })

  it('are halved in a batch, but for what a cache gave', () => {
    expect(dollars('gemini-2.5-flash', before, 'batch')).toBe(0.15)
    expect(dollars('gemini-2.5-flash', before, 'batch', { cacheReadTokens: 1_000_000 })).toBe(0.03)
  })

  it('count for the whole of a prompt above 200,000 tokens of a Pro model', () => {
    expect(dollars('gemini-2.5-pro', before, 'sync')).toBe(2.5)
    expect(dollars('gemini-2.5-pro', before, 'sync', { inputTokens: 200_000 })).toBe(0.25)
    expect(dollars('gemini-3.1-pro-preview', before, 'sync')).toBe(4)
  })
})
