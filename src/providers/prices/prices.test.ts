import { describe, expect, test } from 'vitest'
import { costPicoUsd, microFromPico, type PriceStep } from '../../domain/money.ts'
import { priceTable } from './price-table.ts'
import { findPrice, type PriceQuestion } from './prices.ts'

const first = (question: PriceQuestion): PriceStep | undefined => findPrice(question)?.price.steps[0]

describe('a price', () => {
  test('of a batch is half of real time, in micro-dollars per million tokens', () => {
    expect(findPrice({ model: 'gpt-4o-mini', deliveryMode: 'batch' })).toEqual({
      price: {
        steps: [
          {
            aboveTokens: 0,
            inputPerMillion: 75_000,
            cachedInputPerMillion: 75_000,
            cacheWritePerMillion: 75_000,
            outputPerMillion: 300_000,
          },
        ],
      },
      maxOutputTokens: 16_384,
      contextTokens: 128_000,
      asOf: '2026-08-01',
      source: 'BerriAI/litellm model_prices_and_context_window.json',
    })
    expect(first({ model: 'gpt-4o-mini', deliveryMode: 'realtime' })).toMatchObject({
      inputPerMillion: 150_000,
      cachedInputPerMillion: 75_000,
      outputPerMillion: 600_000,
    })
  })

  test('of Claude Haiku 5.5 is five times as high for a long request, and half in a batch', () => {
    const question = { service: 'anthropic', model: 'claude-haiku-5-5' } as const
    const [batch, realtime] = (['batch', 'realtime'] as const).map((deliveryMode) => {
      const found = findPrice({ ...question, deliveryMode })
      if (found === null) throw new Error('no price')
      return (inputTokens: number) =>
        microFromPico(costPicoUsd(found.price, { inputTokens, cachedTokens: 0, outputTokens: 1_000 }))
    })
    expect([realtime?.(100_000), realtime?.(100_001)]).toEqual([10_500, 52_501])
    expect([batch?.(100_000), batch?.(100_001)]).toEqual([5_250, 26_251])
    expect(first({ ...question, deliveryMode: 'batch' })).toMatchObject({
      cacheWritePerMillion: 62_500,
      longCacheWritePerMillion: 100_000,
    })
    expect(
      findPrice({ model: 'claude-haiku-5-5', deliveryMode: 'batch' }),
      'at a service of another name',
    ).toBeNull()
  })

  test('of what a cache gave is known for the models of Anthropic and Gemini whose list names it', () => {
    const batch = (service: 'anthropic' | 'gemini', model: string): PriceStep | undefined =>
      first({ service, model, deliveryMode: 'batch', at: Date.UTC(2026, 11, 1) })
    // Anthropic halves it in a batch, Gemini does not.
    expect(batch('anthropic', 'claude-haiku-4-5')).toMatchObject({
      inputPerMillion: 500_000,
      cachedInputPerMillion: 50_000,
      outputPerMillion: 2_500_000,
    })
    expect(batch('anthropic', 'claude-haiku-4-5-20251001')).toEqual(batch('anthropic', 'claude-haiku-4-5'))
    expect(batch('anthropic', 'claude-opus-5-5')?.cachedInputPerMillion).toBe(100_000)
    expect(batch('anthropic', 'claude-fable-5')?.cachedInputPerMillion).toBe(500_000)
    expect(batch('gemini', 'gemini-2.5-flash-lite')).toMatchObject({
      inputPerMillion: 50_000,
      cachedInputPerMillion: 10_000,
      outputPerMillion: 200_000,
    })
    expect(batch('gemini', 'gemini-3.6-flash')?.cachedInputPerMillion).toBe(75_000)
    expect(batch('gemini', 'gemini-3.5-flash')?.cachedInputPerMillion).toBe(150_000)
    // Read for prompts of up to 200,000 tokens alone.
    const pro = findPrice({ service: 'gemini', model: 'gemini-3.1-pro-preview', deliveryMode: 'batch' })
    expect(pro?.price.steps.map(({ cachedInputPerMillion }) => cachedInputPerMillion)).toEqual([
      200_000, 2_000_000,
    ])
  })

  test('of flex is that of a batch, for models that have it and no other', () => {
    const batch = findPrice({ model: 'gpt-5-mini', deliveryMode: 'batch' })
    expect(findPrice({ model: 'gpt-5-mini-2025-08-07', deliveryMode: 'flex' })).toEqual(batch)
    expect(first({ model: 'o3', deliveryMode: 'flex' })?.cachedInputPerMillion).toBe(250_000)
    expect(findPrice({ model: 'gpt-4o-mini', deliveryMode: 'flex' })).toBeNull()
    const overrides = { 'gpt-4o-mini': { flex: { input: 0.1, output: 0.2 } } }
    expect(first({ model: 'gpt-4o-mini', deliveryMode: 'flex', overrides })?.inputPerMillion).toBe(100_000)
  })

  test('of cached tokens in a batch is lower only where the batch table says so', () => {
    expect(first({ model: 'gpt-6-luna', deliveryMode: 'batch' })).toMatchObject({
      inputPerMillion: 50_000,
      cachedInputPerMillion: 5_000,
      outputPerMillion: 250_000,
    })
    expect(first({ model: 'gpt-6.1-sol', deliveryMode: 'batch' })?.cachedInputPerMillion).toBe(1_000_000)
    expect(first({ model: 'o3', deliveryMode: 'batch' })?.cachedInputPerMillion).toBe(1_000_000)
  })

  test('of a whole request doubles above 272,000 input tokens from gpt-5.4 on', () => {
    const price = findPrice({ model: 'gpt-5.4', deliveryMode: 'batch' })?.price
    if (!price) throw new Error('gpt-5.4 has no price')
    const cost = (inputTokens: number): number =>
      microFromPico(costPicoUsd(price, { inputTokens, cachedTokens: 0, outputTokens: 1_000 }))
    expect(cost(272_000)).toBe(340_000 + 7_500)
    expect(cost(300_000)).toBe(750_000 + 11_250)
    expect(findPrice({ model: 'gpt-5.2', deliveryMode: 'batch' })?.price.steps).toHaveLength(1)
  })
})

