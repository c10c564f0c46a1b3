import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json, serve, type TestServer } from '../../../test/serve.ts'
import type { ChatRequest } from '../../domain/request.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import { areOlder, readBatch } from './batch.ts'
import { outputLine } from './lines.ts'
import { markOf, nameOf } from './mark.ts'
import { chatEndpoint, xaiWire as wire } from './wire.ts'
import { xaiProvider } from './xai.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offpeak-xai-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function client({ url }: TestServer, now?: () => number): Provider {
  return xaiProvider({ apiKey: 'xai-key-0001', baseUrl: `${url}/v1`, ...(now && { now }) })
}

const noon = Date.parse('2026-11-30T12:00:00Z')

function batch(state: object, more: object = {}): Record<string, unknown> {
  return {
    batch_id: 'batch_1',
    name: 'offpeak?offpeak_nonce=abc',
    create_time: '2026-11-30',
    expire_time: '2026-12-30',
    cancel_time: null,
    cancel_by_xai_message: null,
    state: { num_requests: 10, num_pending: 0, num_success: 0, num_error: 0, num_cancelled: 0, ...state },
    input_file_id: 'file_1',
    ...more,
  }
}

describe('five counters, and no word for a state', () => {
  test.each([
    ['fresh', { num_requests: 0 }, {}, 'validating', null],
    ['pending', { num_pending: 3, num_success: 7 }, {}, 'in_progress', null],
    ['done', { num_success: 9, num_error: 1 }, {}, 'completed', 'results/batch_1'],
    ['cancelling', { num_pending: 3 }, { cancel_time: '2026-11-30' }, 'cancelling', null],
    ['cancelled', { num_cancelled: 3 }, { cancel_time: '2026-11-30' }, 'cancelled', 'results/batch_1'],
    [
      'pending after its time',
      { num_pending: 3 },
      { expire_time: '2026-11-29' },
      'expired',
      'results-of-expired/batch_1',
    ],
    [
      'ended by its time',
      { num_cancelled: 3 },
      { expire_time: '2026-11-30T11:00:00Z' },
      'expired',
      'results-of-expired/batch_1',
    ],
    ['on its last day', { num_pending: 3 }, { expire_time: '2026-11-30' }, 'in_progress', null],
    ['refused', { num_requests: 0 }, { cancel_by_xai_message: 'line 1: has no body.' }, 'failed', null],
  ])('%s', (_what, counters, more, state, outputPart) => {
    expect(readBatch(batch(counters, more), noon)).toMatchObject({ id: 'batch_1', state, outputPart })
  })

  test('the day of its creation is no time, and the name has what it is known by', () => {
    expect(readBatch(batch({ num_success: 9, num_error: 1 }), noon)).toMatchObject({
      createdAtMs: null,
      staged: 'file_1',
      counts: { total: 10, completed: 9, failed: 1 },
      metadata: { offpeak_nonce: 'abc' },
    })
    expect(readBatch(batch({}, { cancel_by_xai_message: 'no' }), noon)?.errors).toEqual([
      { code: 'cancelled_by_xai', message: 'no', line: null },
    ])
    for (const value of [null, {}, { batch_id: 'b' }]) expect(readBatch(value, noon)).toBeNull()
  })

  test('a list that runs from new to old is left where its days are before the time', () => {
    const days = (...all: readonly string[]): readonly object[] => all.map((day) => ({ create_time: day }))
    expect(areOlder(days('2026-11-30', '2026-11-28'), noon)).toBe(true)
    expect(areOlder(days('2026-11-30', '2026-11-30'), noon)).toBe(false)
    expect(areOlder(days('2026-11-28', '2026-11-30'), noon)).toBe(false)
  })

  test('a cancelled batch has ended when its counters stand still and it has results', async () => {
    let now = noon
    let success = 2
    let results: readonly object[] = []
    await using server = await serve((request, response) => {
      if (request.url?.includes('/results') === true)
        return json(response, 200, { results, pagination_token: null })
      json(
        response,
        200,
        batch({ num_success: success, num_cancelled: 10 - success }, { cancel_time: '2026-11-30' }),
      )
    })
    const provider = client(server, () => now)
    const state = async (): Promise<unknown> => {
      const reply = await provider.batch('batch_1')
      return reply.kind === 'accepted' && reply.value.state
    }
    expect(await state()).toBe('cancelling')
    ;[now, success] = [now + 1_000, 5]
    expect(await state()).toBe('cancelling')
    now += 1_000
    expect(await state()).toBe('cancelling')
    results = [{ batch_request_id: 't-1', batch_result: { error: 'Batch cancelled' } }]
    expect(await state()).toBe('cancelled')
  })
})

test('a name carries what a batch is known by, without what would make it long', () => {
  const metadata = { offpeak_nonce: 'a1', offpeak: 'my project', offpeak_job: 'x'.repeat(500) }
  expect(nameOf(metadata)).toBe('offpeak?offpeak_nonce=a1&offpeak=my+project')
  expect(markOf(nameOf(metadata))).toEqual({ offpeak_nonce: 'a1', offpeak: 'my project' })
  expect(markOf('nightly')).toEqual({})
})

