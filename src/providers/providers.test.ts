import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json, serve, type TestServer } from '../../test/serve.ts'
import type { ChatRequest } from '../domain/request.ts'
import type { Ask } from '../ports/provider/realtime.ts'
import type { NewBatch } from '../ports/provider/batch-service.ts'
import type { Provider } from '../ports/provider/provider.ts'
import { azureProvider } from './azure/azure.ts'
import { compatibleProvider } from './compatible/compatible.ts'
import { openaiProvider } from './openai/openai.ts'
import { segment } from './replies/segment.ts'

const key = 'sk-test-0123456789abcdef'
const newBatch: NewBatch = {
  staged: 'file-1',
  file: { path: '', bytes: 0, filename: '', requests: 0 },
  endpoint: '/v1/chat/completions',
  model: 'gpt-4o-mini',
  metadata: { offpeak_nonce: 'n1' },
  idempotencyKey: 'n1',
}
const request: ChatRequest = {
  model: 'gpt-4o-mini-batch',
  messages: [{ role: 'user', content: 'x' }],
  maxTokens: 10,
  temperature: null,
  schema: null,
  extra: {},
}
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offpeak-providers-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function askOf(provider: Provider, endpoint: string = '/v1/chat/completions'): Ask {
  return {
    endpoint,
    model: request.model,
    body: JSON.stringify(provider.body(request, endpoint)),
    deliveryMode: 'realtime',
  }
}

/** Every call of the interface, once; the paths that were asked for, in order. */
async function paths(make: (server: TestServer) => Provider): Promise<readonly string[]> {
  await using server = await serve((_request, response) =>
    json(response, 200, { id: 'x', data: [], has_more: false }),
  )
  const provider = make(server)
  const path = join(folder, 'in.jsonl')
  await writeFile(path, '{}\n')
  await provider.stage({ path, bytes: 3, filename: 'in.jsonl' })
  await provider.findStaged('in.jsonl')
  await provider.staged('file-1')
  await provider.create(newBatch)
  await provider.batch('batch_1')
  await provider.batches(0)
  await provider.cancel('batch_1')
  await provider.fetch('file-2', join(folder, 'out.jsonl'))
  await provider.discard('file-1')
  for (const endpoint of ['/v1/chat/completions', '/v1/responses'] as const)
    await provider.complete(askOf(provider, endpoint))
  await provider.probe('gpt-4o-mini-batch')
  for (const seen of server.seen) {
    expect(seen.headers['api-key'] ?? seen.headers.authorization).toMatch(
      /^(Bearer )?sk-test-0123456789abcdef$/,
    )
  }
  return server.seen.map((seen) => `${seen.method} ${seen.url}`)
}

describe('OpenAI', () => {
  test('is called by its documented paths', async () => {
    expect(await paths((server) => openaiProvider({ apiKey: key, baseUrl: `${server.url}/v1` }))).toEqual([
      'POST /v1/files',
      'GET /v1/files?purpose=batch&order=desc&limit=1000',
      'GET /v1/files/file-1',
      'POST /v1/batches',
      'GET /v1/batches/batch_1',
      'GET /v1/batches?limit=100',
      'POST /v1/batches/batch_1/cancel',
      'GET /v1/files/file-2/content',
      'DELETE /v1/files/file-1',
      'POST /v1/chat/completions',
      'POST /v1/responses',
      'GET /v1/models/gpt-4o-mini-batch',
    ])
  })

  test('gets the batch with metadata and an idempotency key, once', async () => {
    await using server = await serve((_request, response) => json(response, 502, undefined))
    const provider = openaiProvider({ apiKey: key, baseUrl: `${server.url}/v1` })
    expect(await provider.create(newBatch)).toMatchObject({ kind: 'unknown' })
    expect(server.seen).toHaveLength(1)
    expect(server.seen[0]?.headers['idempotency-key']).toBe('n1')
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      input_file_id: 'file-1',
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      metadata: { offpeak_nonce: 'n1' },
    })
  })

  test('says in words whether the model is there', async () => {
    await using server = await serve((request, response) => {
      if (request.url === '/v1/models/gpt-5') json(response, 200, { id: 'gpt-5', object: 'model' })
      else json(response, 404, { error: { message: 'The model does not exist', code: 'model_not_found' } })
    })
    const provider = openaiProvider({ apiKey: key, baseUrl: `${server.url}/v1` })
    expect(await provider.probe('gpt-5')).toEqual({
      kind: 'accepted',
      value: { words: 'the key works and gpt-5 is there' },
    })
    expect(await provider.probe('gpt-9')).toMatchObject({ kind: 'refused', cause: 'account' })
  })

  test('has an account that tells keys apart without holding them, and limits below the documented ones', () => {
    const provider = openaiProvider({ apiKey: key })
    expect(provider.account).toMatch(/^api\.openai\.com\/[0-9a-f]{12}$/)
    expect(openaiProvider({ apiKey: `${key}x` }).account).not.toBe(provider.account)
    expect(inspect(provider, { depth: 9, showHidden: true })).not.toContain(key)
    expect(provider.limits).toEqual({
      maxRequests: 50_000,
      maxBytes: 199_000_000,
      windowMs: 86_400_000,
      pollEveryMs: 30_000,
      listTells: true,
    })
    expect(openaiProvider({ apiKey: key, pollEveryMs: 5 }).limits.pollEveryMs).toBe(5)
    expect(openaiProvider({ apiKey: key, baseUrl: 'http://localhost:1/v1' }).limits.pollEveryMs).toBe(500)
  })
})