describe('a model', () => {
  test('is found by its id and its dated snapshots only', () => {
    expect(findPrice({ model: 'gpt-4o-mini-2024-07-18', deliveryMode: 'batch' })).toEqual(
      findPrice({ model: 'gpt-4o-mini', deliveryMode: 'batch' }),
    )
    for (const model of [
      'gpt-6.1-luna',
      'gpt-4o-2024-05-14',
      'gpt-5.6-nova',
      'gpt-4o-mini-audio-preview',
      'gpt-4o-search-preview',
      'GPT-4o',
      '',
      '__proto__',
      'constructor',
    ]) {
      expect(findPrice({ model, deliveryMode: 'batch', overrides: {} })).toBeNull()
    }
  })

  test('behind a deployment is found by what the job says, else by the name with or without its batch ending', () => {
    const price = findPrice({ model: 'gpt-4o-mini', deliveryMode: 'batch' })
    for (const model of ['gpt-4o-mini-batch', 'gpt-4o-mini-globalbatch', 'gpt-4o-mini-global-batch']) {
      expect(findPrice({ model, deliveryMode: 'batch' })).toEqual(price)
    }
    expect(findPrice({ model: 'prod-7', pricedAs: 'gpt-4o-mini', deliveryMode: 'batch' })).toEqual(price)
    expect(findPrice({ model: 'gpt-4o-mini', pricedAs: 'gpt-nobody', deliveryMode: 'batch' })).toBeNull()
    expect(findPrice({ model: 'prod-batch', pricedAs: null, deliveryMode: 'batch' })).toBeNull()
  })
})

describe("a user's own price", () => {
  const overrides = {
    'my-model': { batch: { input: 0.1, output: 0.4 }, maxOutputTokens: 2_000 },
    'gpt-4o-mini': { realtime: { input: 9, output: 9 } },
  }

  test('replaces the table, and without the delivery mode in question nothing is known', () => {
    expect(findPrice({ model: 'my-model-batch', overrides, deliveryMode: 'batch' })).toMatchObject({
      price: {
        steps: [{ inputPerMillion: 100_000, cachedInputPerMillion: 100_000, outputPerMillion: 400_000 }],
      },
      maxOutputTokens: 2_000,
      contextTokens: null,
      asOf: null,
      source: 'your configuration',
    })
    expect(findPrice({ model: 'my-model', overrides, deliveryMode: 'realtime' })).toBeNull()
    expect(findPrice({ model: 'gpt-4o-mini', overrides, deliveryMode: 'batch' })).toBeNull()
  })

  test('leaves what the model can read and write as it is, unless it says so', () => {
    const own = { 'gpt-5-mini-batch': { batch: { input: 1, output: 2 } } }
    expect(findPrice({ model: 'gpt-5-mini-batch', overrides: own, deliveryMode: 'batch' })).toMatchObject({
      maxOutputTokens: 128_000,
      contextTokens: 400_000,
    })
    const less = { 'gpt-5-mini': { batch: { input: 1, output: 2 }, contextTokens: 32_000 } }
    expect(findPrice({ model: 'gpt-5-mini', overrides: less, deliveryMode: 'batch' })).toMatchObject({
      maxOutputTokens: 128_000,
      contextTokens: 32_000,
    })
  })

  test('must be a number of dollars', () => {
    for (const input of [Number.NaN, -1, Infinity]) {
      const question = {
        model: 'm',
        deliveryMode: 'batch',
        overrides: { m: { batch: { input, output: 1 } } },
      } as const
      expect(() => findPrice(question)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }))
    }
  })
})

