import { expect, test } from 'vitest'
import type { Price } from '../../domain/money.ts'
import { addUsage, noUsage, type Usage } from '../../domain/request.ts'
import { billedPicoUsd, isOtherTier } from './billed.ts'

const price = {
  steps: [
    {
      aboveTokens: 0,
      inputPerMillion: 1_000_000,
      cachedInputPerMillion: 1_000_000,
      cacheWritePerMillion: 1_000_000,
      outputPerMillion: 2_000_000,
    },
  ],
} as const
const usage: Usage = { inputTokens: 10, cachedTokens: 0, outputTokens: 5 }

test('what a service says that an answer costs goes before the list of prices, also where that has none', () => {
  expect(billedPicoUsd({ price }, usage)).toBe(20_000_000)
  expect(billedPicoUsd({ price }, { ...usage, costPicoUsd: 7_000_000 })).toBe(7_000_000)
  expect(billedPicoUsd({ price: null }, { ...usage, costPicoUsd: 7_000_000 })).toBe(7_000_000)
  expect(billedPicoUsd({ price }, { ...usage, costPicoUsd: 0 })).toBe(0)
})

test('told costs add up as long as nothing that was used is without one', () => {
  const told = { ...usage, costPicoUsd: 7 }
  expect(addUsage(noUsage, told).costPicoUsd).toBe(7)
  expect(addUsage(told, told).costPicoUsd).toBe(14)
  expect(addUsage(told, usage).costPicoUsd).toBeUndefined()
  expect(addUsage(usage, usage).costPicoUsd).toBeUndefined()
})

test('an answer came from another tier if its service says so, or charges what real time costs', () => {
  const [step] = price.steps
  const halved = { inputPerMillion: 500_000, cachedInputPerMillion: 500_000, outputPerMillion: 1_000_000 }
  const half: Price = { steps: [{ ...step, ...halved }] }
  const spec = { price: half, realtimePrice: price }
  expect(isOtherTier(spec, usage)).toBe(false)
  expect(isOtherTier(spec, { ...usage, isOtherTier: true })).toBe(true)
  expect(isOtherTier(spec, { ...usage, costPicoUsd: 10_000_000 })).toBe(false)
  expect(isOtherTier(spec, { ...usage, costPicoUsd: 20_000_000 })).toBe(true)
  expect(isOtherTier(spec, { ...usage, costPicoUsd: 19_999_900 })).toBe(true)
  // Asked in real time, or of a model that has no discount, it is the price that was planned.
  expect(isOtherTier({ price, realtimePrice: price }, { ...usage, costPicoUsd: 20_000_000 })).toBe(false)
  expect(isOtherTier({ price: half, realtimePrice: null }, { ...usage, costPicoUsd: 20_000_000 })).toBe(false)
})
