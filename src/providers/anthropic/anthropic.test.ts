import type Anthropic from '@anthropic-ai/sdk'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json, serve } from '../../../test/serve.ts'
import type { NewBatch } from '../../ports/provider/batch-service.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import { anthropicProvider } from './anthropic.ts'
import { anthropicDefinition } from './definition.ts'
import { anthropic } from './models.ts'

const key = 'sk-ant-0123456789abcdef'
const batch: Anthropic.Messages.MessageBatch = {
  id: 'msgbatch_1',
  type: 'message_batch',
  processing_status: 'in_progress',
  request_counts: { processing: 2, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
  created_at: '2026-11-30T10:00:00Z',
  expires_at: '2026-12-01T10:00:00Z',
  ended_at: null,
  archived_at: null,
  cancel_initiated_at: null,
  results_url: null,
}

let folder = ''
let newBatch: NewBatch
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offpeak-anthropic-'))
  const lines = ['t-0', 't-1'].map((id) => `{"custom_id":"${id}","params":{"model":"m"}}\n`).join('')
  const path = join(folder, 'in.jsonl')
  await writeFile(path, lines)
  newBatch = {
    staged: 'inline/in.jsonl',
    file: { path, bytes: lines.length, filename: 'in.jsonl', requests: 2 },
    endpoint: '/v1/messages',
    model: 'm',
    metadata: { offpeak_nonce: 'n1' },
    idempotencyKey: 'n1',
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function client(url: string): Provider {
  return anthropicProvider({ credentials: { kind: 'key', value: key }, baseUrl: url })
}

const refusal = (type: string, message: string): object => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_1',
})

test('a batch is created from the file itself, with the headers of the own client', async () => {
  await using server = await serve((_request, response) => json(response, 200, batch))
  expect(await client(server.url).create(newBatch)).toMatchObject({
    kind: 'accepted',
    value: { id: 'msgbatch_1', state: 'in_progress', counts: { total: 2 }, outputPart: null },
  })
  const [seen] = server.seen
  expect(seen).toMatchObject({
    method: 'POST',
    url: '/v1/messages/batches',
    headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
  })
  expect(JSON.parse(seen?.body ?? '')).toEqual({
    requests: [
      { custom_id: 't-0', params: { model: 'm' } },
      { custom_id: 't-1', params: { model: 'm' } },
    ],
  })
})

test('an authorization token goes as a bearer', async () => {
  await using server = await serve((_request, response) => json(response, 200, batch))
  await anthropicProvider({ credentials: { kind: 'token', value: key }, baseUrl: server.url }).batch('b')
  expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${key}`)
  expect(server.seen[0]?.headers['x-api-key']).toBeUndefined()
})

describe('a create', () => {
  test('that is cut off before its end was certainly not done', async () => {
    const server = createServer((socket) => void socket.once('data', () => socket.destroy()))
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const path = join(folder, 'large.jsonl')
    const line = `{"custom_id":"t-0","params":{"text":"${'x'.repeat(10_000_000)}"}}\n`
    await writeFile(path, line)
    const reply = await client(`http://127.0.0.1:${port}`).create({
      ...newBatch,
      file: { path, bytes: line.length, filename: 'large.jsonl', requests: 1 },
    })
    expect(reply).toMatchObject({ kind: 'refused', cause: 'away', layer: 'network' })
    server.close()
  })

  test.for([
    [400, 'invalid_request_error', 'requests.0.custom_id: bad', { kind: 'refused', cause: 'invalid' }],
    [400, 'invalid_request_error', 'Your credit balance is too low', { kind: 'refused', cause: 'account' }],
    [402, 'billing_error', 'no money', { kind: 'refused', cause: 'account' }],
    [403, 'permission_error', 'this organization is on hold', { kind: 'refused', cause: 'account' }],
    [401, 'authentication_error', 'invalid x-api-key', { kind: 'refused', cause: 'auth' }],
    [413, 'request_too_large', 'too large', { kind: 'refused', cause: 'invalid' }],
    [429, 'rate_limit_error', 'slow down', { kind: 'refused', cause: 'rate' }],
    [500, 'api_error', 'oh', { kind: 'unknown' }],
    [529, 'overloaded_error', 'Overloaded', { kind: 'unknown' }],
  ] as const)(
    'that is answered %i %s (%s) is what money allows',
    async ([status, type, message, expected]) => {
      await using server = await serve((_request, response) => json(response, status, refusal(type, message)))
      expect(await client(server.url).create(newBatch)).toMatchObject(expected)
    },
  )
})

test('nothing is staged, and nothing is left to remove', async () => {
  const provider = client('http://127.0.0.1:9')
  const staged = await provider.stage({ path: 'x', bytes: 3, filename: 'in.jsonl' })
  expect(staged).toMatchObject({ kind: 'accepted', value: { id: 'inline/in.jsonl', status: 'ready' } })
  expect(await provider.staged('inline/in.jsonl')).toMatchObject({ value: { filename: 'in.jsonl' } })
  expect(await provider.findStaged('in')).toEqual({ kind: 'accepted', value: [] })
  expect(await provider.discard('inline/in.jsonl')).toEqual({ kind: 'accepted', value: null })
})