describe('a line of results', () => {
  const completion = {
    model: 'grok-4.3',
    choices: [{ message: { role: 'assistant', content: 'Because.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 32, cost_in_usd_ticks: 1_234 },
  }
  const line = (batchResult: object, more: object = {}): unknown => ({
    batch_request_id: 'tag-1',
    batch_result: batchResult,
    ...more,
  })

  test('is a chat completion with what it cost, its reasoning within its output', () => {
    expect(wire.line(line({ response: { chat_get_completion: completion } }))).toEqual({
      customId: 'tag-1',
      answer: {
        kind: 'text',
        text: 'Because.',
        cut: false,
        model: 'grok-4.3',
        reasoningTokens: null,
        usage: { inputTokens: 9, cachedTokens: 0, outputTokens: 23, costPicoUsd: 123_400 },
      },
    })
  })

  test.each([
    ['Batch cancelled', {}, 'cancelled'],
    ['Batch cancelled', { ended: 'expired' }, 'expired'],
    [{ code: 1, message: 'any' }, {}, 'cancelled'],
    ['Internal server error. Please try again.', {}, 'transient'],
    ['Too many requests. Please try again later.', {}, 'transient'],
    [{ code: 14, message: 'any' }, {}, 'transient'],
    [{ code: 3, message: 'max_tokens is too large' }, {}, 'failed'],
    ['max_tokens is too large', {}, 'failed'],
    ['Content violates usage guidelines. Team: any', {}, 'refused'],
  ])('%j %j is %s, and not billed', (error, more, outcome) => {
    expect(wire.line(line({ error }, more))?.answer).toMatchObject({
      kind: 'error',
      outcome,
      usage: null,
      ran: false,
    })
  })

  test('is written alike for what was asked at once', () => {
    expect(wire.line(outputLine('tag-1', { status: 200, body: completion }))?.answer).toMatchObject({
      usage: { costPicoUsd: 123_400 },
    })
    const body = { code: 'any', error: 'no such field' }
    expect(wire.line(outputLine('tag-1', { status: 400, body }))?.answer).toMatchObject({
      outcome: 'failed',
      reason: '400: no such field',
    })
    expect(wire.line(outputLine('tag-1', { unsure: 'no answer came' }))?.answer).toMatchObject({
      outcome: 'unsure',
    })
  })

  test('is nothing else', () => {
    for (const value of [null, {}, line({}), { batch_request_id: 'tag-1' }])
      expect(wire.line(value)).toBeNull()
  })
})

describe('results', () => {
  const result = (id: number): object => ({ batch_request_id: `t-${id}`, batch_result: { error: 'x' } })

  test('come by pages into one file, a page that is too long in smaller ones', async () => {
    const sizes: number[] = []
    await using server = await serve((request, response) => {
      const url = new URL(request.url ?? '', 'http://any')
      const limit = Number(url.searchParams.get('limit'))
      const from = Number(url.searchParams.get('pagination_token') ?? 0)
      sizes.push(limit)
      // A service that has trouble with long pages.
      if (limit > 25) return json(response, 500, { error: 'too much' })
      const results = Array.from({ length: Math.min(limit, 60 - from) }, (_, at) => result(from + at))
      const next = from + results.length
      json(response, 200, { results, pagination_token: next < 60 ? String(next) : null })
    })
    const path = join(folder, 'all.jsonl')
    expect(await client(server).fetch('results/batch_1', path)).toMatchObject({
      kind: 'accepted',
      value: { whole: true },
    })
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
    expect(lines.map((text): unknown => JSON.parse(text))).toEqual(
      Array.from({ length: 60 }, (_, id) => result(id)),
    )
    expect(sizes).toEqual([100, 25, 25, 25])
  })

  test('of a batch that has expired say so, and those beyond what is allowed leave nothing', async () => {
    await using server = await serve((_request, response) =>
      json(response, 200, { results: [result(1)], pagination_token: null }),
    )
    const path = join(folder, 'expired.jsonl')
    await client(server).fetch('results-of-expired/batch_1', path)
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ ...result(1), ended: 'expired' })
    const large = join(folder, 'large.jsonl')
    expect(await client(server).fetch('results/batch_1', large, undefined, { maxBytes: 10 })).toMatchObject({
      kind: 'refused',
      cause: 'invalid',
    })
    expect((await readdir(folder)).filter((name) => name.startsWith('large'))).toEqual([])
  })
})

describe('what is said of a request before it is sent', () => {
  const request: ChatRequest = {
    model: 'grok-4.3',
    messages: [{ role: 'user', content: 'Why?' }],
    maxTokens: 50,
    temperature: null,
    schema: null,
    extra: {},
  }

  test('a flagship is refused with what to take', () => {
    expect(wire.inspect(request, chatEndpoint).refused).toEqual([])
    expect(wire.inspect({ ...request, model: 'grok-4.5' }, chatEndpoint).refused).toEqual([
      {
        words: 'grok-4.5 is not to be had in batches of xAI',
        fix: expect.stringContaining("xai('grok-4.3')"),
      },
    ])
  })

  test('what models that reason refuse is told', () => {
    const concerns = (model: string): number =>
      wire
        .inspect({ ...request, model, extra: { stop: ['.'] } }, chatEndpoint)
        .doubtful.filter(({ words }) => words.startsWith('`stop`')).length
    expect(concerns('grok-4.3')).toBe(1)
    expect(concerns('grok-4.20-0309-non-reasoning')).toBe(0)
  })
})

test('a batch is made of its file and its name alone', async () => {
  await using server = await serve((_request, response) => json(response, 200, batch({ num_requests: 0 })))
  const reply = await client(server).create({
    staged: 'file_1',
    file: { path: '', bytes: 1, filename: 'a.jsonl', requests: 1 },
    endpoint: chatEndpoint,
    model: 'grok-4.3',
    metadata: { offpeak_nonce: 'abc', offpeak_run: 'r1' },
    idempotencyKey: 'abc',
  })
  expect(reply).toMatchObject({ kind: 'accepted', value: { id: 'batch_1', state: 'validating' } })
  expect(server.seen.map(({ method, url, body }) => [method, url, JSON.parse(body)])).toEqual([
    ['POST', '/v1/batches', { name: 'offpeak?offpeak_nonce=abc&offpeak_run=r1', input_file_id: 'file_1' }],
  ])
})
