import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { costPicoUsd } from '../domain/money.ts'
import { storedPrice } from './stored-price.ts'

test('a price of before there were steps costs what it cost', () => {
  const old = fc.record({
    inputPerMillion: fc.integer({ min: 0, max: 30_000_001 }),
    cachedInputPerMillion: fc.integer({ min: 0, max: 3_000_001 }),
    outputPerMillion: fc.integer({ min: 0, max: 180_000_001 }),
    longAboveTokens: fc.constantFrom(null, 272_000),
    longInputFactor: fc.constantFrom(1, 2),
    longOutputFactor: fc.constantFrom(1, 1.5),
  })
  const tokens = fc.constantFrom(0, 1, 999, 271_999, 272_000, 272_001, 1_050_000)
  fc.assert(
    fc.property(old, tokens, fc.nat(300_000), fc.nat(128_000), (price, input, cached, outputTokens) => {
      const cachedTokens = Math.min(cached, input)
      const isLong = price.longAboveTokens !== null && input > price.longAboveTokens
      const ofInput =
        (input - cachedTokens) * price.inputPerMillion + cachedTokens * price.cachedInputPerMillion
      const expected = isLong
        ? ofInput * price.longInputFactor + outputTokens * price.outputPerMillion * price.longOutputFactor
        : ofInput + outputTokens * price.outputPerMillion
      const read = storedPrice.parse(JSON.parse(JSON.stringify(price)))
      expect(costPicoUsd(read, { inputTokens: input, cachedTokens, outputTokens })).toBe(Math.ceil(expected))
    }),
  )
})

test('a price is read as it is kept', () => {
  const step = {
    inputPerMillion: 2,
    cachedInputPerMillion: 1,
    cacheWritePerMillion: 3,
    outputPerMillion: 4,
  }
  const price = {
    steps: [
      { aboveTokens: 0, ...step },
      { aboveTokens: 200_000, ...step },
    ],
  }
  expect(storedPrice.parse(JSON.parse(JSON.stringify(price)))).toEqual(price)
  expect(storedPrice.safeParse({ steps: [] }).success).toBe(false)
})