describe('Azure', () => {
  test('in its dated form is called below /openai with the version, completions by deployment', async () => {
    const version = 'api-version=2024-10-21'
    expect(
      await paths((server) =>
        azureProvider({ endpoint: `${server.url}/`, apiKey: key, apiVersion: '2024-10-21' }),
      ),
    ).toEqual([
      `POST /openai/files?${version}`,
      `GET /openai/files?${version}&purpose=batch&limit=100`,
      `GET /openai/files/file-1?${version}`,
      `POST /openai/batches?${version}`,
      `GET /openai/batches/batch_1?${version}`,
      `GET /openai/batches?${version}&limit=100`,
      `POST /openai/batches/batch_1/cancel?${version}`,
      `GET /openai/files/file-2/content?${version}`,
      `DELETE /openai/files/file-1?${version}`,
      `POST /openai/deployments/gpt-4o-mini-batch/chat/completions?${version}`,
      `POST /openai/responses?${version}`,
      `GET /openai/models?${version}`,
    ])
  })

  test('in its v1 form is called below /openai/v1, however the endpoint is written', async () => {
    for (const tail of ['', '/', '/openai', '/openai/v1', '/openai/v1/']) {
      const asked = await paths((server) => azureProvider({ endpoint: `${server.url}${tail}`, apiKey: key }))
      expect(asked[0]).toBe('POST /openai/v1/files')
      expect(asked[9]).toBe('POST /openai/v1/chat/completions')
    }
    const preview = await paths((server) =>
      azureProvider({ endpoint: server.url, apiKey: key, apiVersion: 'preview' }),
    )
    expect(preview[3]).toBe('POST /openai/v1/batches?api-version=preview')
  })

  test('names the endpoint in lines and batches as its form wants it', async () => {
    await using server = await serve((_request, response) =>
      json(response, 200, { id: 'batch_1', status: 'Validating' }),
    )
    const dated = azureProvider({ endpoint: server.url, apiKey: key, apiVersion: '2024-10-01-preview' })
    const v1 = azureProvider({ endpoint: server.url, apiKey: key, apiVersion: 'v1' })
    for (const [provider, endpoint] of [
      [dated, '/chat/completions'],
      [v1, '/v1/chat/completions'],
    ] as const) {
      expect(provider.lineFrame('/v1/chat/completions').beforeBody).toContain(`"url":"${endpoint}"`)
      expect(provider.lineFrame('/v1/responses').beforeBody).toContain('"/v1/responses"')
      await provider.create(newBatch)
      expect(JSON.parse(server.seen.at(-1)?.body ?? '')).toMatchObject({ endpoint })
    }
  })

  test('gets the output limit under the name that its model knows', () => {
    const field = (options: { apiVersion?: string; pricedAs?: string }, model: string): string => {
      const provider = azureProvider({ endpoint: 'https://r.openai.azure.com', apiKey: key, ...options })
      return (
        Object.keys(provider.body({ ...request, model }, '/v1/chat/completions')).find((name) =>
          name.startsWith('max'),
        ) ?? ''
      )
    }
    expect(field({ apiVersion: '2024-10-21' }, 'gpt-4o-mini-batch')).toBe('max_tokens')
    expect(field({}, 'gpt-4o-mini-batch')).toBe('max_tokens')
    expect(field({ apiVersion: '2024-10-21' }, 'gpt-5-mini-batch')).toBe('max_completion_tokens')
    expect(field({ apiVersion: '2024-10-21' }, 'prod-7')).toBe('max_tokens')
    expect(field({}, 'prod-7')).toBe('max_completion_tokens')
    expect(field({ apiVersion: '2024-10-21', pricedAs: 'o4-mini' }, 'prod-7')).toBe('max_completion_tokens')
  })

  test('asks for a token at every call, and sends nothing when there is none', async () => {
    let tokens = 0
    await using server = await serve((_request, response) => json(response, 200, { id: 'batch_1' }))
    const token = async (): Promise<string> => {
      tokens += 1
      if (tokens > 2) throw new Error('login expired')
      return `token-${tokens}`
    }
    const provider = azureProvider({ endpoint: server.url, token })
    await provider.batch('batch_1')
    await provider.batch('batch_1')
    expect(server.seen.map((seen) => seen.headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ])
    expect(await provider.create(newBatch)).toMatchObject({ kind: 'refused', cause: 'token' })
    expect(server.seen).toHaveLength(2)
    expect(provider.account).toMatch(/\/entra$/)
  })

  test('admits that a deployment cannot be looked up for free', async () => {
    await using server = await serve((_request, response) => json(response, 200, { data: [] }))
    const reply = await azureProvider({ endpoint: server.url, apiKey: key }).probe('dep')
    expect(reply).toMatchObject({
      kind: 'accepted',
      value: { words: expect.stringContaining('cannot be told') },
    })
  })

  test('sets an expiry under its own field names when asked to', async () => {
    await using server = await serve((_request, response) =>
      json(response, 201, { id: 'file-1', status: 'pending', filename: 'in.jsonl' }),
    )
    const path = join(folder, 'expiring.jsonl')
    await writeFile(path, '{}\n')
    const provider = azureProvider({
      endpoint: server.url,
      apiKey: key,
      expireUploadsAfterSeconds: 1_209_600,
    })
    expect(await provider.stage({ path, bytes: 3, filename: 'in.jsonl' })).toMatchObject({
      kind: 'accepted',
      value: { status: 'pending' },
    })
    expect(server.seen[0]?.body).toContain('name="expires_after.anchor"\r\n\r\ncreated_at')
    expect(server.seen[0]?.body).toContain('name="expires_after.seconds"\r\n\r\n1209600')
    expect(() =>
      azureProvider({ endpoint: server.url, apiKey: key, expireUploadsAfterSeconds: 3_600 }),
    ).toThrow(expect.objectContaining({ code: 'E_CONFIG' }))
  })

  test('needs one kind of credentials and a version that exists', () => {
    const endpoint = 'https://r.openai.azure.com'
    const token = async (): Promise<string> => 't'
    expect(() => azureProvider({ endpoint })).toThrow(expect.objectContaining({ code: 'E_CREDENTIALS' }))
    expect(() => azureProvider({ endpoint, apiKey: key, token })).toThrow(
      expect.objectContaining({ code: 'E_CREDENTIALS' }),
    )
    expect(() => azureProvider({ endpoint, apiKey: key, apiVersion: '2024' })).toThrow(
      expect.objectContaining({ code: 'E_CONFIG' }),
    )
    expect(azureProvider({ endpoint, apiKey: key }).limits).toMatchObject({
      maxRequests: 100_000,
      pollEveryMs: 60_000,
    })
  })
})

