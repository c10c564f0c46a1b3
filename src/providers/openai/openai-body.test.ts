import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../domain/request.ts'
import { attach, text } from '../../planning/requests/attach.ts'
import { openaiBody } from './openai-body.ts'

const schema = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
}
const request: ChatRequest = {
  model: 'gpt-4o-mini-batch',
  messages: [
    { role: 'system', content: 'Write.' },
    { role: 'user', content: 'x' },
  ],
  maxTokens: 600,
  temperature: 0.1,
  schema: null,
  extra: {},
}
const chat = '/v1/chat/completions'
const responses = '/v1/responses'

describe('a chat body', () => {
  test('says what was asked and nothing more', () => {
    expect(openaiBody(request, chat, 'max_tokens')).toEqual({
      model: 'gpt-4o-mini-batch',
      temperature: 0.1,
      max_tokens: 600,
      messages: request.messages,
    })
    expect(openaiBody({ ...request, maxTokens: null, temperature: null }, chat, 'max_tokens')).toEqual({
      model: 'gpt-4o-mini-batch',
      messages: request.messages,
    })
    expect(openaiBody({ ...request, temperature: 0 }, chat, 'max_completion_tokens')).toMatchObject({
      temperature: 0,
      max_completion_tokens: 600,
    })
  })

  test('carries a schema in the strict form', () => {
    expect(
      openaiBody({ ...request, schema: { name: 'headnote', schema } }, chat, 'max_tokens'),
    ).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { name: 'headnote', strict: true, schema } },
    })
  })

  test('lets further fields through, which replace nothing that the request says, and ends with the messages', () => {
    const extra = { seed: 7, model: 'other', messages: [], temperature: 2, max_tokens: 9 }
    const body = openaiBody({ ...request, extra }, chat, 'max_tokens')
    expect(body).toMatchObject({
      seed: 7,
      model: request.model,
      temperature: 0.1,
      max_tokens: 600,
      messages: request.messages,
    })
    expect(Object.keys(body).at(-1)).toBe('messages')
  })
})

describe('a responses body', () => {
  test('uses the words of that endpoint', () => {
    const body = openaiBody(
      {
        ...request,
        schema: { name: 'headnote', schema },
        extra: { text: { verbosity: 'low' }, reasoning: { effort: 'low' } },
      },
      responses,
      'max_completion_tokens',
    )
    expect(body).toEqual({
      model: request.model,
      temperature: 0.1,
      max_output_tokens: 600,
      reasoning: { effort: 'low' },
      text: { verbosity: 'low', format: { type: 'json_schema', name: 'headnote', strict: true, schema } },
      input: request.messages,
    })
    expect(Object.keys(body).at(-1)).toBe('input')
  })
})

test('a prompt is not sent to an endpoint without messages', () => {
  expect(() => openaiBody(request, '/v1/embeddings', 'max_tokens')).toThrow(
    expect.objectContaining({ code: 'E_JOB_INVALID' }),
  )
})

describe('a message with files', () => {
  const content = [
    text('look'),
    { ...attach('scans/a.pdf'), data: 'QQ==' },
    { ...attach('b.png', { detail: 'low' }), data: 'Qg==' },
    { ...attach('c.gif'), data: 'Qw==' },
  ]
  const asked: ChatRequest = { ...request, messages: [{ role: 'user', content }] }

  test('has the parts of a chat body', () => {
    expect(openaiBody(asked, chat, 'max_tokens')['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,QQ==' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,Qg==', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'data:image/gif;base64,Qw==' } },
        ],
      },
    ])
  })

  test('has those of a responses body', () => {
    expect(openaiBody(asked, responses, 'max_tokens')['input']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'look' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,QQ==' },
          { type: 'input_image', image_url: 'data:image/png;base64,Qg==', detail: 'low' },
          { type: 'input_image', image_url: 'data:image/gif;base64,Qw==', detail: 'auto' },
        ],
      },
    ])
  })
})
