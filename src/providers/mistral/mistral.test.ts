import type { ChatCompletionRequest } from '@mistralai/mistralai/models/components/chatcompletionrequest.js'
import { describe, expect, test } from 'vitest'
import { json, serve } from '../../../test/serve.ts'
import type { ChatRequest } from '../../domain/request.ts'
import type { NewBatch } from '../../ports/provider/batch-service.ts'
import { mistralProvider } from './mistral.ts'
import { mistral } from './models.ts'
import { mistralWire as wire } from './wire.ts'

const key = 'mistral-test-0123456789'
const newBatch: NewBatch = {
  staged: 'file-1',
  file: { path: '', bytes: 0, filename: '', requests: 0 },
  endpoint: '/v1/chat/completions',
  model: 'mistral-small-latest',
  metadata: { offpeak_nonce: 'n1', offpeak: 'p1' },
  idempotencyKey: 'n1',
}
const request: ChatRequest = {
  model: 'mistral-small-latest',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Q' },
  ],
  maxTokens: 100,
  temperature: 0,
  schema: { name: 'answer', schema: { type: 'object' } },
  extra: { random_seed: 1, model: 'none of ours' },
}

describe('a request', () => {
  test('has no model in a line, and begins with it where it is asked at once', async () => {
    const body = wire.body(request, '/v1/chat/completions')
    const expected = {
      random_seed: 1,
      temperature: 0,
      max_tokens: 100,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', strict: true, schema: { type: 'object' } },
      },
      messages: request.messages,
    }
    const known: readonly Exclude<keyof ChatCompletionRequest, 'model'>[] = ['temperature', 'messages']
    expect(body).toEqual(expected)
    expect(known.every((name) => name in body)).toBe(true)
    await using server = await serve((_request, response) => json(response, 200, { choices: [] }))
    const provider = mistralProvider({ apiKey: key, baseUrl: server.url })
    const ask = { endpoint: '/v1/chat/completions', model: 'm-1', deliveryMode: 'realtime' } as const
    await provider.complete({ ...ask, body: JSON.stringify(body) })
    await provider.complete({ ...ask, body: '{}' })
    expect(server.seen.map((seen) => JSON.parse(seen.body))).toEqual([
      { model: 'm-1', ...expected },
      { model: 'm-1' },
    ])
  })

  test('for a vector names its length as Mistral does', () => {
    const vector = { model: 'mistral-embed', input: 'a', dimensions: 256, extra: {} }
    expect(wire.body(vector, '/v1/embeddings')).toEqual({ output_dimension: 256, input: 'a' })
    expect(() => wire.body(vector, '/v1/chat/completions')).toThrow(
      expect.objectContaining({ code: 'E_JOB_INVALID' }),
    )
  })

  test('with names that Mistral does not know is told so in the plan, with its own where there is one', () => {
    const { doubtful, refused } = wire.inspect(
      { ...request, extra: { seed: 1, n: 2 } },
      '/v1/chat/completions',
    )
    expect(doubtful).toEqual([{ words: expect.stringContaining('`seed`'), fix: 'use `random_seed`' }])
    expect(refused.map(({ words }) => words)).toEqual([expect.stringContaining('`n: 2`')])
  })
})

