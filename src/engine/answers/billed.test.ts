import { expect, test } from 'vitest'
import { addUsage, noUsage, type Usage } from '../../domain/request.ts'
import { billedPicoUsd } from './billed.ts'

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
