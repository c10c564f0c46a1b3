import type Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../domain/request.ts'
import { anthropicBody } from './body.ts'
import { anthropicWire } from './wire.ts'

const request: ChatRequest = {
  model: 'claude-haiku-5-5',
  messages: [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: 'What is a lease?' },
  ],
  maxTokens: 2_000,
  temperature: null,
  schema: null,
  extra: {},
}

/** The body as Anthropic's own client knows it. */
function body(changes: Partial<ChatRequest>): unknown {
  return JSON.parse(JSON.stringify(anthropicBody({ ...request, ...changes })))
}

type Params = Anthropic.MessageCreateParamsNonStreaming

test('system texts stand at the top, and the messages behind everything else', () => {
  expect(body({})).toEqual({
    model: 'claude-haiku-5-5',
    max_tokens: 2_000,
    system: 'Be short.',
    messages: [{ role: 'user', content: 'What is a lease?' }],
  } satisfies Params)
  expect(Object.keys(anthropicBody(request)).at(-1)).toBe('messages')
})

test('several system texts are as many blocks', () => {
  const messages: ChatRequest['messages'] = [
    { role: 'system', content: 'Be short.' },
    { role: 'system', content: [{ kind: 'text', text: 'Be kind.' }] },
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hello.' },
    { role: 'user', content: 'And?' },
  ]
  expect(body({ messages })).toMatchObject({
    system: [
      { type: 'text', text: 'Be short.' },
      { type: 'text', text: 'Be kind.' },
    ],
    messages: [{ role: 'user' }, { role: 'assistant', content: 'Hello.' }, { role: 'user' }],
  } satisfies Partial<Params> | object)
})

test('the mark of a cache stands behind what is alike for all requests', () => {
  const extra = { cache_control: { type: 'ephemeral', ttl: '1h' } }
  const marked = body({ extra })
  expect(marked).toMatchObject({
    system: [{ type: 'text', text: 'Be short.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
  } satisfies Partial<Params>)
  expect(marked).not.toHaveProperty('cache_control')
  expect(body({ extra, messages: [{ role: 'user', content: 'Hello' }] })).toMatchObject(extra)
})

test('a schema goes into the output configuration, beside what the job says of it', () => {
  const schema = { type: 'object', properties: {}, required: [], additionalProperties: false }
  expect(
    body({ schema: { name: 'Headnote', schema }, extra: { output_config: { effort: 'low' } } }),
  ).toMatchObject({ output_config: { effort: 'low', format: { type: 'json_schema', schema } } })
})

test('images and PDFs go along as they are, and other files are refused in words', () => {
  const file = {
    kind: 'file',
    path: 'a',
    filename: 'a.pdf',
    pages: null,
    pageCount: null,
    detail: null,
    maxTokens: null,
    data: 'AAAA',
  } as const
  const asked = (mediaType: string): unknown =>
    body({
      messages: [
        {
          role: 'user',
          content: [
            { ...file, mediaType },
            { kind: 'text', text: 'Read it.' },
          ],
        },
      ],
    })
  const content = (block: Anthropic.ContentBlockParam): object => ({
    messages: [{ role: 'user', content: [block, { type: 'text', text: 'Read it.' }] }],
  })
  expect(asked('application/pdf')).toMatchObject(
    content({
      type: 'document',
      title: 'a.pdf',
      source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' },
    }),
  )
  expect(asked('image/png')).toMatchObject(
    content({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }),
  )
  expect(() => asked('application/zip')).toThrow(
    expect.objectContaining({ code: 'E_JOB_INVALID', fix: expect.stringContaining('PDF') }),
  )
})

test('further parameters cannot take the place of what the request says', () => {
  expect(body({ extra: { model: 'other', system: 'No.', messages: [], top_k: 5 } })).toMatchObject({
    model: 'claude-haiku-5-5',
    system: 'Be short.',
    top_k: 5,
  })
  expect(body({ temperature: 0.1 }), 'of a model whose sampling cannot be chosen').not.toHaveProperty(
    'temperature',
  )
  expect(body({ model: 'claude-sonnet-4-5', temperature: 0.1 })).toHaveProperty('temperature', 0.1)
})

test('a body is read back as what costs input tokens', () => {
  const read = anthropicWire.readBody(anthropicBody(request), request.model)
  expect(read).toMatchObject({ messages: request.messages })
  for (const broken of [null, 4, [], { messages: 'x' }, { messages: [null], system: 7 }])
    expect(() => anthropicWire.readBody(broken, 'm')).not.toThrow()
})

test('a stored body goes on behind its own messages', () => {
  const bytes = new TextEncoder().encode(JSON.stringify(anthropicBody(request)))
  const longer = anthropicWire.withMessages(bytes, [
    { role: 'assistant', content: 'Nothing.' },
    { role: 'user', content: 'Again.' },
  ])
  expect(JSON.parse(new TextDecoder().decode(longer ?? undefined))).toMatchObject({
    messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'user', content: 'Again.' }],
  })
})

test('tokens are estimated from a table that is not the own one, and bounded by nothing but bytes', () => {
  expect(anthropicWire.tokenRule('claude-haiku-5-5')).toMatchObject({ likely: 1.5, most: Infinity })
  expect(anthropicWire.tokenRule('claude-3-haiku-20240307').likely).toBeLessThan(1.5)
})