test('a job is made with its model and our mark, and not known where nobody answers', async () => {
  await using server = await serve((_request, response) => json(response, 502, undefined))
  const provider = mistralProvider({ apiKey: key, baseUrl: server.url })
  expect(await provider.create(newBatch)).toMatchObject({ kind: 'unknown' })
  expect(server.seen).toHaveLength(1)
  expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${key}`)
  expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
    input_files: ['file-1'],
    endpoint: '/v1/chat/completions',
    model: 'mistral-small-latest',
    metadata: newBatch.metadata,
    timeout_hours: 24,
  })
})

test.each([
  [
    422,
    { detail: [{ loc: ['body', 'x'], msg: 'Extra inputs are not permitted' }] },
    'invalid',
    'body.x: Extra inputs',
  ],
  [400, { detail: 'Invalid model: m' }, 'account', 'Invalid model'],
  [404, { detail: 'No such file: file-1' }, 'gone', 'No such file'],
  [401, { detail: 'Invalid API Key' }, 'auth', 'Invalid API Key'],
  [
    429,
    { object: 'error', message: 'Rate limit exceeded', type: 'rate_limited', code: '1300' },
    'rate',
    'Rate limit',
  ],
])('a creation that is answered %s was not done: %o', async (status, body, cause, words) => {
  await using server = await serve((_request, response) => json(response, status, body))
  const reply = await mistralProvider({ apiKey: key, baseUrl: server.url }).create(newBatch)
  expect(reply).toMatchObject({ kind: 'refused', cause, status, message: expect.stringContaining(words) })
})

test('the list is walked page by page, newest first, and gives the metadata back', async () => {
  const job = (id: number): object => ({
    id: `j${id}`,
    status: 'RUNNING',
    created_at: 1_800_000_000 - id,
    metadata: { a: 'b', c: 1 },
  })
  await using server = await serve((request, response) => {
    const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page') ?? 0)
    json(response, 200, { data: Array.from({ length: page < 2 ? 100 : 3 }, (_, at) => job(page * 100 + at)) })
  })
  const listed = await mistralProvider({ apiKey: key, baseUrl: server.url }).batches(0)
  expect(listed.kind === 'accepted' && listed.value).toHaveLength(203)
  expect(listed.kind === 'accepted' && listed.value[0]).toMatchObject({
    id: 'j0',
    state: 'in_progress',
    metadata: { a: 'b' },
  })
  expect(server.seen.map(({ url }) => url)).toEqual([
    '/v1/batch/jobs?order_by=-created&page_size=100',
    '/v1/batch/jobs?order_by=-created&page_size=100&page=1',
    '/v1/batch/jobs?order_by=-created&page_size=100&page=2',
  ])
})

test('a job says how it is, with its errors as they are grouped', async () => {
  const states = {
    QUEUED: 'validating',
    SUCCESS: 'completed',
    FAILED: 'failed',
    TIMEOUT_EXCEEDED: 'expired',
    CANCELLATION_REQUESTED: 'cancelling',
    CANCELLED: 'cancelled',
    NEWER: 'in_progress',
  }
  for (const [status, state] of Object.entries(states)) {
    await using server = await serve((_request, response) =>
      json(response, 200, {
        id: 'j1',
        status,
        input_files: ['file-1'],
        output_file: '',
        error_file: 'file-3',
        total_requests: 3,
        succeeded_requests: 1,
        failed_requests: 2,
        errors: [{ message: 'bad', count: 2 }],
      }),
    )
    expect(await mistralProvider({ apiKey: key, baseUrl: server.url }).batch('j1')).toMatchObject({
      value: {
        state,
        staged: 'file-1',
        outputPart: null,
        errorPart: 'file-3',
        counts: { total: 3, completed: 1, failed: 2 },
        errors: [{ message: 'bad (2 times)', line: null }],
      },
    })
  }
})

/** A line with this status and body. */
function answerTo(status_code: number, body: object): unknown {
  return wire.line({ id: 'x', custom_id: 'k-1', response: { status_code, body }, error: null })?.answer
}

describe('a line of results', () => {
  const usage = {
    prompt_tokens: 10,
    completion_tokens: 5,
    total_tokens: 15,
    prompt_tokens_details: { cached_tokens: 4 },
  }
  const choice = (finish_reason: string, content: unknown): object => ({
    choices: [{ finish_reason, message: { content } }],
    usage,
    model: 'm',
  })

  test('is the text of an answer, past its thoughts, with what a cache gave', () => {
    expect(
      answerTo(
        200,
        choice('stop', [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'hi' },
        ]),
      ),
    ).toMatchObject({
      kind: 'text',
      text: 'hi',
      cut: false,
      usage: { inputTokens: 10, cachedTokens: 4, outputTokens: 5 },
    })
    for (const finish of ['length', 'model_length', 'error'])
      expect(answerTo(200, choice(finish, 'hi'))).toMatchObject({ kind: 'text', cut: true })
  })

  test.each([
    [
      422,
      {
        object: 'error',
        message: { detail: [{ loc: ['body', 'seed'], msg: 'Extra inputs are not permitted' }] },
      },
      'failed',
      'body.seed',
    ],
    [403, { object: 'error', message: 'The request was refused by a guardrail.' }, 'refused', 'guardrail'],
    [500, { object: 'error', message: 'Internal Server Error', code: '1000' }, 'transient', 'Internal'],
    [429, { object: 'error', message: 'Rate limit exceeded', code: '1300' }, 'transient', 'Rate limit'],
  ])('with %s and %o is %s', (status, body, outcome, words) => {
    expect(answerTo(status, body)).toMatchObject({
      kind: 'error',
      outcome,
      ran: false,
      reason: expect.stringContaining(words),
    })
  })

  test('that is none is told from one', () => {
    for (const odd of [null, 1, {}, { custom_id: 'k' }]) expect(wire.line(odd)).toBeNull()
  })
})

test('models are named, and not by nothing', () => {
  expect(mistral('mistral-small-latest')).toMatchObject({
    provider: 'mistral',
    endpoint: '/v1/chat/completions',
  })
  expect(mistral.embedding('mistral-embed', { baseUrl: 'https://gate' })).toMatchObject({
    baseUrl: 'https://gate',
  })
  expect(() => mistral(' ')).toThrow(expect.objectContaining({ code: 'E_JOB_INVALID' }))
})
