import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json, serve, type TestServer } from '../../../test/serve.ts'
import type { NewBatch } from '../../ports/provider/batch-service.ts'
import { metadataOf, nameOf } from './batch-name.ts'
import { geminiProvider } from './gemini.ts'
import { gemini } from './models.ts'

const key = 'AIza-test-0123456789'
const metadata = {
  offpeak_nonce: 'n0nce-0123456789',
  offpeak: 'project012345678',
  offpeak_run: 'r0n123',
  offpeak_job: 'a/b c',
  offpeak_batch: '3',
  offpeak_attempt: '12',
  offpeak_input: `tag0123456.${'h'.repeat(43)}`,
}
const newBatch: NewBatch = {
  staged: 'files/abc',
  file: { path: '', bytes: 0, filename: '', requests: 0 },
  endpoint: 'generateContent',
  model: 'gemini-2.5-flash',
  metadata,
  idempotencyKey: 'n1',
}
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offpeak-gemini-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const providerAt = ({ url }: Pick<TestServer, 'url'>): ReturnType<typeof geminiProvider> =>
  geminiProvider({ apiKey: key, baseUrl: `${url}/gate` })

describe('the name of a batch', () => {
  test('carries what it can and gives it back; what a name has no room for is left out from the end', () => {
    expect(nameOf(metadata).length).toBeLessThanOrEqual(128)
    expect(metadataOf(nameOf(metadata))).toEqual(metadata)
    const long = { ...metadata, offpeak_job: 'x'.repeat(200) }
    const { offpeak_job: _job, ...rest } = metadata
    expect(metadataOf(nameOf(long))).toEqual(rest)
  })

  test('that is not ours is known to be somebody else’s, also when there is none', () => {
    expect(metadataOf('my batch')).toEqual({ display_name: 'my batch' })
    expect(metadataOf('')).toEqual({ display_name: '' })
    expect(metadataOf('offpeak')).toEqual({ display_name: 'offpeak' })
    expect(metadataOf('offpeak/%E0%A4%A')).toEqual({ offpeak_nonce: '%E0%A4%A' })
  })
})

test('a file goes up in two calls, its bytes to the host that was configured, whatever address is given', async () => {
  for (const given of ['https://elsewhere.invalid/upload/v1beta/files?upload_id=u1', '/nowhere', null]) {
    await using server = await serve((request, response) => {
      if (request.url?.startsWith('/gate/upload/v1beta/files?') === true)
        return json(response, 200, {
          file: { name: 'files/abc', displayName: 'in.jsonl', sizeBytes: '3', state: 'PROCESSING' },
        })
      if (given !== null) response.setHeader('x-goog-upload-url', given)
      response.end()
    })
    const path = join(folder, 'in.jsonl')
    await writeFile(path, '{}\n')
    const reply = await providerAt(server).stage({ path, bytes: 3, filename: 'in.jsonl' })
    if (given?.startsWith('https') !== true) {
      expect(reply).toMatchObject({
        kind: 'refused',
        cause: 'away',
        message: expect.stringContaining('no address'),
      })
      continue
    }
    expect(reply).toEqual({
      kind: 'accepted',
      value: { id: 'files/abc', filename: 'in.jsonl', bytes: 3, status: 'pending', createdAtMs: null },
    })
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/gate/upload/v1beta/files',
      '/gate/upload/v1beta/files?upload_id=u1',
    ])
    expect(server.seen[1]).toMatchObject({ body: '{}\n' })
    expect(server.seen[1]?.headers).toMatchObject({
      'x-goog-upload-command': 'upload, finalize',
      'x-goog-upload-offset': '0',
    })
  }
})

test('a batch is made once, for the model in its path, with our name on it', async () => {
  await using server = await serve((_request, response) => json(response, 502, undefined))
  expect(await providerAt(server).create(newBatch)).toMatchObject({ kind: 'unknown' })
  await providerAt(server).create({ ...newBatch, endpoint: 'embedContent', model: '../x' })
  expect(server.seen.map(({ url }) => url)).toEqual([
    '/gate/v1beta/models/gemini-2.5-flash:batchGenerateContent',
    '/gate/v1beta/models/..%2Fx:asyncBatchEmbedContent',
  ])
  expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
    batch: { displayName: nameOf(metadata), inputConfig: { fileName: 'files/abc' } },
  })
})

