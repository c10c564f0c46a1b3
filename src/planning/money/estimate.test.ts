import { describe, expect, test } from 'vitest'
import type { Price, PriceStep } from '../../domain/money.ts'
import { confidencePercent, estimateCost, estimateFiles, estimateTotal } from './estimate.ts'

/** mulberry32: a small generator whose sequence depends on the seed alone. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function logNormal(count: number, sigma: number, seed: number): number[] {
  const random = randomFrom(seed)
  return Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    return Math.ceil(Math.exp(7 + sigma * normal))
  })
}

function drawn(population: readonly number[], size: number, random: () => number): number[] {
  const pool = [...population]
  return Array.from({ length: size }, (_, at) => {
    const from = at + Math.floor(random() * (pool.length - at))
    const value = pool[from] ?? 0
    pool[from] = pool[at] ?? 0
    pool[at] = value
    return value
  })
}

describe('estimateTotal', () => {
  test.each([
    { sigma: 0.8, size: 500 },
    { sigma: 1.3, size: 500 },
    { sigma: 1.6, size: 2_000 },
    { sigma: 1.3, size: 100 },
  ])(
    'holds the true total as often as stated on heavy-tailed text (sigma $sigma, sample of $size)',
    ({ sigma, size }) => {
      const population = logNormal(20_000, sigma, 7)
      const truth = population.reduce((sum, value) => sum + value, 0)
      const random = randomFrom(size)
      let held = 0
      for (let round = 0; round < 400; round += 1) {
        const estimate = estimateTotal(drawn(population, size, random), population.length)
        if (estimate !== null && estimate.low <= truth && truth <= estimate.high) held += 1
      }
      expect(held).toBeGreaterThanOrEqual((400 * confidencePercent) / 100)
    },
  )

  test('is exact when every record was looked at', () => {
    expect(estimateTotal([3, 5, 9], 3)).toEqual({ likely: 17, low: 17, high: 17, errorPercent: 0 })
    expect(estimateTotal([3, 5, 9], 2)).toEqual({ likely: 17, low: 17, high: 17, errorPercent: 0 })
    expect(estimateTotal([], 0)).toEqual({ likely: 0, low: 0, high: 0, errorPercent: 0 })
  })

  test('says nothing when nothing was looked at', () => {
    expect(estimateTotal([], 10)).toBeNull()
  })

  test('never goes below what was seen, and takes one record alone as a poor witness', () => {
    expect(estimateTotal([100], 10)).toEqual({ likely: 1_000, low: 100, high: 4_510, errorPercent: 351 })
  })

  test('gives equal records the added percent only', () => {
    expect(estimateTotal([10, 10], 100)).toEqual({ likely: 1_000, low: 990, high: 1_010, errorPercent: 1 })
  })

  test('counts nothing for records without tokens', () => {
    expect(estimateTotal([0, 0], 100)).toEqual({ likely: 0, low: 0, high: 0, errorPercent: 0 })
  })
})

function priceOf(input: number, output: number): Price {
  const step = (aboveTokens: number, inputFactor: number, outputFactor: number): PriceStep => ({
    aboveTokens,
    inputPerMillion: input * inputFactor,
    cachedInputPerMillion: 10_000 * inputFactor,
    cacheWritePerMillion: input * inputFactor,
    outputPerMillion: output * outputFactor,
  })
  return { steps: [step(0, 1, 1), step(272_000, 2, 1.5)] }
}
const price = priceOf(100_000, 600_000)
const realtimePrice = priceOf(200_000, 1_200_000)

describe('estimateCost', () => {
  const input = { price, realtimePrice, requests: 2, outputTokensLikely: 200, outputTokensAtMost: 600 }

  test('has its highest by the most tokens that a line can have, all of them written into a cache', () => {
    const [step] = price.steps
    const written: Price = { steps: [{ ...step, cacheWritePerMillion: 125_000 }] }
    const cost = estimateCost({
      ...input,
      price: written,
      sampledInputTokens: [1_000, 1_000],
      sampledMostTokens: [1_000, 9_000],
    })
    expect(cost?.likelyMicroUsd).toBe(Math.ceil(2 * (1_000 * 0.1 + 200 * 0.6)))
    expect(cost?.atMostMicroUsd).toBe(Math.ceil(10_000 * 0.125 + 2 * 600 * 0.6))
  })

  test('of a model that costs nothing is nothing at most, whatever bounds its answers, in any number of files', () => {
    const [step] = priceOf(0, 0).steps
    const free: Price = { steps: [{ ...step, cachedInputPerMillion: 0 }] }
    const asked = { ...input, price: free, realtimePrice: free, outputTokensAtMost: null, files: 7 }
    expect(
      estimateCost({ ...asked, tries: { max: 3, growthTokens: 0 }, sampledInputTokens: [1_000] }),
    ).toMatchObject({
      likelyMicroUsd: 0,
      atMostMicroUsd: 0,
      atMostOnceMicroUsd: 0,
    })
  })

  test('prices each line automatically, so that a long one costs its own tier', () => {
    const cost = estimateCost({ ...input, sampledInputTokens: [1_000, 300_000] })
    const short = 1_000 * 0.1 + 200 * 0.6
    const long = 300_000 * 0.2 + 200 * 0.9
    expect(cost?.likelyMicroUsd).toBe(Math.ceil(short + long))
    expect(cost?.atMostMicroUsd).toBe(Math.ceil(1_000 * 0.1 + 600 * 0.6 + 300_000 * 0.2 + 600 * 0.9))
    expect(cost?.errorPercent).toBe(0)
  })

  test('sets the same run in real time next to it', () => {
    const cost = estimateCost({ ...input, sampledInputTokens: [1_000, 1_000] })
    expect(cost).toMatchObject({ likelyMicroUsd: 440, realtimeMicroUsd: 880, savedMicroUsd: 440 })
  })

  test('takes the upper end of the interval for the most that it can cost', () => {
    const cost = estimateCost({ ...input, requests: 100, sampledInputTokens: [1_000, 1_000] })
    expect(cost).toMatchObject({ likelyMicroUsd: 22_000, errorPercent: 1 })
    expect(cost?.atMostMicroUsd).toBe(Math.ceil(100 * (100 + 360) * 1.01))
  })

  test('leaves out what cannot be known: no bound on the output, no real-time price, no sample', () => {
    const cost = estimateCost({
      ...input,
      outputTokensAtMost: null,
      realtimePrice: null,
      sampledInputTokens: [1_000, 1_000],
    })
    expect(cost).toEqual({
      likelyMicroUsd: 440,
      atMostMicroUsd: null,
      atMostOnceMicroUsd: null,
      errorPercent: 0,
      realtimeMicroUsd: null,
      savedMicroUsd: null,
    })
    expect(estimateCost({ ...input, sampledInputTokens: [] })).toBeNull()
  })

  test('has every automatic try in its highest, each as much longer as it is, and the part for one try next to it', () => {
    const sampled = { sampledInputTokens: [1_000, 2_000] }
    const once = 3_000 * 0.1 + 2 * 600 * 0.6
    const thrice = estimateCost({ ...input, ...sampled, tries: { max: 3, growthTokens: 0 } })
    expect(thrice).toMatchObject({ atMostMicroUsd: 3 * once, atMostOnceMicroUsd: once })
    const longer = estimateCost({ ...input, ...sampled, tries: { max: 3, growthTokens: 500 } })
    expect(longer).toMatchObject({
      atMostMicroUsd: 3 * once + 2 * (500 + 1_000) * 0.1,
      atMostOnceMicroUsd: once,
      likelyMicroUsd: thrice?.likelyMicroUsd,
    })
  })

  test('has what may be sent at a higher price instead, and nothing for a lower one', () => {
    const sampled = { sampledInputTokens: [1_000, 1_000] }
    const once = 2 * (1_000 * 0.1 + 600 * 0.6)
    const dearer = { ...input, ...sampled, fallback: { price: realtimePrice, requests: 1 } }
    expect(estimateCost(dearer)).toMatchObject({
      atMostMicroUsd: once + once / 2,
      atMostOnceMicroUsd: once,
    })
    const cheaper = { ...dearer, price: realtimePrice, fallback: { price, requests: 1 } }
    expect(estimateCost(cheaper)?.atMostMicroUsd).toBe(2 * once)
  })

  test('never calls a dearer delivery mode a saving', () => {
    const cost = estimateCost({
      ...input,
      price: realtimePrice,
      realtimePrice: price,
      sampledInputTokens: [1_000, 1_000],
    })
    expect(cost?.savedMicroUsd).toBe(0)
  })
})

describe('estimateFiles', () => {
  const limits = { maxRequests: 50_000, maxBytes: 200_000_000 }

  test('counts files by bytes where lines are long and by requests where they are short', () => {
    expect(estimateFiles(118_498 * 25_000, 118_498, limits)).toEqual({
      files: 15,
      lastRequests: 6_498,
      largestBytes: 200_000_000,
    })
    expect(estimateFiles(118_498 * 300, 118_498, limits)).toEqual({
      files: 3,
      lastRequests: 18_498,
      largestBytes: 15_000_000,
    })
    expect(estimateFiles(3_000, 10, limits)).toEqual({ files: 1, lastRequests: 10, largestBytes: 3_000 })
  })

  test('needs no file for no request, and one for each line that fills it', () => {
    expect(estimateFiles(0, 0, limits)).toEqual({ files: 0, lastRequests: 0, largestBytes: 0 })
    expect(estimateFiles(900_000_000, 3, limits).files).toBe(3)
  })
})
