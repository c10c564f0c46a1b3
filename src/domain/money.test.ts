import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  boundedOutput,
  costOfManyPicoUsd,
  costPicoUsd,
  isFree,
  mostPicoUsd,
  type Price,
  timesAsDear,
} from './money.ts'

const perMillion = fc.integer({ min: 1, max: 50_000_000 })
const step = fc.record({
  inputPerMillion: perMillion,
  cachedInputPerMillion: perMillion,
  cacheWritePerMillion: perMillion,
  longCacheWritePerMillion: perMillion,
  outputPerMillion: perMillion,
})
const prices = fc.tuple(step, fc.option(step), fc.option(step)).map(([first, second, third]): Price => ({
  steps: [
    { aboveTokens: 0, ...first },
    ...(second === null ? [] : [{ aboveTokens: 128_000, ...second }]),
    ...(third === null ? [] : [{ aboveTokens: 272_000, ...third }]),
  ],
  // What is kept longer is asked for.
  writes: 'long',
}))
const usages = fc
  .tuple(fc.nat(1_050_000), fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(128_000))
  .map(([inputTokens, cached, written, long, outputTokens]) => {
    const cacheWriteTokens = Math.floor((inputTokens * Math.min(written, 100)) / 100)
    return {
      inputTokens,
      cachedTokens: Math.floor((inputTokens * Math.min(cached, 100 - Math.min(written, 100))) / 100),
      cacheWriteTokens,
      longCacheWriteTokens: Math.floor((cacheWriteTokens * long) / 100),
      outputTokens,
    }
  })

/** Another way to the same figure, with whole numbers only. */
function bill(price: Price, usage: ReturnType<typeof used>): bigint {
  const reached = price.steps.findLast(
    ({ aboveTokens }) => aboveTokens === 0 || usage.inputTokens > aboveTokens,
  )
  if (!reached) throw new Error('no step')
  const fresh = usage.inputTokens - usage.cachedTokens - usage.cacheWriteTokens
  return (
    BigInt(fresh) * BigInt(reached.inputPerMillion) +
    BigInt(usage.cachedTokens) * BigInt(reached.cachedInputPerMillion) +
    BigInt(usage.cacheWriteTokens - usage.longCacheWriteTokens) * BigInt(reached.cacheWritePerMillion) +
    BigInt(usage.longCacheWriteTokens) * BigInt(reached.longCacheWritePerMillion ?? 0) +
    BigInt(usage.outputTokens) * BigInt(reached.outputPerMillion)
  )
}
function used(usage: {
  inputTokens: number
  cachedTokens: number
  cacheWriteTokens: number
  longCacheWriteTokens: number
  outputTokens: number
}): typeof usage {
  return usage
}

describe('what a request costs', () => {
  test('is that of the step which its input reaches, for all of its tokens', () => {
    fc.assert(
      fc.property(prices, usages, (price, usage) => {
        expect(BigInt(costPicoUsd(price, usage))).toBe(bill(price, usage))
      }),
    )
  })

  test('is never above the most that fewer or as many tokens can cost, however they are cached', () => {
    fc.assert(
      fc.property(prices, usages, fc.nat(200_000), fc.nat(50_000), (price, usage, input, output) => {
        const most = mostPicoUsd(price, {
          inputTokens: usage.inputTokens + input,
          outputTokens: usage.outputTokens + output,
        })
        expect(most).toBeGreaterThanOrEqual(costPicoUsd(price, usage))
      }),
    )
  })

  test('is at most that of what it may have written into a cache', () => {
    const at = {
      aboveTokens: 0,
      inputPerMillion: 100,
      cachedInputPerMillion: 10,
      cacheWritePerMillion: 125,
      longCacheWritePerMillion: 200,
      outputPerMillion: 0,
    }
    const tokens = { inputTokens: 1, outputTokens: 0 }
    const most = (writes: Pick<Price, 'writes'>): number => mostPicoUsd({ steps: [at], ...writes }, tokens)
    expect([{}, ...(['never', 'unasked', 'long'] as const).map((writes) => ({ writes }))].map(most)).toEqual([
      125, 100, 125, 200,
    ])
  })

  test('is at most so many times as high at another price', () => {
    fc.assert(
      fc.property(prices, prices, usages, (from, to, { inputTokens, outputTokens }) => {
        const bound = mostPicoUsd(from, { inputTokens, outputTokens }) * timesAsDear(from, to)
        expect(bound * (1 + 1e-9)).toBeGreaterThanOrEqual(
          costPicoUsd(to, { inputTokens, cachedTokens: 0, outputTokens }),
        )
      }),
    )
  })

  test('takes the first step for the sum of many requests', () => {
    const at = (aboveTokens: number, inputPerMillion: number): Price['steps'][0] => ({
      aboveTokens,
      inputPerMillion,
      cachedInputPerMillion: 0,
      cacheWritePerMillion: 0,
      outputPerMillion: 0,
    })
    const price: Price = { steps: [at(0, 1), at(10, 2)] }
    expect(costOfManyPicoUsd(price, { inputTokens: 100, cachedTokens: 0, outputTokens: 0 })).toBe(100)
  })
})

describe('a price of nothing', () => {
  const step = (input: number, output: number, aboveTokens = 0): Price['steps'][0] => ({
    aboveTokens,
    inputPerMillion: input,
    cachedInputPerMillion: input,
    cacheWritePerMillion: input,
    outputPerMillion: output,
  })

  test('is free in each step and each kind of token', () => {
    expect(isFree({ steps: [step(0, 0)] })).toBe(true)
    for (const steps of [[step(1, 0)], [step(0, 1)], [step(0, 0), step(0, 1, 128_000)]] as const)
      expect(isFree({ steps: [steps[0], ...steps.slice(1)] })).toBe(false)
    expect(isFree({ steps: [{ ...step(0, 0), cacheWritePerMillion: 1 }] })).toBe(false)
  })

  test('of output bounds what nothing else does', () => {
    expect(boundedOutput({ steps: [step(5, 0)] }, null)).toBe(0)
    expect(boundedOutput({ steps: [step(5, 1)] }, null)).toBeNull()
    expect(boundedOutput({ steps: [step(5, 0), step(5, 1, 128_000)] }, null)).toBeNull()
    expect(boundedOutput({ steps: [step(5, 0)] }, 300)).toBe(300)
  })
})
