import type Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Emulator } from '../../../src/emulator/index.ts'
import {
  type Params,
  anthropic,
  ended,
  kindsOf,
  messageOf,
  refusal,
  request,
  requests,
  resultsOf,
  textOf,
} from './anthropic-kit.ts'
import { startFast } from '../emulator-kit.ts'

let emulator: Emulator
let client: Anthropic
beforeAll(async () => {
  emulator = await startFast()
  client = anthropic(emulator)
})
afterAll(async () => {
  await emulator.close()
})

/** A create call whose body the SDK would not let pass. */
async function create(body: object | string): Promise<{ status: number; message: string }> {
  const answer = await fetch(`${emulator.baseUrls['anthropic']}/v1/messages/batches`, {
    method: 'POST',
    headers: {
      'x-api-key': 'k',
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const { error }: { error?: { message: string } } = JSON.parse(await answer.text())
  return { status: answer.status, message: error?.message ?? '' }
}

async function ran(list: Anthropic.Messages.BatchCreateParams.Request[]): ReturnType<typeof resultsOf> {
  const { id } = await client.messages.batches.create({ requests: list })
  await ended(client, id)
  return resultsOf(client, id)
}

describe('a create call', () => {
  const { params } = request(0)
  it.each([
    [{}, 'requests: Field required'],
    [{ requests: [] }, 'at least 1 item'],
    [{ requests: 'all' }, 'requests: Input should be a valid list'],
    [{ requests: [7] }, 'requests.0: Input should be a valid dictionary'],
    [{ requests: [{ params }] }, 'requests.0.custom_id: Field required'],
    [{ requests: [{ custom_id: 'a b', params }] }, 'should match pattern'],
    [{ requests: [{ custom_id: 'x'.repeat(65), params }] }, 'should match pattern'],
    [
      {
        requests: [
          { custom_id: 'a', params },
          { custom_id: 'a', params },
        ],
      },
      "'a' is used more than once",
    ],
    [{ requests: [{ custom_id: 'a' }] }, 'requests.0.params: Field required'],
    [{ requests: [{ custom_id: 'a', params }], metadata: {} }, 'metadata: Extra inputs are not permitted'],
    ['{"requests":[{"custom_id":"a"', 'not valid JSON'],
    ['{"requests":[{"custom_id":"a",}]}', 'not valid JSON'],
  ])('is refused as a whole for %j', async (body, words) => {
    const before = emulator.state().batches.length
    const { status, message } = await create(body)
    expect(status).toBe(400)
    expect(message).toContain(words)
    expect(emulator.state().batches).toHaveLength(before)
  })

  it('is answered although most of it is still to come', async () => {
    const body = {
      requests: [{ custom_id: 'not good', params: { text: 'x'.repeat(4_000_000) } }, ...requests(9)],
    }
    expect(await create(body)).toMatchObject({ status: 400 })
    const many = { requests: [{ params: {} }, { custom_id: 'a', params: { text: 'x'.repeat(8_000_000) } }] }
    expect((await create(many)).message).toContain('requests.0.custom_id')
  })

  it('takes 100,000 requests, and not one more', async () => {
    const body = (count: number): object => ({
      requests: Array.from({ length: count }, (_value, index) => ({ custom_id: `r${index}`, params: {} })),
    })
    await using slow = await startFast({ scenarios: ['slow-day'] })
    const { id } = await anthropic(slow).messages.batches.create(JSON.parse(JSON.stringify(body(100_000))))
    expect(slow.state().batches).toMatchObject([{ id, request_counts: { total: 100_000 } }])
    expect((await create(body(100_001))).message).toContain('at most 100000 items')
  })

  it('has no input file: nothing of it is left among the files', async () => {
    await using own = await startFast({ scenarios: ['slow-day'] })
    await anthropic(own).messages.batches.create({ requests: requests(2) })
    expect(own.state().files).toEqual([])
  })
})

describe('what is asked', () => {
  const wrong: readonly (readonly [name: string, params: object, words: string])[] = [
    ['no-limit', { max_tokens: undefined }, 'max_tokens: Field required'],
    ['long-limit', { max_tokens: 1_000_000 }, 'maximum allowed number of output tokens'],
    ['unknown-model', { model: 'claude-9' }, 'model: claude-9'],
    ['sampling', { temperature: 0.2 }, '`temperature` is not supported'],
    ['no-messages', { messages: [] }, 'at least one message'],
    ['stream', { stream: true }, 'Streaming is not supported'],
    [
      'open-schema',
      {
        output_config: {
          format: { type: 'json_schema', schema: { type: 'object', properties: {}, required: [] } },
        },
      },
      "'additionalProperties' must be explicitly set to false",
    ],
    [
      'recursive-schema',
      {
        output_config: {
          format: {
            type: 'json_schema',
            schema: {
              $ref: '#/$defs/node',
              $defs: { node: { type: 'object', properties: { below: { $ref: '#/$defs/node' } } } },
            },
          },
        },
      },
      'Recursive schemas are not supported',
    ],
    ['long', { messages: [{ role: 'user', content: 'word '.repeat(170_000) }] }, 'prompt is too long'],
    ['small-budget', { thinking: { type: 'enabled', budget_tokens: 5 } }, 'budget_tokens'],
  ]

  it('is refused late, line by line, and the rest is answered', async () => {
    const made = wrong.map(([id, params]) => request(0, params, id))
    const results = await ran([...made, request(1)])
    expect(kindsOf(results)).toEqual({ errored: wrong.length, succeeded: 1 })
    for (const [id, , words] of wrong) {
      const result = results.find((line) => line.custom_id === id)?.result
      expect(result, id).toMatchObject({
        type: 'errored',
        error: {
          type: 'error',
          error: { type: id === 'unknown-model' ? 'not_found_error' : 'invalid_request_error' },
          request_id: expect.stringMatching(/^req_/),
        },
      })
      expect(JSON.stringify(result), id).toContain(words)
    }
  })

  it('may name several models, and older ones take a temperature', async () => {
    const results = await ran([
      request(0, { model: 'claude-sonnet-5-5' }),
      request(1, JSON.parse('{"model":"claude-haiku-4-5-20251001","temperature":0.2}')),
    ])
    expect(kindsOf(results)).toEqual({ succeeded: 2 })
    expect(messageOf(results, 'record-1').model).toBe('claude-haiku-4-5-20251001')
  })

  it('gets JSON of its schema, or the input of the tool it insists on', async () => {
    const schema = {
      type: 'object' as const,
      properties: { title: { type: 'string' }, score: { type: 'integer', minimum: 1, maximum: 5 } },
      required: ['title', 'score'],
      additionalProperties: false,
    }
    const results = await ran([
      request(0, { output_config: { format: { type: 'json_schema', schema } } }),
      request(1, {
        tools: [{ name: 'file_it', input_schema: schema }],
        tool_choice: { type: 'tool', name: 'file_it' },
      }),
    ])
    expect(JSON.parse(textOf(messageOf(results, 'record-0')))).toEqual({
      title: expect.any(String),
      score: expect.any(Number),
    })
    const called = messageOf(results, 'record-1')
    expect(called.stop_reason).toBe('tool_use')
    expect(called.content).toMatchObject([
      { type: 'tool_use', name: 'file_it', input: { title: expect.any(String) } },
    ])
  })

  it('is thought about by models that think, out of the same limit', async () => {
    const results = await ran([
      request(0, { thinking: { type: 'adaptive' }, max_tokens: 200 }),
      request(1, { model: 'claude-opus-5-5', max_tokens: 200 }),
      request(2, { max_tokens: 200 }),
    ])
    const thoughts = (id: string): number =>
      messageOf(results, id).usage.output_tokens_details?.thinking_tokens ?? 0
    expect([thoughts('record-0'), thoughts('record-1'), thoughts('record-2')]).toEqual([50, 50, 0])
    expect(messageOf(results, 'record-0').content.map(({ type }) => type)).toEqual(['thinking', 'text'])
    expect(messageOf(results, 'record-0').usage.output_tokens).toBeLessThanOrEqual(200)
  })

  it('meets the outcomes of its markers', async () => {
    const marked = (index: number, marker: string): ReturnType<typeof request> =>
      request(index, { messages: [{ role: 'user', content: `[[${marker}]] Tell me of the sea.` }] })
    const results = await ran([
      marked(0, 'refusal'),
      marked(1, 'length'),
      marked(2, 'rate_limited'),
      marked(3, 'content_filter'),
      marked(4, 'split'),
      marked(5, 'line_missing'),
    ])
    expect(messageOf(results, 'record-0').stop_reason).toBe('refusal')
    expect(messageOf(results, 'record-1').stop_reason).toBe('max_tokens')
    expect(JSON.stringify(results.find((line) => line.custom_id === 'record-2'))).toContain(
      'rate_limit_error',
    )
    expect(JSON.stringify(results.find((line) => line.custom_id === 'record-3'))).toContain(
      'content filtering',
    )
    expect(messageOf(results, 'record-4').content).toHaveLength(2)
    expect(results).toHaveLength(5)
  })
})

describe('the cache', () => {
  const system: Anthropic.TextBlockParam[] = [
    {
      type: 'text',
      text: 'You know every rule of the harbour. '.repeat(300),
      cache_control: { type: 'ephemeral' },
    },
  ]
  const tokens = ({ usage }: Anthropic.Message): readonly number[] => [
    usage.cache_creation_input_tokens ?? 0,
    usage.cache_read_input_tokens ?? 0,
    usage.input_tokens,
  ]

  it('is written by the first request with a beginning and read by the others, outside input_tokens', async () => {
    const results = await ran(requests(3, { system }))
    const [written, read, plain] = tokens(messageOf(results, 'record-0'))
    expect([written, read]).toEqual([expect.any(Number), 0])
    expect(written).toBeGreaterThan(1024)
    expect(plain).toBeLessThan(100)
    expect(tokens(messageOf(results, 'record-1')).slice(0, 2)).toEqual([0, written])
    expect(messageOf(results, 'record-0').usage.cache_creation).toEqual({
      ephemeral_5m_input_tokens: written,
      ephemeral_1h_input_tokens: 0,
    })
  })

  it('costs by what it is: half of a write of 1.25, and of a read of a tenth', async () => {
    await using own = await startFast()
    const costing = anthropic(own)
    const hour: Params = {
      model: 'claude-sonnet-5-5',
      system: [
        { type: 'text', text: system[0]?.text ?? '', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ],
    }
    const { id } = await costing.messages.batches.create({ requests: requests(2, hour) })
    await ended(costing, id)
    const results = await resultsOf(costing, id)
    let picoUsd = 0
    for (const customId of ['record-0', 'record-1']) {
      const { usage } = messageOf(results, customId)
      picoUsd += usage.input_tokens * 2e6 + usage.output_tokens * 10e6
      picoUsd += (usage.cache_creation?.ephemeral_1h_input_tokens ?? 0) * 4e6
      picoUsd += (usage.cache_read_input_tokens ?? 0) * 0.2e6
    }
    expect(own.bill().cost_micro_usd).toBe(Math.round(picoUsd / 2 / 1e6))
  })

  it('keeps no short beginning', async () => {
    const short = [
      { type: 'text' as const, text: 'Be brief.', cache_control: { type: 'ephemeral' as const } },
    ]
    const results = await ran(requests(2, { system: short }))
    expect(tokens(messageOf(results, 'record-1')).slice(0, 2)).toEqual([0, 0])
  })
})

describe('a long prompt', () => {
  it('costs more above 100,000 tokens where the model says so', async () => {
    await using own = await startFast()
    const long = { role: 'user' as const, content: 'word '.repeat(90_000) }
    const { params } = request(0, { messages: [long], max_tokens: 10 })
    const { usage } = await anthropic(own).messages.create(params)
    expect(usage.input_tokens).toBeGreaterThan(100_000)
    const picoUsd = usage.input_tokens * 0.5e6 + usage.output_tokens * 2.5e6
    expect(own.bill().cost_micro_usd).toBe(Math.round(picoUsd / 1e6))
  })
})

describe('an unknown path', () => {
  it('is answered in the words of the service', async () => {
    const error = await refusal(client.get('/v1/nothing'))
    expect(error).toMatchObject({ status: 404, type: 'not_found_error' })
  })
})
