import { expect, test } from 'vitest'
import { json, serve } from '../../../test/serve.ts'
import { localProvider } from './local.ts'
import { local } from './models.ts'

const data = (model: object): unknown => JSON.parse(JSON.stringify(model))

test("a server of one's own is data: its address, its pace and what it costs, which is nothing", () => {
  const server = local({ baseUrl: 'http://127.0.0.1:11434/v1', concurrency: 4 })
  const shared = { baseUrl: 'http://127.0.0.1:11434/v1', price: { input: 0, output: 0 }, concurrency: 4 }
  expect(data(server('llama3.2'))).toEqual({
    provider: 'local',
    model: 'llama3.2',
    endpoint: '/v1/chat/completions',
    ...shared,
  })
  expect(server.embedding('nomic-embed-text')).toMatchObject({ endpoint: '/v1/embeddings', ...shared })
  const priced = local({ baseUrl: 'http://127.0.0.1:8000/v1', batches: true, price: { input: 1, output: 2 } })
  expect(priced('my-model')).toMatchObject({ provider: 'compatible', price: { input: 1, output: 2 } })
})

test('a pace that is none, or no name, is a mistake in the job', () => {
  for (const concurrency of [0, -1, 1.5, Number.NaN, Infinity])
    expect(() => local({ baseUrl: 'x', concurrency })).toThrow(
      expect.objectContaining({ code: 'E_JOB_INVALID' }),
    )
  expect(() => local({ baseUrl: 'x' })(' ')).toThrow(expect.objectContaining({ code: 'E_JOB_INVALID' }))
})

test('it has no batches: its lists are empty without a call, and nothing can be brought there', async () => {
  await using server = await serve((_request, response) => json(response, 200, { data: [] }))
  const provider = localProvider({ baseUrl: `${server.url}/v1`, concurrency: 3 })
  expect(provider.limits).toMatchObject({
    hasBatches: false,
    realtime: { concurrency: 3, requestsPerMinute: Infinity, tokensPerMinute: Infinity },
  })
  expect(await provider.batches(0)).toEqual({ kind: 'accepted', value: [] })
  expect(await provider.findStaged('x')).toEqual({ kind: 'accepted', value: [] })
  expect(await provider.discard('x')).toEqual({ kind: 'accepted', value: null })
  const nothing = { path: '', bytes: 0, filename: '' }
  const made = {
    staged: '',
    file: { ...nothing, requests: 1 },
    endpoint: '',
    model: '',
    metadata: {},
    idempotencyKey: '',
  }
  for (const reply of [
    await provider.stage(nothing),
    await provider.staged('x'),
    await provider.create(made),
    await provider.batch('x'),
    await provider.cancel('x'),
    await provider.fetch('x', '/nowhere'),
  ])
    expect(reply).toMatchObject({ kind: 'refused', cause: 'invalid' })
  expect(server.seen).toEqual([])
})

test('a probe says what the server has, and that batches would be used', async () => {
  for (const [path, words] of [
    ['/v1/batches', 'it has batches too, which local({ batches: true, … }) uses'],
    ['/v1/nothing', 'it has no batches, so requests are asked one by one'],
  ] as const) {
    await using server = await serve((request, response) => {
      const asked = new URL(request.url ?? '/', 'http://server').pathname
      if (asked === '/v1/models') return json(response, 200, { data: [{ id: 'llama3.2' }] })
      // LM Studio answers what it does not know with 200 and an error.
      return json(response, 200, asked === path ? { data: [] } : { error: `Unexpected endpoint: ${asked}` })
    })
    const reply = await localProvider({ baseUrl: `${server.url}/v1` }).probe('llama3.2')
    expect(reply).toEqual({
      kind: 'accepted',
      value: { words: `the server answers and lists llama3.2; ${words}` },
    })
  }
})
