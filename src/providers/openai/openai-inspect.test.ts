import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../domain/request.ts'
import type { Inspection } from '../../ports/provider/wire.ts'
import { inspectRequest } from './openai-inspect.ts'
import type { ServerContext } from './openai-models.ts'

const chat = '/v1/chat/completions'
const responses = '/v1/responses'

function inspect(
  model: string,
  fields: Partial<Pick<ChatRequest, 'maxTokens' | 'temperature' | 'extra' | 'schema'>>,
  more: Partial<ServerContext> & { readonly endpoint?: string } = {},
): Inspection {
  const { endpoint = chat, ...served } = more
  const request = {
    model,
    messages: [],
    maxTokens: null,
    temperature: null,
    schema: null,
    extra: {},
    ...fields,
  }
  return inspectRequest(request, endpoint, { model, certain: true, ...served })
}

const words = (concerns: Inspection['refused']): readonly string[] => concerns.map((concern) => concern.words)

describe('what no batch can use', () => {
  test.for([
    ['several choices', { n: 2 }, '`n: 2` buys 2 answers to each request, and only the first can be used'],
    ['a stream', { stream: true }, '`stream` has no use: answers come whole'],
    ['a tier', { service_tier: 'priority' }, '`service_tier` changes the price that is planned and bounded'],
  ] as const)('is refused: %s, of every model and by every service', ([, extra, said]) => {
    for (const certain of [true, false])
      for (const endpoint of [chat, responses] as const)
        expect(words(inspect('my-model', { extra }, { certain, endpoint }).refused)).toEqual([said])
  })

  test('is let through where it says nothing', () => {
    const extra = { n: 1, stream: false, service_tier: null, seed: 7 }
    expect(inspect('gpt-4o-mini', { extra })).toMatchObject({ maxTokens: null, refused: [], doubtful: [] })
  })

  test('is refused for vectors, too', () => {
    const request = { model: 'm', input: 'x', dimensions: null, extra: { stream: true } }
    expect(inspectRequest(request, '/v1/embeddings', { model: 'm', certain: true }).refused).toHaveLength(1)
  })
})

describe('the sampling of a reasoning model', () => {
  test.for([
    ['temperature', 0.2],
    ['top_p', 0.9],
    ['presence_penalty', 0.5],
    ['frequency_penalty', -1],
    ['logprobs', true],
    ['top_logprobs', 3],
    ['logit_bias', { 50256: -100 }],
  ] as const)('%s is refused', ([name, value]) => {
    for (const model of ['gpt-5-mini', 'o3', 'eu-gpt-5-nano-batch']) {
      const { refused } = inspect(model, { extra: { [name]: value } })
      expect(words(refused)).toEqual([expect.stringMatching(new RegExp(`^\`${name}: .*${model}`))])
      expect(refused[0]?.fix).toBe(`leave out \`${name}\``)
    }
    expect(inspect('gpt-4o-mini', { extra: { [name]: value } }).refused).toEqual([])
    expect(inspect('gpt-5-chat-latest', { extra: { [name]: value } }).refused).toEqual([])
  })

  test('may be what it is anyway', () => {
    const extra = { top_p: 1, presence_penalty: 0, frequency_penalty: 0, logprobs: false, logit_bias: {} }
    expect(inspect('o4-mini', { temperature: 1, extra }).refused).toEqual([])
  })

  test('is refused in the job as among the further fields', () => {
    expect(words(inspect('gpt-5', { temperature: 0 }).refused)).toEqual([
      '`temperature: 0` is refused by gpt-5, which is a reasoning model',
    ])
  })

  test('is taken by later models while they do not reason', () => {
    const asked = (effort: string | null, model = 'gpt-5.2'): Inspection =>
      inspect(model, { temperature: 0, extra: effort === null ? {} : { reasoning_effort: effort } })
    expect(asked(null)).toMatchObject({ refused: [], doubtful: [] })
    expect(asked('none')).toMatchObject({ refused: [], doubtful: [] })
    expect(asked('low').refused).toHaveLength(1)
    const reasoned = { temperature: 0, extra: { reasoning: { effort: 'high' } } }
    expect(inspect('gpt-5.2', reasoned, { endpoint: responses }).refused).toHaveLength(1)
    expect(asked('high', 'gpt-6-astra').refused).toHaveLength(1)
    expect(asked('none', 'gpt-6-astra')).toMatchObject({ refused: [], doubtful: [] })
  })

  test('is only doubted where nobody knows whether the model reasons by default', () => {
    const { refused, doubtful } = inspect('gpt-5.6-luna', { temperature: 0.2 })
    expect(refused).toEqual([])
    expect(words(doubtful)).toEqual([expect.stringContaining('gpt-5.6-luna only while it does not reason')])
  })

  test('is only doubted behind a gateway, which may leave it out', () => {
    const { refused, doubtful } = inspect('gpt-5-mini', { temperature: 0.2 }, { certain: false })
    expect([refused.length, doubtful.length]).toEqual([0, 1])
  })
})