test.for([
  ['ended', { succeeded: 2 }, 'completed'],
  ['ended', { succeeded: 1, errored: 1 }, 'completed'],
  ['ended', { succeeded: 1, canceled: 1 }, 'cancelled'],
  ['ended', { succeeded: 1, expired: 1 }, 'expired'],
  ['canceling', { processing: 2 }, 'cancelling'],
  ['in_progress', { processing: 2 }, 'in_progress'],
  ['something new', { processing: 2 }, 'in_progress'],
] as const)('a batch that is %s with %o is %s', async ([processing_status, counts, state]) => {
  await using server = await serve((_request, response) =>
    json(response, 200, {
      ...batch,
      processing_status,
      request_counts: { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0, ...counts },
      results_url: processing_status === 'ended' ? 'https://api.anthropic.com/x' : null,
    }),
  )
  expect(await client(server.url).batch('msgbatch_1')).toMatchObject({
    value: {
      state,
      counts: { total: 2 },
      outputPart: processing_status === 'ended' ? 'msgbatch_1' : null,
    },
  })
})

test('the list is walked by the last id of each page', async () => {
  const page = (id: string, more: boolean): object => ({
    data: [{ ...batch, id }],
    has_more: more,
    first_id: id,
    last_id: id,
  })
  await using server = await serve((request, response) =>
    json(response, 200, request.url?.includes('after_id=b2') === true ? page('b1', false) : page('b2', true)),
  )
  const reply = await client(server.url).batches(0)
  expect(reply).toMatchObject({ value: [{ id: 'b2' }, { id: 'b1' }] })
})

describe('the ids of a batch', () => {
  const ended = { staged: null, errorPart: null, createdAtMs: null, expiresAtMs: null, counts: null }
  const one = { ...ended, id: 'b1', state: 'completed', usage: null, metadata: {}, errors: [] } as const

  test('are hidden until it has ended, and then those of its first line, of which no more is read', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-jsonl' })
      response.write('{"custom_id":"tag-7","result":{"type":"expired"}}\n')
      // The rest never comes.
    })
    const provider = client(server.url)
    expect(await provider.idIn?.({ ...one, outputPart: null })).toEqual({ kind: 'accepted', value: 'hidden' })
    expect(await provider.idIn?.({ ...one, outputPart: 'b1' })).toEqual({
      kind: 'accepted',
      value: { id: 'tag-7' },
    })
  })

  test('are not told by what is no line', async () => {
    await using server = await serve((_request, response) => void response.end('<html>'))
    expect(await client(server.url).idIn?.({ ...one, outputPart: 'b1' })).not.toMatchObject({
      kind: 'accepted',
    })
  })
})

test('results are brought whole, and discarded with their batch', async () => {
  await using server = await serve((request, response) => {
    if (request.method === 'DELETE') json(response, 200, { id: 'b1', type: 'message_batch_deleted' })
    else response.end('{"custom_id":"t-0"}\n')
  })
  const provider = client(server.url)
  const path = join(folder, 'out.jsonl')
  expect(await provider.fetch('b1', path)).toMatchObject({ value: { bytes: 20 } })
  expect(await readFile(path, 'utf8')).toBe('{"custom_id":"t-0"}\n')
  expect(await provider.discard('b1')).toEqual({ kind: 'accepted', value: null })
  expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /v1/messages/batches/b1/results',
    'DELETE /v1/messages/batches/b1',
  ])
})

describe('a message that is asked at once', () => {
  test.for([
    [400, 'invalid_request_error', 'bad', { kind: 'accepted', value: { status: 400 } }],
    [400, 'invalid_request_error', 'Your credit balance is too low', { kind: 'refused', cause: 'account' }],
    [429, 'rate_limit_error', 'slow down', { kind: 'refused', cause: 'rate' }],
    [529, 'overloaded_error', 'Overloaded', { kind: 'refused', cause: 'rate' }],
    [500, 'api_error', 'oh', { kind: 'accepted', value: { status: 500 } }],
    [404, 'not_found_error', 'model: m', { kind: 'refused' }],
  ] as const)('and answered %i %s (%s) is what it says', async ([status, type, message, expected]) => {
    await using server = await serve((_request, response) => json(response, status, refusal(type, message)))
    const reply = await client(server.url).complete({
      endpoint: '/v1/messages',
      model: 'm',
      body: '{"model":"m"}',
      deliveryMode: 'realtime',
    })
    expect(reply).toMatchObject(expected)
  })
})

test('the environment is read by the names of the own client, of which the key goes first', () => {
  const model = anthropic('claude-haiku-5-5')
  const setup = (
    values: Readonly<Record<string, string>>,
  ): Parameters<typeof anthropicDefinition.missing>[0] => ({
    model,
    env: (name) => values[name] ?? null,
    token: null,
    hasHeaders: false,
  })
  expect(anthropicDefinition.missing(setup({}))).toEqual(['ANTHROPIC_API_KEY'])
  expect(anthropicDefinition.missing(setup({ ANTHROPIC_AUTH_TOKEN: 't' }))).toEqual([])
  expect(anthropicDefinition.baseUrl(setup({ ANTHROPIC_BASE_URL: 'https://x' }))).toBe('https://x')
  expect(() => anthropic(' ')).toThrow(expect.objectContaining({ code: 'E_JOB_INVALID' }))
})
