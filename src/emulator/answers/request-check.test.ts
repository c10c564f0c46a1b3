import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../json.ts'
import { findModel } from '../models.ts'
import { readPrompt } from './prompt.ts'
import { requestError } from './request-check.ts'

const MESSAGES = [{ role: 'user', content: 'A question about boats.' }]

function chatError(body: JsonObject, model = 'gpt-4o-mini'): object | null {
  const known = findModel(model)
  if (!known) throw new Error(`No model ${model}.`)
  return requestError(body, 'chat', known, readPrompt(body))
}

describe('requestError', () => {
  it('accepts an ordinary request', () => {
    expect(chatError({ messages: MESSAGES, temperature: 0.1, max_tokens: 600 })).toBeNull()
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
      { messages: MESSAGES, max_tokens: 99_999 },
      { code: 'invalid_value', param: 'max_tokens' },
    ],
    ['zero output tokens', { messages: MESSAGES, max_tokens: 0 }, { code: 'integer_below_min_value' }],
    ['a temperature of 3', { messages: MESSAGES, temperature: 3 }, { code: 'decimal_above_max_value' }],
    [
      'JSON mode without the word',
      { messages: MESSAGES, response_format: { type: 'json_object' } },
      { param: 'messages' },
    ],
    [
      'a schema without a name',
      { messages: MESSAGES, response_format: { type: 'json_schema', json_schema: { schema: {} } } },
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
    expect(chatError({ messages: MESSAGES, max_tokens: 5 }, 'o3')).toMatchObject({
      code: 'unsupported_parameter',
    })
    expect(chatError({ messages: MESSAGES, temperature: 0.2 }, 'gpt-5-mini')).toMatchObject({
      code: 'unsupported_value',
    })
    expect(chatError({ messages: MESSAGES, max_completion_tokens: 5 }, 'o3')).toBeNull()
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
      messages: MESSAGES,
      response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } },
    }
    expect(chatError(body)).toMatchObject({
      message:
        "Invalid schema for response_format 'x': In context=('properties', 'b'), 'required' is required to be supplied and to be an array including every key in properties. Missing 'c'.",
    })
  })
})
