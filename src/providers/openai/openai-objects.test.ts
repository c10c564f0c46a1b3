import { describe, expect, test } from 'vitest'
import { readBatch, readFile, readPage } from './openai-objects.ts'

const openai = {
  id: 'batch_69c3c347',
  object: 'batch',
  endpoint: '/v1/chat/completions',
  model: null,
  errors: null,
  input_file_id: 'file-1',
  completion_window: '24h',
  status: 'completed',
  output_file_id: 'file-2',
  error_file_id: null,
  created_at: 1_774_437_191,
  expires_at: 1_774_523_591,
  request_counts: { total: 10, completed: 9, failed: 1 },
  usage: {
    input_tokens: 100,
    input_tokens_details: { cached_tokens: 20 },
    output_tokens: 50,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 150,
  },
  metadata: { offpeak_nonce: 'abc' },
}

describe('a batch', () => {
  test('of OpenAI', () => {
    expect(readBatch(openai)).toEqual({
      id: 'batch_69c3c347',
      state: 'completed',
      staged: 'file-1',
      outputPart: 'file-2',
      errorPart: null,
      createdAtMs: 1_774_437_191_000,
      expiresAtMs: 1_774_523_591_000,
      counts: { total: 10, completed: 9, failed: 1 },
      usage: { inputTokens: 100, cachedTokens: 20, outputTokens: 50 },
      metadata: { offpeak_nonce: 'abc' },
      errors: [],
    })
  })

  test('of Azure with capitals, ISO times, null counts, empty ids and null metadata', () => {
    const azure = {
      id: 'batch_uuid',
      status: 'Validating',
      endpoint: null,
      input_file_id: 'file-1',
      output_file_id: '',
      error_file_id: '',
      created_at: '2024-07-19T17:13:57.2491382+00:00',
      expires_at: '',
      request_counts: { total: null, completed: null, failed: null },
      metadata: null,
    }
    expect(readBatch(azure)).toEqual({
      id: 'batch_uuid',
      state: 'validating',
      staged: 'file-1',
      outputPart: null,
      errorPart: null,
      createdAtMs: Date.UTC(2024, 6, 19, 17, 13, 57, 249),
      expiresAtMs: null,
      counts: null,
      usage: null,
      metadata: {},
      errors: [],
    })
  })

  test.for([
    [
      { total: 3, completed: 0, failed: 0 },
      { total: 3, completed: 0, failed: 0 },
    ],
    [
      { total: 0, completed: 0, failed: 0 },
      { total: 0, completed: 0, failed: 0 },
    ],
    [{ total: 3 }, { total: 3, completed: 0, failed: 0 }],
    [
      { total: null, completed: 2, failed: null },
      { total: 0, completed: 2, failed: 0 },
    ],
    [{ total: 'three', completed: -1 }, null],
    [{}, null],
    [null, null],
    [undefined, null],
    [7, null],
  ] as const)('that counts its requests as %o has counted %o', ([request_counts, counts]) => {
    expect(readBatch({ id: 'b', request_counts })?.counts).toEqual(counts)
  })

  test('wrapped as a job, with everything but the id missing', () => {
    expect(readBatch({ job: { id: 'b', status: 'IN_PROGRESS' }, warning: null })).toMatchObject({
      id: 'b',
      state: 'in_progress',
      createdAtMs: null,
    })
  })

  test.for([
    ['InProgress', 'in_progress'],
    ['Canceled', 'cancelled'],
    ['canceling', 'cancelling'],
    ['CANCELLED', 'cancelled'],
    ['Finalizing', 'finalizing'],
    ['expired', 'expired'],
    ['postprocessing', 'in_progress'],
    ['', 'in_progress'],
    [null, 'in_progress'],
    [7, 'in_progress'],
    ['constructor', 'in_progress'],
  ] as const)('with status %o is %s', ([status, state]) => {
    expect(readBatch({ id: 'b', status })).toMatchObject({ state })
  })

  test('tells times in milliseconds however they are written', () => {
    const at = (created_at: unknown): unknown => readBatch({ id: 'b', created_at })?.createdAtMs
    expect(at('1774437191')).toBe(1_774_437_191_000)
    expect(at(1_774_437_191_123)).toBe(1_774_437_191_123)
    expect(at('2026-11-20T12:00:00Z')).toBe(Date.UTC(2026, 10, 20, 12))
    expect(at('2026-11-20T12:00:00')).toBe(Date.UTC(2026, 10, 20, 12))
    for (const none of [0, -1, null, '', 'soon', {}, Number.NaN]) expect(at(none)).toBeNull()
  })

  test('has usage only when something was used', () => {
    expect(
      readBatch({ ...openai, usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0 } })?.usage,
    ).toBeNull()
    expect(readBatch({ ...openai, usage: undefined })?.usage).toBeNull()
  })

  test('that failed says on which lines and why', () => {
    const errors = {
      object: 'list',
      data: [
        {
          about: 'quota',
          code: 'token_limit_exceeded',
          message: 'Enqueued token limit reached',
          param: null,
          line: null,
        },
        { code: 'duplicate_custom_id', message: 'dup', param: 'custom_id', line: 7 },
        { code: null, message: null, line: '12' },
        { line: 'x' },
      ],
    }
    expect(readBatch({ id: 'b', status: 'failed', errors })?.errors).toEqual([
      { about: 'quota', code: 'token_limit_exceeded', message: 'Enqueued token limit reached', line: null },
      { code: 'duplicate_custom_id', message: 'dup', line: 7 },
      { code: '', message: '', line: 12 },
      { code: '', message: '', line: null },
    ])
    expect(readBatch({ id: 'b', errors: [{ code: 'x', message: 'y' }] })?.errors).toHaveLength(1)
    expect(readBatch({ id: 'b', errors: 'none' })?.errors).toEqual([])
  })

  test('without an id is none', () => {
    for (const value of [undefined, null, {}, { id: '' }, { id: 7 }, [], 'x', { error: { message: 'gone' } }])
      expect(readBatch(value)).toBeNull()
  })
})

test.for([
  ['processed', 'ready'],
  ['uploaded', 'ready'],
  [undefined, 'ready'],
  ['Pending', 'pending'],
  ['running', 'pending'],
  ['notRunning', 'pending'],
  ['error', 'error'],
  ['Failed', 'error'],
] as const)('a file with status %o is %s', ([status, state]) => {
  expect(readFile({ id: 'file-1', filename: 'a.jsonl', bytes: 5, created_at: 1, status })).toEqual({
    id: 'file-1',
    filename: 'a.jsonl',
    bytes: 5,
    status: state,
    createdAtMs: 1_000,
  })
  expect(readFile({ filename: 'a.jsonl', status })).toBeNull()
})

test('a list comes in one of three envelopes', () => {
  expect(readPage({ object: 'list', data: [1], has_more: true })).toEqual({ items: [1], hasMore: true })
  expect(readPage({ value: [1], nextLink: 'https://x' })).toEqual({ items: [1], hasMore: true })
  expect(readPage([1])).toEqual({ items: [1], hasMore: null })
  expect(readPage({ data: [], has_more: null })).toEqual({ items: [], hasMore: null })
  for (const value of [null, {}, { data: 7 }, 'x']) expect(readPage(value)).toBeNull()
})

test('a file of which the service does not tell the length has none', () => {
  expect(readFile({ id: 'file-1', bytes: 0 })?.bytes).toBe(0)
  for (const bytes of [null, undefined, 'many', -1])
    expect(readFile({ id: 'file-1', bytes })?.bytes).toBeNull()
})