test('reasoning is refused by a model that does not', () => {
  expect(words(inspect('gpt-4o-mini', { extra: { reasoning_effort: 'low' } }).refused)).toEqual([
    '`reasoning_effort` is refused by gpt-4o-mini, which does not reason',
  ])
  const reasoned = { extra: { reasoning: { effort: 'low' } } }
  expect(inspect('gpt-4.1', reasoned, { endpoint: responses }).refused).toHaveLength(1)
  expect(inspect('gpt-5-mini', { extra: { reasoning_effort: 'low' } }).refused).toEqual([])
})

describe('the limit of an answer', () => {
  test('is the one of the job, or the one field that names it', () => {
    expect(inspect('gpt-4o', { maxTokens: 500 }).maxTokens).toBe(500)
    expect(inspect('gpt-4o', {}).maxTokens).toBeNull()
    for (const name of ['max_tokens', 'max_completion_tokens'])
      expect(inspect('gpt-4o', { extra: { [name]: 60 } })).toMatchObject({ maxTokens: 60, refused: [] })
    expect(inspect('gpt-5', { extra: { max_output_tokens: 2_000 } }, { endpoint: responses })).toMatchObject({
      maxTokens: 2_000,
      refused: [],
      doubtful: [],
    })
    expect(inspect('a-model', { extra: { max_completion_tokens: 60 } }, { certain: false })).toMatchObject({
      maxTokens: 60,
      refused: [],
    })
  })

  test.for([
    [
      { max_tokens: 50 },
      60,
      '`maxTokens` and `max_tokens` both limit the answer',
      'maxTokens: 60 in the job',
    ],
    [
      { max_tokens: 50, max_completion_tokens: 70 },
      null,
      '`max_tokens` and `max_completion_tokens` both limit the answer',
      'maxTokens: 50 in the job',
    ],
    [{ max_tokens: 'many' }, null, '`max_tokens` in `parameters` is no number of tokens', 'maxTokens: 500'],
    [
      { max_output_tokens: 50 },
      null,
      '`max_output_tokens` is refused by /v1/chat/completions',
      'maxTokens: 50',
    ],
  ] as const)(
    'is refused where it is said twice, or in another word: %j',
    ([extra, maxTokens, said, fix]) => {
      const { refused } = inspect('gpt-4o-mini', { extra, maxTokens })
      expect(words(refused)).toEqual([said])
      expect(refused[0]?.fix).toContain(fix)
    },
  )

  test('has its newer name with a reasoning model', () => {
    const { refused } = inspect('o3', { extra: { max_tokens: 5_000 } })
    expect(words(refused)).toEqual(['`max_tokens` is refused by o3'])
    expect(refused[0]?.fix).toContain('maxTokens: 5000 in the job')
    expect(inspect('gpt-4.1', { extra: { max_tokens: 50 } }, { endpoint: responses }).refused).toHaveLength(1)
  })

  test('is doubted where a model thinks more than that before it answers', () => {
    expect(words(inspect('gpt-5-mini', { maxTokens: 60 }).doubtful)).toEqual([
      'what gpt-5-mini thinks counts against the limit of 60 tokens; an answer may be cut before its first word',
    ])
    expect(inspect('gpt-5-mini', { maxTokens: 60, extra: { reasoning_effort: 'minimal' } }).doubtful).toEqual(
      [],
    )
    expect(inspect('gpt-5-mini', { maxTokens: 4_000 }).doubtful).toEqual([])
    expect(inspect('gpt-4o-mini', { maxTokens: 60 }).doubtful).toEqual([])
  })
})

test('a schema above the limits that Azure documents is doubted there', () => {
  const properties = Object.fromEntries(
    Array.from({ length: 101 }, (_, at) => [`f${at}`, { type: 'string' }]),
  )
  const schema = { name: 'x', schema: { type: 'object', properties } }
  expect(words(inspect('d', { schema }, { azure: true }).doubtful)).toEqual([
    'the schema has 101 properties and a depth of 1; Azure documents 100 and 5',
  ])
  expect(inspect('d', { schema }).doubtful).toEqual([])
})
