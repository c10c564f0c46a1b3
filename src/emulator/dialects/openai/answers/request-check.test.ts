import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../core/json.ts'
import { findModel } from '../models.ts'
import { readPrompt } from '../../../families/chat/prompt.ts'
import { requestError } from './request-check.ts'

const someMessages = [{ role: 'user', content: 'A question about boats.' }]

function chatError(body: JsonObject, model = 'gpt-4o-mini'): object | null {
  const known = findModel(model)
  if (!known) throw new Error(`No model ${model}.`)
  return requestError(body, 'chat', known, readPrompt(body))
}

describe('requestError', () => {
  it('accepts an ordinary request', () => {
    expect(chatError({ messages: someMessages, temperature: 0.1, max_tokens: 600 })).toBeNull()
  })

  const cases: readonly (readonly [name: string, body: JsonObject, error: object])[] = [
    ['empty messages', { messages: [] }, { code: 'empty_array', param: 'messages' }],
    [
      'an unknown role',
      { messages: [{ role: 'robot', content: 'x' }] },
      { code: 'invalid_value', param: 'messages[0].role' },
    ],
    [
      'content of a wrong type',
      { messages: [{ role: 'user', content: 5 }] },
      { code: 'invalid_type', param: 'messages[0].content' },
    ],
    [
      'too many output tokens',
      { messages: someMessages, max_tokens: 99_999 },
      { code: 'invalid_value', param: 'max_tokens' },
    ],
    ['zero output tokens', { messages: someMessages, max_tokens: 0 }, { code: 'integer_below_min_value' }],
    ['a temperature of 3', { messages: someMessages, temperature: 3 }, { code: 'decimal_above_max_value' }],
    [
      'JSON mode without the word',
      { messages: someMessages, response_format: { type: 'json_object' } },
      { param: 'messages' },
    ],
    [
      'a schema without a name',
      { messages: someMessages, response_format: { type: 'json_schema', json_schema: { schema: {} } } },
      { param: 'response_format.json_schema.name' },
    ],
    [
      'a context that is too long',
      { messages: [{ role: 'user', content: 'word '.repeat(140_000) }] },
      { code: 'context_length_exceeded', param: 'messages' },
    ],
  ]
  it.each(cases)('refuses %s', (_name, body, error) => {
    expect(chatError(body)).toMatchObject(error)
  })

  it('holds reasoning models to their own parameters', () => {
    expect(chatError({ messages: someMessages, max_tokens: 5 }, 'o3')).toMatchObject({
      code: 'unsupported_parameter',
    })
    expect(chatError({ messages: someMessages, temperature: 0.2 }, 'gpt-5-mini')).toMatchObject({
      code: 'unsupported_value',
    })
    expect(chatError({ messages: someMessages, max_completion_tokens: 5 }, 'o3')).toBeNull()
  })

  it.each([
    ['top_p', 0.9],
    ['presence_penalty', 0.5],
    ['frequency_penalty', 1],
    ['logprobs', true],
    ['logit_bias', { '50256': -100 }],
  ])('holds reasoning models to no %s', (param, value) => {
    const body = { messages: someMessages, [param]: value }
    expect(chatError(body, 'gpt-5-mini')).toMatchObject({ code: 'unsupported_parameter', param })
    expect(chatError(body, 'gpt-4o')).toBeNull()
    expect(chatError(body, 'gpt-5.2'), 'its effort is none by default').toBeNull()
    expect(chatError({ ...body, reasoning_effort: 'low' }, 'gpt-5.2')).toMatchObject({ param })
    expect(chatError({ ...body, reasoning_effort: 'none' }, 'gpt-5.2')).toBeNull()
  })

  it('takes either field for the limit, not both, and the older one from older models alone', () => {
    expect(chatError({ messages: someMessages, max_tokens: 5, max_completion_tokens: 5 })).toMatchObject({
      code: 'invalid_parameter_combination',
      param: 'max_tokens',
    })
    expect(chatError({ messages: someMessages, max_tokens: 5 }, 'gpt-5.4')).toMatchObject({
      code: 'unsupported_parameter',
    })
  })

  it.each([
    [0, 'integer_below_min_value'],
    [129, 'integer_above_max_value'],
    [1.5, 'invalid_type'],
  ])('refuses n of %d', (n, code) => {
    expect(chatError({ messages: someMessages, n })).toMatchObject({ code, param: 'n' })
  })

  it('counts what is to be written into the window', () => {
    const messages = [{ role: 'user', content: 'word '.repeat(120_000) }]
    expect(chatError({ messages, max_tokens: 2000 })).toBeNull()
    expect(chatError({ messages, max_tokens: 16_000 })).toMatchObject({
      code: 'context_length_exceeded',
      message: expect.stringContaining('16000 in the completion'),
    })
  })

  it.each([
    ['max_tokens', 'unsupported_parameter'],
    ['max_completion_tokens', 'unsupported_parameter'],
    ['messages', 'unsupported_parameter'],
    ['response_format', 'unsupported_parameter'],
    ['n', 'unknown_parameter'],
  ])('knows no %s in a response', (param, code) => {
    const known = findModel('gpt-4o')
    if (!known) throw new Error('No model gpt-4o.')
    const body = { input: 'A question.', [param]: 2 }
    expect(requestError(body, 'responses', known, readPrompt(body))).toMatchObject({ code, param })
  })

  it('wants 16 tokens or more of a response', () => {
    const known = findModel('gpt-4o')
    if (!known) throw new Error('No model gpt-4o.')
    const body = { input: 'A question.', max_output_tokens: 15 }
    expect(requestError(body, 'responses', known, readPrompt(body))).toMatchObject({
      code: 'integer_below_min_value',
    })
  })

  it('holds the parameters of a strict tool to the same rules', () => {
    const parameters = { type: 'object', properties: { a: { type: 'string', default: 'x' } } }
    const tool = { type: 'function', function: { name: 'f', strict: true, parameters } }
    expect(chatError({ messages: someMessages, tools: [tool] })).toMatchObject({
      code: 'invalid_function_parameters',
      param: 'tools[0].function.parameters',
      message: expect.stringContaining("Invalid schema for function 'f': In context=()"),
    })
    expect(
      chatError({
        messages: someMessages,
        tools: [{ type: 'function', function: { name: 'f', parameters } }],
      }),
    ).toBeNull()
  })

  it('names the property that a strict schema forgot', () => {
    const schema = {
      type: 'object',
      properties: {
        a: { type: 'string' },
        b: {
          type: 'object',
          properties: { c: { type: 'string' } },
          additionalProperties: false,
          required: [],
        },
      },
      required: ['a', 'b'],
      additionalProperties: false,
    }
    const body = {
      messages: someMessages,
      response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } },
    }
    expect(chatError(body)).toMatchObject({
      message:
        "Invalid schema for response_format 'x': In context=('properties', 'b'), 'required' is required to be supplied and to be an array including every key in properties. Missing 'c'.",
    })
  })
})