describe('where a model is computed', () => {
  const input = (question: Omit<PriceQuestion, 'deliveryMode'>): number | undefined =>
    first({ ...question, deliveryMode: 'batch' })?.inputPerMillion

  test('decides what it costs at Azure, by what the job or the name says', () => {
    const azure = { service: 'azure', model: 'prod-7', pricedAs: 'gpt-4.1' } as const
    expect(input(azure)).toBe(1_000_000)
    expect(input({ ...azure, zone: 'us' })).toBe(1_100_000)
    expect(input({ service: 'azure', model: 'us/gpt-4.1-nano-2025-04-14' })).toBe(60_000)
    expect(input({ service: 'azure', model: 'gpt-4o-mini-datazone-batch' })).toBe(82_500)
    expect(input({ ...azure, model: 'prod-datazone-batch' })).toBe(1_100_000)
  })

  test('is everywhere when nothing is said, and one region where that alone is listed', () => {
    const realtime = (zone: PriceQuestion['zone']): number | undefined =>
      first({ service: 'azure', model: 'gpt-4o-mini', deliveryMode: 'realtime', zone: zone ?? null })
        ?.inputPerMillion
    expect(realtime(null)).toBe(150_000)
    expect(realtime('regional')).toBe(165_000)
    expect(first({ service: 'azure', model: 'gpt-4-turbo', deliveryMode: 'batch' })?.inputPerMillion).toBe(
      5_000_000,
    )
  })

  test('is not guessed where its price is not listed', () => {
    expect(input({ service: 'azure', model: 'gpt-6-sol', zone: 'eu' })).toBeUndefined()
    // Azure lists new models later, and global deployments cost what they cost at OpenAI.
    expect(input({ service: 'azure', model: 'gpt-6-sol' })).toBe(1_000_000)
  })

  test('raises the price at OpenAI for the models that have one by place', () => {
    const at = (model: string): number | undefined => input({ service: 'openai', zone: 'eu', model })
    expect(at('gpt-5.4')).toBe(1_375_000)
    expect(at('gpt-5.6-sol')).toBe(2_200_000)
    expect(at('gpt-4.1')).toBe(1_000_000)
  })

  test('keeps its steps where a zone is listed without them', () => {
    const price = findPrice({
      service: 'azure',
      zone: 'eu',
      model: 'gpt-5.4',
      deliveryMode: 'realtime',
    })?.price
    expect(
      price?.steps.map(({ aboveTokens, inputPerMillion, outputPerMillion }) => [
        aboveTokens,
        inputPerMillion,
        outputPerMillion,
      ]),
    ).toEqual([
      [0, 2_750_000, 16_500_000],
      [272_000, 5_500_000, 24_750_000],
    ])
  })
})

describe('a fine-tuned model', () => {
  test.each([
    ['ft:gpt-4o-mini-2024-07-18:acme::7q8mpxmy', 150_000],
    ['ft:gpt-4o-mini:acme:suffix:abc123', 150_000],
    ['ft:gpt-4o-mini-2024-07-18:acme::abc:ckpt-step-88', 150_000],
    ['gpt-4o-mini-2024-07-18.ft-0e208cf33a6a466994aff31a08aba678', 150_000],
    ['ft:gpt-4.1-2025-04-14:acme::x', 1_500_000],
  ])('%s costs what its base does when it is tuned', (model, inputPerMillion) => {
    expect(first({ model, deliveryMode: 'batch' })?.inputPerMillion).toBe(inputPerMillion)
  })

  test('of a base that nobody tunes has no price', () => {
    expect(findPrice({ model: 'ft:gpt-9:acme::x', deliveryMode: 'batch' })).toBeNull()
  })
})

describe('input that is written into a cache', () => {
  test('costs more in real time from gpt-5.6 on, and nothing extra in a batch', () => {
    const writes = (deliveryMode: PriceQuestion['deliveryMode']): number | undefined =>
      first({ model: 'gpt-5.6-luna', deliveryMode })?.cacheWritePerMillion
    expect([writes('realtime'), writes('flex'), writes('batch')]).toEqual([250_000, 125_000, 100_000])
  })
})

