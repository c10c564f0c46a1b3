import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readInputUsage, readReasoningTokens, readUsage } from './openai-usage.ts'

describe('the usage of an answer', () => {
  test.for([
    ['chat', { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }, [10, 0, 5]],
    [
      'responses',
      { input_tokens: 10, output_tokens: 5, input_tokens_details: { cached_tokens: 4 } },
      [10, 4, 5],
    ],
    [
      'both, of which one is zero',
      {
        completion_tokens: 0,
        prompt_tokens: 0,
        total_tokens: 120_000,
        completion_tokens_details: null,
        prompt_tokens_details: null,
        input_tokens: 100_000,
        output_tokens: 20_000,
        input_tokens_details: { cached_tokens: 50 },
      },
      [100_000, 50, 20_000],
    ],
    [
      'both, of which one is null',
      { prompt_tokens: 10, completion_tokens: 5, input_tokens: null, output_tokens: null },
      [10, 0, 5],
    ],
    [
      'both that differ',
      { prompt_tokens: 10, completion_tokens: 9, input_tokens: 12, output_tokens: 5 },
      [12, 0, 9],
    ],
    [
      'both alike, with other cached tokens',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 8 },
        input_tokens: 10,
        output_tokens: 5,
        input_tokens_details: { cached_tokens: 0 },
      },
      [10, 0, 5],
    ],
    [
      'reasoning only in the total',
      {
        prompt_tokens: 41,
        completion_tokens: 104,
        total_tokens: 505,
        completion_tokens_details: { reasoning_tokens: 360 },
      },
      [41, 0, 464],
    ],
    ['input only in the total', { prompt_tokens: 0, completion_tokens: 5, total_tokens: 15 }, [10, 0, 5]],
    ['output only in the total', { prompt_tokens: 10, total_tokens: 15 }, [10, 0, 5]],
    ['a total that is too small', { prompt_tokens: 10, completion_tokens: 5, total_tokens: 1 }, [10, 0, 5]],
  ] as const)('is read from %s', ([, usage, [inputTokens, cachedTokens, outputTokens]]) => {
    expect(readUsage(usage)).toEqual({ inputTokens, cachedTokens, outputTokens })
  })

  test.for([
    ['nothing', null],
    ['an empty object', {}],
    ['zeros', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, input_tokens: 0, output_tokens: 0 }],
    ['a total alone', { prompt_tokens: null, completion_tokens: null, total_tokens: 120_000 }],
    ['a total next to zeros', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 120_000 }],
    ['a text', '17'],
    ['more than any model can', { prompt_tokens: 10_000_001, completion_tokens: Number.MAX_SAFE_INTEGER }],
    ['texts', { prompt_tokens: '10', completion_tokens: '5' }],
    ['fractions', { prompt_tokens: 1.5, completion_tokens: 0.5 }],
    ['negative numbers', { prompt_tokens: -1, completion_tokens: -1 }],
  ] as const)('is not known from %s', ([, usage]) => {
    expect(readUsage(usage)).toBeNull()
  })

  test.for([
    ['input alone', { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 4 } }, [10, 4, 0]],
    ['output alone', { prompt_tokens: 0, completion_tokens: 5 }, [0, 0, 5]],
    ['output alone, with no word about the input', { completion_tokens: 10 }, [0, 0, 10]],
    ['output next to a fraction', { prompt_tokens: 1.5, completion_tokens: 1 }, [0, 0, 1]],
    ['input next to a negative number', { input_tokens: 3, output_tokens: -1 }, [3, 0, 0]],
  ] as const)('is known in part from %s', ([, usage, [inputTokens, cachedTokens, outputTokens]]) => {
    expect(readUsage(usage)).toEqual({ inputTokens, cachedTokens, outputTokens, isPartial: true })
  })

  const figure = fc.option(fc.oneof(fc.constant(0), fc.nat(200_000), fc.constant(-3), fc.constant('7')))
  const details = fc.option(fc.record({ cached_tokens: figure }, { requiredKeys: [] }))
  const shapes = fc.record(
    {
      prompt_tokens: figure,
      completion_tokens: figure,
      input_tokens: figure,
      output_tokens: figure,
      total_tokens: figure,
      prompt_tokens_details: details,
      input_tokens_details: details,
    },
    { requiredKeys: [] },
  )

  test('is never below what somebody else would bill for it, and unknown where nothing is told', () => {
    const [inputPrice, cachedPrice, outputPrice] = [0.25, 0.025, 2]
    fc.assert(
      fc.property(shapes, (usage) => {
        const told = (name: keyof typeof usage): number => {
          const value = usage[name]
          return typeof value === 'number' && value > 0 ? value : 0
        }
        /** By one family of names alone, at the published prices. */
        const billOf = (
          input: 'prompt_tokens' | 'input_tokens',
          output: 'completion_tokens' | 'output_tokens',
          more: 'prompt_tokens_details' | 'input_tokens_details',
        ): number => {
          const cached = usage[more]?.cached_tokens
          const cheap = Math.min(typeof cached === 'number' && cached > 0 ? cached : 0, told(input))
          return (told(input) - cheap) * inputPrice + cheap * cachedPrice + told(output) * outputPrice
        }
        const read = readUsage(usage)
        const families = [
          billOf('prompt_tokens', 'completion_tokens', 'prompt_tokens_details'),
          billOf('input_tokens', 'output_tokens', 'input_tokens_details'),
        ]
        if (families.every((bill) => bill === 0)) return read === null
        if (read === null) return false
        const bill =
          (read.inputTokens - read.cachedTokens) * inputPrice +
          read.cachedTokens * cachedPrice +
          read.outputTokens * outputPrice
        return bill > 0 && families.every((other) => bill >= other - 1e-9)
      }),
      { numRuns: 2_000 },
    )
  })

  test('is known wherever one family of names tells both', () => {
    fc.assert(
      fc.property(
        shapes,
        fc.integer({ min: 1, max: 1e7 }),
        fc.nat(1e7),
        fc.boolean(),
        (odd, input, output, isChat) => {
          const whole = isChat
            ? { prompt_tokens: input, completion_tokens: output }
            : { input_tokens: input, output_tokens: output }
          const read = readUsage({ ...odd, ...whole })
          return read !== null && read.isPartial !== true
        },
      ),
    )
  })
})

test('the usage of a vector is any figure that is told', () => {
  const read = { inputTokens: 8, cachedTokens: 0, outputTokens: 0 }
  for (const usage of [
    { prompt_tokens: 8, total_tokens: 8 },
    { total_tokens: 8 },
    { prompt_tokens: 8 },
    { prompt_tokens: 0, total_tokens: 8 },
    { prompt_tokens: null, input_tokens: 8 },
  ])
    expect(readInputUsage(usage)).toEqual(read)
  for (const usage of [null, {}, { total_tokens: 0 }, { total_tokens: '8' }])
    expect(readInputUsage(usage)).toBeNull()
})

test('reasoning is told by either endpoint, or not', () => {
  expect(readReasoningTokens({ completion_tokens_details: { reasoning_tokens: 7 } })).toBe(7)
  expect(readReasoningTokens({ output_tokens_details: { reasoning_tokens: 7 } })).toBe(7)
  for (const usage of [null, {}, { completion_tokens_details: null }])
    expect(readReasoningTokens(usage)).toBeNull()
})