test.each([
  [
    429,
    'RESOURCE_EXHAUSTED',
    'You exceeded your current quota, please check your plan and billing details.',
    'quota',
  ],
  [404, 'NOT_FOUND', 'This model models/x is no longer available to new users.', 'account'],
  [404, 'NOT_FOUND', 'Requested entity was not found.', 'gone'],
  [400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', 'auth'],
  [400, 'INVALID_ARGUMENT', 'Only one of file_name and requests can be set.', 'invalid'],
  [
    400,
    'FAILED_PRECONDITION',
    'The File abc is not in an ACTIVE state and usage is not allowed.',
    'not_ready',
  ],
  [400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.', 'account'],
  [
    403,
    'PERMISSION_DENIED',
    'You do not have permission to access the File abc or it may not exist.',
    'gone',
  ],
  [403, 'PERMISSION_DENIED', 'Method doesn’t allow unregistered callers.', 'auth'],
])('a creation that is answered %s %s “%s” was not done: %s', async (code, status, message, cause) => {
  await using server = await serve((_request, response) =>
    json(response, code, { error: { code, message, status } }),
  )
  expect(await providerAt(server).create(newBatch)).toMatchObject({
    kind: 'refused',
    cause,
    status: code,
    message: expect.stringContaining(`${status}: `),
  })
})

test('a request that is asked at once: its own fault is an answer, a busy model is asked again when it says', async () => {
  const answers: readonly (readonly [number, object])[] = [
    [200, { candidates: [] }],
    [400, { error: { code: 400, message: 'bad schema', status: 'INVALID_ARGUMENT' } }],
    [500, { error: { code: 500, message: 'oops', status: 'INTERNAL' } }],
    [
      429,
      {
        error: {
          code: 429,
          message: 'slow',
          status: 'RESOURCE_EXHAUSTED',
          details: [{ retryDelay: '34.07s' }],
        },
      },
    ],
    [503, { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }],
    [504, { error: { code: 504, message: 'late', status: 'DEADLINE_EXCEEDED' } }],
  ]
  let turn = 0
  await using server = await serve((_request, response) => {
    const [status, body] = answers[turn++] ?? [200, {}]
    json(response, status, body)
  })
  const provider = providerAt(server)
  const ask = {
    endpoint: 'generateContent',
    model: 'gemini-2.5-flash',
    body: '{}',
    deliveryMode: 'realtime',
  } as const
  const replies = []
  while (turn < answers.length) replies.push(await provider.complete(ask))
  expect(replies).toMatchObject([
    { kind: 'accepted', value: { status: 200 } },
    { kind: 'accepted', value: { status: 400 } },
    { kind: 'accepted', value: { status: 500 } },
    { kind: 'refused', cause: 'rate', retryAfterMs: 34_070 },
    { kind: 'refused', cause: 'rate' },
    { kind: 'unknown' },
  ])
})

test('a list is walked by its tokens, over empty pages too, and one that goes round in circles proves nothing', async () => {
  const operation = (id: string): object => ({
    name: `batches/${id}`,
    metadata: { state: 'BATCH_STATE_RUNNING' },
  })
  let isCircle = false
  await using server = await serve((request, response) => {
    const token = new URL(request.url ?? '', 'http://x').searchParams.get('pageToken')
    if (token === null) json(response, 200, { operations: [operation('a')], nextPageToken: 't1' })
    else if (token === 't1' || isCircle) json(response, 200, { nextPageToken: isCircle ? 't1' : 't2' })
    else json(response, 200, { operations: [operation('b')] })
  })
  const provider = providerAt(server)
  const listed = await provider.batches(0)
  expect(listed.kind === 'accepted' && listed.value.map(({ id }) => id)).toEqual(['batches/a', 'batches/b'])
  isCircle = true
  expect(await provider.batches(0)).toMatchObject({ kind: 'refused', cause: 'away' })
})

test('an operation says how its batch is: by its error before its state, with its counts as texts', async () => {
  const stats = { requestCount: '3', successfulRequestCount: '2' }
  const operations: readonly (readonly [object, object])[] = [
    [
      { metadata: { state: 'JOB_STATE_RUNNING', batchStats: stats } },
      { state: 'in_progress', counts: { total: 3, completed: 2, failed: 0 } },
    ],
    [{ metadata: { state: 'BATCH_STATE_NEWER' } }, { state: 'in_progress', counts: null }],
    [
      { metadata: { state: 'BATCH_STATE_SUCCEEDED' }, done: true, response: { responsesFile: 'files/r' } },
      { state: 'completed', outputPart: 'files/r' },
    ],
    [
      { metadata: { state: 'BATCH_STATE_SUCCEEDED' }, done: true, error: { code: 13, message: 'x' } },
      { state: 'failed', errors: [{ code: 'INTERNAL', message: 'x' }] },
    ],
    [
      { metadata: { state: 'BATCH_STATE_RUNNING' }, done: true, error: { code: 1, message: 'x' } },
      { state: 'cancelled', errors: [] },
    ],
    [
      { metadata: { state: 'BATCH_STATE_EXPIRED' }, done: true, error: { code: 4, message: 'x' } },
      { state: 'expired' },
    ],
    [
      { metadata: { createTime: '2026-11-30T00:00:00.000000000Z' }, done: false },
      { state: 'in_progress', expiresAtMs: Date.UTC(2026, 11, 2) },
    ],
  ]
  let turn = 0
  await using server = await serve((_request, response) =>
    json(response, 200, { name: 'batches/a', ...operations[turn++]?.[0] }),
  )
  const provider = providerAt(server)
  for (const [, value] of operations)
    expect(await provider.batch('batches/a')).toMatchObject({ kind: 'accepted', value })
})

test('models are named with or without the prefix of the service, and not by nothing', () => {
  expect(gemini('models/gemini-3.8-flash')).toMatchObject({
    provider: 'gemini',
    model: 'gemini-3.8-flash',
    endpoint: 'generateContent',
  })
  expect(gemini.embedding('gemini-embedding-2')).toMatchObject({
    model: 'gemini-embedding-2',
    endpoint: 'embedContent',
  })
  expect(() => gemini(' ')).toThrow(expect.objectContaining({ code: 'E_JOB_INVALID' }))
})
