import { expect, test } from 'vitest'
import { json, serve } from '../../../test/serve.ts'
import { definitionOf } from '../definition.ts'
import { findPrice } from '../prices/prices.ts'
import { listPrices } from '../prices/price-list.ts'
import type { ProviderClient } from './own-client.ts'
import { defineProvider, type OwnProvider } from './own-provider.ts'

const own: OwnProvider = {
  name: 'acme-ai',
  baseUrl: 'https://api.acme.example/v1',
  endpoints: { chat: 'ask' },
  limits: { maxRequests: 10, maxBytes: 1_000 },
  recovery: { create: 'once', proof: 'marked', fence: false },
  priceRows: [
    {
      ids: ['acme-large', 'acme-large-2'],
      batch: { input: 1, cachedInput: 0.1, output: 2, steps: [{ above: 1_000, input: 2, output: 4 }] },
      maxOutputTokens: 800,
      asOf: '2026-11-30',
      source: 'a page',
    },
  ],
  client: () => {
    throw new Error('nothing is asked here')
  },
}

const failing = (code: string): unknown => expect.objectContaining({ code })

test('a provider of its own reads the environment by its name, unless it says otherwise', () => {
  const definition = definitionOf(defineProvider(own)('acme-large'))
  const setup = { model: defineProvider(own)('x'), env: () => null, token: null, hasHeaders: false }
  expect(definition.missing(setup)).toEqual(['ACME_AI_API_KEY'])
  expect(
    definition.baseUrl({ ...setup, env: (name) => (name === 'ACME_AI_BASE_URL' ? 'https://x' : null) }),
  ).toBe('https://x')
  const { baseUrl: _, ...unplaced } = own
  const other = definitionOf(defineProvider({ ...unplaced, apiKeyEnv: null, baseUrlEnv: 'ACME' })('x'))
  expect(other.missing(setup)).toEqual(['ACME'])
  expect(other.environment(null)).toEqual({ secret: [], shown: ['ACME'] })
})

test('its models name its endpoints, and vectors are asked for where there are any', () => {
  const acme = defineProvider({ ...own, endpoints: { chat: 'ask', embedding: 'embed' } })
  expect(acme('acme-large')).toMatchObject({ provider: 'acme-ai', model: 'acme-large', endpoint: 'ask' })
  expect(acme.embedding('acme-vectors')).toMatchObject({ endpoint: 'embed' })
  expect(defineProvider(own)).not.toHaveProperty('embedding')
  expect(() => acme(' ')).toThrow(failing('E_JOB_INVALID'))
})

test('a name that is none or is taken, endpoints that are alike, and a price that is none are refused', () => {
  for (const wrong of [
    { name: 'Acme' },
    { name: 'openai' },
    { endpoints: { chat: 'ask', embedding: 'ask' } },
    { priceRows: [{ ids: ['a'], batch: { input: -1, output: 2 }, asOf: '', source: '' }] as const },
  ])
    expect(() => defineProvider({ ...own, ...wrong })).toThrow(failing('E_CONFIG'))
})

test('its prices are found for its models, listed, and give way to those of the configuration', () => {
  const { priceRows = [] } = definitionOf(defineProvider(own)('acme-large'))
  const ask = { model: 'acme-large-2', service: 'acme-ai', ownRows: priceRows }
  expect(findPrice({ ...ask, deliveryMode: 'batch' })).toMatchObject({
    price: {
      steps: [
        { inputPerMillion: 1_000_000, cachedInputPerMillion: 100_000 },
        { aboveTokens: 1_000, outputPerMillion: 4_000_000 },
      ],
    },
    maxOutputTokens: 800,
    source: 'a page',
  })
  expect(findPrice({ ...ask, deliveryMode: 'realtime' })).toBeNull()
  expect(findPrice({ ...ask, model: 'acme-small', deliveryMode: 'batch' })).toBeNull()
  const overrides = { 'acme-large-2': { batch: { input: 9, output: 9 } } }
  expect(findPrice({ ...ask, overrides, deliveryMode: 'batch' })).toMatchObject({
    source: 'your configuration',
  })
  const listed = listPrices(overrides, priceRows).filter(({ model }) => model.startsWith('acme'))
  expect(listed.map(({ model, service, alsoKnownAs }) => ({ model, service, alsoKnownAs }))).toEqual([
    { model: 'acme-large-2', service: null, alsoKnownAs: [] },
    { model: 'acme-large', service: 'acme-ai', alsoKnownAs: [] },
  ])
})

test('it is not asked for a path of the emulator unless it speaks a language that is spoken there', () => {
  expect(definitionOf(defineProvider(own)('x')).isEmulated).toBe(false)
  expect(definitionOf(defineProvider({ ...own, emulatorPath: '/v1' })('x')).isEmulated).toBe(true)
})

const unused = (): never => {
  throw new Error('nothing is asked here')
}
const bare: ProviderClient = {
  body: unused,
  readBody: unused,
  tokenRule: unused,
  lineFrame: unused,
  line: unused,
  create: unused,
  batch: unused,
  batches: () => Promise.resolve({ kind: 'accepted', value: [] }),
  cancel: unused,
  fetch: unused,
}

test('the emulator is asked below its path, with its key and by the headers of the provider', async () => {
  await using server = await serve((_request, response) => json(response, 200, {}))
  const model = defineProvider({
    ...own,
    emulatorPath: '/v1',
    authorize: (key) => ({ 'x-api-key': key }),
    client: ({ http }) => ({
      ...bare,
      async probe() {
        await http.json({ method: 'GET', path: '/models' })
        return { kind: 'accepted', value: { words: 'there' } }
      },
    }),
  })('acme-large')
  const setup = { model, env: () => null, token: null, hasHeaders: false }
  const emulator = { url: server.url, key: 'emulator-key' }
  await definitionOf(model).connect(setup, { emulator }).probe('acme-large')
  expect(server.seen.map(({ url, headers }) => [url, headers['x-api-key'], headers.authorization])).toEqual([
    ['/v1/models', 'emulator-key', undefined],
  ])
})

test('what a client leaves out has nothing staged, no call that answers at once, and asks the list for the key', async () => {
  const model = defineProvider({ ...own, client: () => bare })('acme-large')
  const env = (name: string): string | null => (name === 'ACME_AI_API_KEY' ? 'a-key' : null)
  const provider = definitionOf(model).connect(
    { model, env, token: null, hasHeaders: false },
    { emulator: null },
  )
  expect(provider).toMatchObject({ name: 'acme-ai', limits: { maxRequests: 10, pollEveryMs: 30_000 } })
  expect(provider.account).toMatch(/^acme-ai\/api\.acme\.example\/[0-9a-f]{12}$/)
  const staged = { id: 'in.jsonl', filename: 'in.jsonl', status: 'ready' }
  expect(await provider.stage({ path: '/in.jsonl', bytes: 3, filename: 'in.jsonl' })).toMatchObject({
    kind: 'accepted',
    value: staged,
  })
  expect(await provider.staged('in.jsonl')).toMatchObject({ kind: 'accepted', value: staged })
  expect(await provider.discard('in.jsonl')).toEqual({ kind: 'accepted', value: null })
  expect(
    await provider.complete({ endpoint: 'ask', model: 'acme-large', body: '{}', deliveryMode: 'realtime' }),
  ).toMatchObject({ kind: 'refused', cause: 'invalid', message: 'acme-ai has no call that answers at once' })
  expect(await provider.probe('acme-large')).toEqual({ kind: 'accepted', value: { words: 'the key works' } })
})
