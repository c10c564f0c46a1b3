import { describe, expect, test } from 'vitest'
import { genaiData, onDemandOf } from '../scripts/prices/genai.ts'
import { type LiteLlm, rowsOfLiteLlm } from '../scripts/prices/litellm.ts'
import { tableOf } from '../scripts/prices/table.ts'
import type { PriceRow } from '../src/providers/prices/price-row.ts'

const chat = {
  litellm_provider: 'openai',
  mode: 'chat',
  max_input_tokens: 272_000,
  max_output_tokens: 128_000,
}
const batched = { ...chat, supported_endpoints: ['/v1/chat/completions', '/v1/batch'] }

function rowOf(name: string, models: LiteLlm, zone = 'global'): PriceRow | undefined {
  return rowsOfLiteLlm(models, '2026-08-01').find((row) => row.ids.includes(name) && row.zone === zone)
}

describe('a row of LiteLLM', () => {
  test('has what is listed for each delivery mode, and half where nothing is', () => {
    const models = {
      'gpt-9': {
        ...batched,
        input_cost_per_token: 2e-6,
        cache_read_input_token_cost: 2e-7,
        cache_creation_input_token_cost: 2.5e-6,
        output_cost_per_token: 1e-5,
        input_cost_per_token_above_272k_tokens: 4e-6,
        cache_read_input_token_cost_above_272k_tokens: 4e-7,
        output_cost_per_token_above_272k_tokens: 1.5e-5,
        input_cost_per_token_flex: 1e-6,
        output_cost_per_token_flex: 5e-6,
        cache_read_input_token_cost_flex: 1.3e-7,
      },
    }
    expect(rowOf('gpt-9', models)).toEqual({
      service: 'openai',
      zone: 'global',
      ids: ['gpt-9'],
      realtime: [
        { above: 0, input: 2, cached: 0.2, write: 2.5, output: 10 },
        { above: 272_000, input: 4, cached: 0.4, output: 15 },
      ],
      batch: [
        { above: 0, input: 1, cached: 0.13, output: 5 },
        { above: 272_000, input: 2, cached: 0.2, output: 7.5 },
      ],
      flex: [
        { above: 0, input: 1, cached: 0.13, write: 1.25, output: 5 },
        { above: 272_000, input: 2, cached: 0.2, output: 7.5 },
      ],
      maxOutputTokens: 128_000,
      contextTokens: 400_000,
      asOf: '2026-08-01',
      source: 'BerriAI/litellm model_prices_and_context_window.json',
    })
  })

  test('is not believed where a batch costs less than half', () => {
    const models = {
      'ft:old-1': {
        ...batched,
        input_cost_per_token: 1.2e-5,
        output_cost_per_token: 1.2e-5,
        input_cost_per_token_batches: 1e-6,
        output_cost_per_token_batches: 1e-6,
      },
    }
    expect(rowOf('ft:old-1', models)?.batch).toEqual([{ above: 0, input: 6, output: 6 }])
  })

  test('has no batch where the endpoints do not name it, and is left out where tokens are not the whole price', () => {
    const prices = { input_cost_per_token: 1e-6, output_cost_per_token: 1e-6 }
    const models = {
      'gpt-9-chat': { ...chat, ...prices, supported_endpoints: ['/v1/chat/completions'] },
      'gpt-9-search-preview': { ...batched, ...prices },
      'gpt-9-realtime': { ...batched, ...prices },
      'claude-9': { ...batched, ...prices, litellm_provider: 'anthropic' },
    }
    expect(rowsOfLiteLlm(models, '2026-08-01').map(({ ids, batch }) => [ids, batch])).toEqual([
      [['gpt-9-chat'], null],
    ])
  })

  test('of Azure has its zone, and of one listed as global too the other is of a region', () => {
    const azure = { ...chat, litellm_provider: 'azure', output_cost_per_token: 1e-5 }
    const models = {
      'azure/gpt-9': { ...azure, input_cost_per_token: 2.2e-6 },
      'azure/global/gpt-9': { ...azure, input_cost_per_token: 2e-6 },
      'azure/eu/gpt-9': { ...azure, input_cost_per_token: 2.3e-6 },
      'azure/gpt-8': { ...azure, input_cost_per_token: 3e-6 },
    }
    expect(
      rowsOfLiteLlm(models, '2026-08-01').map(({ zone, ids: [id], batch }) => [id, zone, batch?.[0].input]),
    ).toEqual([
      ['gpt-9', 'regional', 1.1],
      ['gpt-9', 'global', 1],
      ['gpt-9', 'eu', 1.15],
      ['gpt-8', 'global', 1.5],
    ])
  })
})

describe('the table of two sources', () => {
  const genai = genaiData.parse([
    {
      id: 'openai',
      models: [
        {
          id: 'gpt-9',
          match: { or: [{ equals: 'gpt-9' }, { starts_with: 'gpt-9-' }] },
          prices: [
            { prices: { input_mtok: 2, output_mtok: 10 } },
            {
              constraint: { start_date: '2026-08-21' },
              prices: { input_mtok: 1, cache_read_mtok: 0.1, output_mtok: 8 },
            },
            { constraint: { start_date: '2027-01-01' }, prices: { input_mtok: 9, output_mtok: 9 } },
          ],
        },
        {
          id: 'gpt-9-new',
          match: { equals: 'gpt-9-new' },
          prices: { input_mtok: { base: 3, tiers: [{ start: 200_000, price: 6 }] }, output_mtok: 4 },
        },
        { id: 'whisper', match: { equals: 'whisper' }, prices: { input_mtok: 1 } },
      ],
    },
  ])
  const old = {
    ...batched,
    input_cost_per_token: 2e-6,
    output_cost_per_token: 1e-5,
    regional_processing_uplift_multiplier_eu: 1.1,
  }
  const rows = tableOf({
    litellm: rowsOfLiteLlm({ 'gpt-9': old, 'gpt-9-2026-01-01': old }, '2026-08-01'),
    onDemand: onDemandOf(genai, '2026-09-23'),
    asOf: '2026-09-23',
    reviewed: [],
  })

  test('takes what changed from the newer one, by exact name, and keeps the delivery modes of the older', () => {
    expect(rows.find(({ ids, zone }) => ids.includes('gpt-9') && zone === 'global')).toMatchObject({
      realtime: [{ above: 0, input: 1, cached: 0.1, output: 8 }],
      batch: [{ above: 0, input: 0.5, cached: 0.05, output: 4 }],
      flex: null,
      asOf: '2026-09-23',
      source: 'pydantic/genai-prices data',
    })
    expect(rows.find(({ ids, zone }) => ids.includes('gpt-9') && zone === 'eu')?.batch?.[0].input).toBe(0.55)
    expect(rows.find(({ ids }) => ids.includes('gpt-9-2026-01-01'))).toMatchObject({ asOf: '2026-08-01' })
  })

  test('takes over models that only the newer one knows, of the families that a batch can ask', () => {
    expect(rows.find(({ ids }) => ids.includes('gpt-9-new'))?.batch).toEqual([
      { above: 0, input: 1.5, output: 2 },
      { above: 200_000, input: 3, output: 2 },
    ])
    expect(rows.some(({ ids }) => ids.includes('whisper'))).toBe(false)
  })
})