describe('what is said before anything is sent', () => {
  const inspect = (changes: Partial<ChatRequest>): ReturnType<typeof anthropicWire.inspect> =>
    anthropicWire.inspect({ ...request, ...changes }, '/v1/messages')

  test('an answer needs a limit, which is named once', () => {
    expect(inspect({ maxTokens: null }).refused).toEqual([
      expect.objectContaining({ fix: expect.stringContaining('maxTokens') }),
    ])
    expect(inspect({ maxTokens: null, extra: { max_tokens: 500 } })).toMatchObject({
      maxTokens: 500,
      refused: [],
    })
    expect(inspect({ extra: { max_tokens: 500 } }).refused).toHaveLength(1)
    expect(inspect({ maxTokens: null, extra: { max_tokens: 'many' } }).refused).toHaveLength(1)
  })

  test('current models refuse what chooses their sampling', () => {
    for (const extra of [{ top_p: 0.5 }, { top_k: 4 }]) expect(inspect({ extra }).refused).toHaveLength(1)
    expect(inspect({ temperature: 0 })).toMatchObject({
      refused: [],
      doubtful: [expect.objectContaining({ words: expect.stringMatching(/temperature: 0.*is left out/) })],
    })
    expect(inspect({ temperature: 1 }).doubtful).toEqual([])
    expect(inspect({ model: 'claude-sonnet-4-5', temperature: 0 }).refused).toEqual([])
    expect(inspect({ model: 'claude-sonnet-4-5', temperature: 1.5 }).refused).toHaveLength(1)
    expect(inspect({ model: 'claude-opus-4-8', temperature: 0 })).toMatchObject({
      refused: [],
      doubtful: [expect.objectContaining({ words: expect.stringContaining('temperature') })],
    })
  })

  test('an older model, and a schema that refers to itself, are warned of', () => {
    const plain = {
      type: 'object',
      properties: { a: { $ref: '#/$defs/b' } },
      $defs: { b: { type: 'string' } },
    }
    const asked = (model: string, schema: Record<string, unknown>): readonly string[] =>
      inspect({ model, schema: { name: 'answer', schema } }).doubtful.map(({ words }) => words)
    for (const model of [
      'claude-haiku-4-5-20251001',
      'claude-sonnet-4-5',
      'claude-opus-5-5',
      'claude-latest',
    ])
      expect(asked(model, plain)).toEqual([])
    for (const model of ['claude-opus-4-1', 'claude-sonnet-4-20250514', 'claude-3-5-haiku-20241022'])
      expect(asked(model, plain)).toEqual([
        expect.stringContaining('older than the models that take a schema'),
      ])
    const list = { type: 'array', items: { $ref: '#/$defs/node' } }
    const recursive = [
      [{ properties: { a: list }, $defs: { node: { properties: { below: list } } } }, '(node)'],
      [{ properties: { below: { $ref: '#' } } }, '(#)'],
      [{ properties: { a: list }, $defs: { node: { $ref: '#/$defs/c' }, c: { anyOf: [list] } } }, '(node)'],
    ] as const
    for (const [schema, name] of recursive)
      expect(asked('claude-haiku-4-5', schema)).toEqual([expect.stringContaining(`refers to itself ${name}`)])
    expect(inspect({ schema: null }).doubtful).toEqual([])
  })

  test('what is thought eats of a small limit, unless thinking is off', () => {
    expect(inspect({ maxTokens: 300 }).doubtful[0]?.fix).toContain("type: 'disabled'")
    expect(inspect({ maxTokens: 300, extra: { thinking: { type: 'disabled' } } }).doubtful).toEqual([])
    expect(inspect({ maxTokens: 2_000 }).doubtful).toEqual([])
    expect(inspect({ model: 'claude-opus-5-5', maxTokens: 300 }).doubtful[0]?.fix).toContain('raise')
    expect(inspect({ model: 'claude-sonnet-4-5', maxTokens: 300 }).doubtful).toEqual([])
    const budget = { thinking: { type: 'enabled', budget_tokens: 4_000 } }
    expect(inspect({ extra: budget }).refused[0]?.fix).toContain('maxTokens: 5024')
  })

  test('what Claude has no field for is told in the plan, with its own name where there is one', () => {
    const given = { seed: 7, stop: ['END'], stop_sequences: ['END'], metadata: { user_id: 'a' } }
    expect(inspect({ extra: given }).doubtful).toEqual([
      { words: expect.stringContaining('`seed` is no field'), fix: 'leave out `seed`' },
      { words: expect.stringContaining('`stop` is no field'), fix: 'use `stop_sequences`' },
    ])
    // Complete by its type: a field that the client learns of is missed here.
    const all: Readonly<Record<Exclude<keyof Params, 'messages' | 'system'>, unknown>> = {
      cache_control: null,
      container: null,
      diagnostics: null,
      inference_geo: null,
      max_tokens: 2_000,
      metadata: {},
      model: 'claude-haiku-5-5',
      output_config: {},
      service_tier: null,
      speed: null,
      stop_sequences: [],
      stream: false,
      thinking: { type: 'disabled' },
      tool_choice: { type: 'auto' },
      tools: [],
      user_profile_id: null,
      workspace_id: null,
    }
    expect(inspect({ maxTokens: null, extra: all }).doubtful).toEqual([])
  })

  test('what changes the price that is planned is refused', () => {
    for (const extra of [
      { service_tier: 'standard_only' },
      { speed: 'fast' },
      { inference_geo: 'us' },
      { bill_to: 'user_profile' },
      { stream: true },
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    ])
      expect(inspect({ extra }).refused, JSON.stringify(extra)).toHaveLength(1)
  })

  test('what may be written into a cache is what is marked for it', () => {
    expect(inspect({}).cacheWriting).toBe('never')
    expect(inspect({ extra: { cache_control: { type: 'ephemeral' } } }).cacheWriting).toBe('unasked')
    expect(inspect({ extra: { cache_control: { type: 'ephemeral', ttl: '1h' } } }).cacheWriting).toBe('long')
  })
})
