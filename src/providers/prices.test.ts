import { describe, expect, test } from 'vitest'
import { costPicoUsd, microFromPico } from '../domain/money.ts'
import { priceTable } from './price-table.ts'
import { findPrice } from './prices.ts'

describe('a price', () => {
  test('of a batch is half of real time, in micro-dollars per million tokens', () => {
    expect(findPrice({ model: 'gpt-4o-mini', lane: 'batch' })).toEqual({
      price: {
        inputPerMillion: 75_000,
        cachedInputPerMillion: 75_000,
        outputPerMillion: 300_000,
        longAboveTokens: null,
        longInputFactor: 1,
        longOutputFactor: 1,
      },
      maxOutputTokens: 16_384,
      contextTokens: 128_000,
      asOf: '2026-09-23',
      source: 'genai-prices 0.1.8',
    })
    expect(findPrice({ model: 'gpt-4o-mini', lane: 'realtime' })?.price).toMatchObject({
      inputPerMillion: 150_000,
      cachedInputPerMillion: 75_000,
      outputPerMillion: 600_000,
    })
  })

  test('of flex is that of a batch, for models that have it and no other', () => {
    const batch = findPrice({ model: 'gpt-5-mini', lane: 'batch' })
    expect(findPrice({ model: 'gpt-5-mini-2025-08-07', lane: 'flex' })).toEqual(batch)
    expect(findPrice({ model: 'o3', lane: 'flex' })?.price.cachedInputPerMillion).toBe(250_000)
    expect(findPrice({ model: 'gpt-4o-mini', lane: 'flex' })).toBeNull()
    const overrides = { 'gpt-4o-mini': { flex: { input: 0.1, output: 0.2 } } }
    expect(findPrice({ model: 'gpt-4o-mini', lane: 'flex', overrides })?.price.inputPerMillion).toBe(100_000)
  })

  test('of cached tokens in a batch is lower only where the batch table says so', () => {
    expect(findPrice({ model: 'gpt-6-luna', lane: 'batch' })?.price).toMatchObject({
      inputPerMillion: 50_000,
      cachedInputPerMillion: 5_000,
      outputPerMillion: 250_000,
    })
    expect(findPrice({ model: 'gpt-6.1-sol', lane: 'batch' })?.price.cachedInputPerMillion).toBe(1_000_000)
  })

  test('of a whole request doubles above 272,000 input tokens from gpt-5.4 on', () => {
    const price = findPrice({ model: 'gpt-5.4', lane: 'batch' })?.price
    if (!price) throw new Error('gpt-5.4 has no price')
    const cost = (inputTokens: number): number =>
      microFromPico(costPicoUsd(price, { inputTokens, cachedTokens: 0, outputTokens: 1_000 }))
    expect(cost(272_000)).toBe(340_000 + 7_500)
    expect(cost(300_000)).toBe(750_000 + 11_250)
    expect(findPrice({ model: 'gpt-5.2', lane: 'batch' })?.price.longAboveTokens).toBeNull()
  })
})

describe('a model', () => {
  test('is found by its id and its dated snapshots only', () => {
    expect(findPrice({ model: 'gpt-4o-mini-2024-07-18', lane: 'batch' })).toEqual(
      findPrice({ model: 'gpt-4o-mini', lane: 'batch' }),
    )
    for (const model of [
      'gpt-6.1-luna',
      'gpt-4o-2024-05-13',
      'gpt-5.6',
      'gpt-4o-mini-audio-preview',
      'GPT-4o',
      '',
      '__proto__',
      'constructor',
    ]) {
      expect(findPrice({ model, lane: 'batch', overrides: {} })).toBeNull()
    }
  })

  test('behind a deployment is found by what the job says, else by the name with or without its batch ending', () => {
    const price = findPrice({ model: 'gpt-4o-mini', lane: 'batch' })
    for (const model of [
      'gpt-4o-mini-batch',
      'gpt-4o-mini-globalbatch',
      'gpt-4o-mini-global-batch',
      'gpt-4o-mini-datazone-batch',
    ]) {
      expect(findPrice({ model, lane: 'batch' })).toEqual(price)
    }
    expect(findPrice({ model: 'prod-7', pricedAs: 'gpt-4o-mini', lane: 'batch' })).toEqual(price)
    expect(findPrice({ model: 'gpt-4o-mini', pricedAs: 'gpt-nobody', lane: 'batch' })).toBeNull()
    expect(findPrice({ model: 'prod-batch', pricedAs: null, lane: 'batch' })).toBeNull()
  })
})

describe("a user's own price", () => {
  const overrides = {
    'my-model': { batch: { input: 0.1, output: 0.4 }, maxOutputTokens: 2_000 },
    'gpt-4o-mini': { realtime: { input: 9, output: 9 } },
  }

  test('replaces the table, and without the lane in question nothing is known', () => {
    expect(findPrice({ model: 'my-model-batch', overrides, lane: 'batch' })).toMatchObject({
      price: { inputPerMillion: 100_000, cachedInputPerMillion: 100_000, outputPerMillion: 400_000 },
      maxOutputTokens: 2_000,
      contextTokens: null,
      asOf: null,
      source: 'your configuration',
    })
    expect(findPrice({ model: 'my-model', overrides, lane: 'realtime' })).toBeNull()
    expect(findPrice({ model: 'gpt-4o-mini', overrides, lane: 'batch' })).toBeNull()
  })

  test('leaves what the model can read and write as it is, unless it says so', () => {
    const own = { 'gpt-5-mini-batch': { batch: { input: 1, output: 2 } } }
    expect(findPrice({ model: 'gpt-5-mini-batch', overrides: own, lane: 'batch' })).toMatchObject({
      maxOutputTokens: 128_000,
      contextTokens: 400_000,
    })
    const less = { 'gpt-5-mini': { batch: { input: 1, output: 2 }, contextTokens: 32_000 } }
    expect(findPrice({ model: 'gpt-5-mini', overrides: less, lane: 'batch' })).toMatchObject({
      maxOutputTokens: 128_000,
      contextTokens: 32_000,
    })
  })

  test('must be a number of dollars', () => {
    for (const input of [Number.NaN, -1, Infinity]) {
      const question = {
        model: 'm',
        lane: 'batch',
        overrides: { m: { batch: { input, output: 1 } } },
      } as const
      expect(() => findPrice(question)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }))
    }
  })
})

test('every id stands in the table once, with a price above zero, a source and a day', () => {
  const ids = priceTable.flatMap((row) => row.ids)
  expect(new Set(ids).size).toBe(ids.length)
  for (const row of priceTable) {
    expect(row.input).toBeGreaterThan(0)
    expect(row.cachedInput ?? 0).toBeLessThan(row.input)
    expect(row.asOf).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(row.source).not.toBe('')
  }
})