describe('a compatible service', () => {
  test('needs no key, and nothing risky is assumed of it', async () => {
    await using server = await serve((request, response) => {
      if (request.url === '/v1/models') json(response, 200, { data: [{ id: 'my-model' }] })
      else json(response, 404, { detail: 'Not Found' })
    })
    const provider = compatibleProvider({
      baseUrl: `${server.url}/v1`,
      name: 'vllm',
      limits: { maxRequests: 10 },
    })
    expect(provider.name).toBe('vllm')
    expect(provider.limits).toMatchObject({ maxRequests: 10 })
    expect(provider.recovery).toEqual({ create: 'once', proof: 'sameInput', fence: false })
    expect(await provider.probe('my-model')).toMatchObject({
      value: { words: 'the server answers and lists my-model' },
    })
    expect(await provider.probe('other')).toMatchObject({
      value: { words: 'the server answers, but does not list other' },
    })
    expect(server.seen[0]?.headers.authorization).toBeUndefined()
    expect(provider.body(request, '/v1/chat/completions')).toMatchObject({ max_tokens: 10 })
    for (const model of ['gpt-5-mini', 'openai/o4-mini'])
      expect(provider.body({ ...request, model }, '/v1/chat/completions')).toMatchObject({
        max_completion_tokens: 10,
      })
  })
})

test('an id stays one segment of the path', () => {
  expect(['..', '.', 'a/../b', 'file-1', 'a?b#c'].map(segment)).toEqual([
    '%2E%2E',
    '%2E',
    'a%2F..%2Fb',
    'file-1',
    'a%3Fb%23c',
  ])
})

test('the fate of a download, of a deletion and of an unreadable completion is told in the three values', async () => {
  await using server = await serve((request, response) => {
    if (request.method === 'DELETE')
      json(response, 404, { error: { message: 'No such File object: file-1' } })
    else if (request.url?.endsWith('/content') === true)
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')
    else response.end('not json')
  })
  const provider = openaiProvider({ apiKey: key, baseUrl: `${server.url}/v1` })
  expect(await provider.discard('file-1')).toMatchObject({ kind: 'refused', cause: 'gone' })
  expect(await provider.fetch('file-1', join(folder, 'page'))).toMatchObject({
    kind: 'refused',
    cause: 'away',
  })
  expect(await provider.complete(askOf(provider))).toMatchObject({ kind: 'unknown' })
})