describe('an own price', () => {
  test('can be that of the deployment that is asked one by one', () => {
    const question = {
      model: 'prod-batch',
      pricedAs: 'gpt-4o',
      realtimeModel: 'prod-now',
      overrides: { 'prod-now': { realtime: { input: 7, output: 8 } } },
    } as const
    expect(first({ ...question, deliveryMode: 'realtime' })?.inputPerMillion).toBe(7_000_000)
    expect(first({ ...question, deliveryMode: 'batch' })?.inputPerMillion).toBe(1_250_000)
  })

  test('has steps, and prices of its own for what is cached', () => {
    const batch = {
      input: 1,
      cachedInput: 0.1,
      cacheWrite: 1.25,
      output: 5,
      steps: [{ above: 200_000, input: 2, output: 7.5 }],
    }
    const price = findPrice({ model: 'm', overrides: { m: { batch } }, deliveryMode: 'batch' })?.price
    expect(price?.steps).toEqual([
      {
        aboveTokens: 0,
        inputPerMillion: 1_000_000,
        cachedInputPerMillion: 100_000,
        cacheWritePerMillion: 1_250_000,
        outputPerMillion: 5_000_000,
      },
      {
        aboveTokens: 200_000,
        inputPerMillion: 2_000_000,
        cachedInputPerMillion: 2_000_000,
        cacheWritePerMillion: 2_000_000,
        outputPerMillion: 7_500_000,
      },
    ])
    for (const above of [0, -1, 1.5])
      expect(() =>
        findPrice({
          model: 'm',
          overrides: { m: { batch: { ...batch, steps: [{ ...batch, above }] } } },
          deliveryMode: 'batch',
        }),
      ).toThrow(expect.objectContaining({ code: 'E_CONFIG' }))
  })
})

describe('the table', () => {
  test('has every name once for each place, with a source and a day', () => {
    const names = priceTable.flatMap(({ service, zone, ids, from = '' }) =>
      ids.map((id) => `${service} ${zone} ${id} ${from}`),
    )
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
    for (const row of priceTable) {
      expect(row.asOf).toMatch(/^\d{4}-\d\d-\d\d$/)
      expect(row.source).not.toBe('')
    }
  })

  test('has steps that ascend in every delivery mode, and a batch that costs no less than half', () => {
    for (const { realtime, batch, flex } of priceTable)
      for (const steps of [realtime, batch, flex]) {
        if (steps === null) continue
        expect(steps[0].above).toBe(0)
        steps.forEach((step, at) => {
          const whole = realtime[at]
          expect(step.input).toBeGreaterThan(0)
          expect(step.cached ?? 0).toBeLessThanOrEqual(step.input)
          expect(step.above).toBe(whole?.above)
          expect(step.above).toBeGreaterThanOrEqual(steps[at - 1]?.above ?? 0)
          expect(step.input).toBeGreaterThanOrEqual((whole?.input ?? Infinity) / 2)
          expect(step.output).toBeGreaterThanOrEqual((whole?.output ?? Infinity) / 2)
        })
      }
  })
})

test('a price with a date applies from that day on, and to what begins within days of it', () => {
  const input = (at?: number): number | undefined =>
    findPrice({
      model: 'gemini-3.8-flash',
      service: 'gemini',
      deliveryMode: 'realtime',
      ...(at !== undefined && { at }),
    })?.price.steps[0].inputPerMillion
  expect(input(Date.UTC(2026, 10, 30))).toBe(750_000)
  expect(input(Date.UTC(2026, 11, 28, 23))).toBe(750_000)
  expect(input(Date.UTC(2026, 11, 29))).toBe(1_500_000)
  expect(input(Date.UTC(2027, 0, 1))).toBe(1_500_000)
  expect(input(Date.UTC(2030, 0, 1))).toBe(1_500_000)
  expect(input(), 'without a time, the dearest').toBe(1_500_000)
})

test('what a cache gave is not halved in a batch of Gemini', () => {
  const steps = (deliveryMode: 'batch' | 'realtime'): unknown =>
    findPrice({ model: 'gemini-2.5-flash', service: 'gemini', deliveryMode })?.price.steps[0]
  expect(steps('realtime')).toMatchObject({ inputPerMillion: 300_000, cachedInputPerMillion: 30_000 })
  expect(steps('batch')).toMatchObject({ inputPerMillion: 150_000, cachedInputPerMillion: 30_000 })
})
