import type Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'vitest'
import { unsureCode } from '../../domain/request.ts'
import { outputLine, readLine } from './lines.ts'

const usage: Anthropic.Usage = {
  input_tokens: 100,
  cache_creation_input_tokens: 30,
  cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
  cache_read_input_tokens: 50,
  output_tokens: 40,
  output_tokens_details: { thinking_tokens: 30 },
  server_tool_use: null,
  service_tier: 'batch',
  inference_geo: null,
  speed: null,
}
const tokens = {
  inputTokens: 180,
  cachedTokens: 50,
  cacheWriteTokens: 30,
  longCacheWriteTokens: 10,
  outputTokens: 40,
}

function message(changes: object): object {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-5-5',
    content: [{ type: 'text', text: 'Yes.', citations: null }],
    stop_reason: 'end_turn',
    usage,
    ...changes,
  }
}

function succeeded(changes: object): unknown {
  return { custom_id: 't-0', result: { type: 'succeeded', message: message(changes) } }
}

const errored = (type: string, message: string): unknown => ({
  custom_id: 't-0',
  result: { type: 'errored', error: { type: 'error', error: { type, message }, request_id: 'req_1' } },
})

describe('a message', () => {
  test('is the texts of its blocks, and thoughts are none', () => {
    const content = [
      { type: 'thinking', thinking: 'Hm.', signature: 's' },
      { type: 'text', text: 'Ye' },
      { type: 'text', text: 's.' },
    ]
    expect(readLine(succeeded({ content }))).toEqual({
      customId: 't-0',
      answer: {
        kind: 'text',
        text: 'Yes.',
        cut: false,
        model: 'claude-haiku-5-5',
        reasoningTokens: null,
        usage: tokens,
      },
    })
  })

  test.for(['max_tokens', 'model_context_window_exceeded', 'pause_turn'] as const)(
    'that ends with %s is cut, and tells what was thought',
    (stop_reason) => {
      expect(readLine(succeeded({ stop_reason, content: [] }))?.answer).toMatchObject({
        kind: 'text',
        text: '',
        cut: true,
        reasoningTokens: 30,
      })
    },
  )

  test('that refuses or calls a tool is no answer, and billed', () => {
    const stop_details = { type: 'refusal', category: 'cyber', explanation: 'Not this.' }
    expect(readLine(succeeded({ stop_reason: 'refusal', stop_details }))?.answer).toEqual({
      kind: 'refusal',
      reason: 'refusal: cyber: Not this.',
      usage: tokens,
    })
    const content = [{ type: 'tool_use', id: 'x', name: 'find', input: {} }]
    expect(readLine(succeeded({ stop_reason: 'tool_use', content }))?.answer).toMatchObject({
      kind: 'refusal',
      reason: expect.stringContaining('tool'),
    })
  })

  test('of another tier says so, and what was asked singly has none to compare', () => {
    const standard = { usage: { ...usage, service_tier: 'standard' } }
    expect(readLine(succeeded(standard))?.answer.usage).toEqual({ ...tokens, isOtherTier: true })
    const line = outputLine('t-0', { status: 200, body: message(standard) })
    expect(readLine(line)?.answer.usage).toEqual(tokens)
  })

  test.for([
    ['nothing', undefined, null],
    ['no object', 7, null],
    ['zeros', { input_tokens: 0, output_tokens: 0 }, null],
    ['nonsense', { input_tokens: 1e300, output_tokens: -1 }, null],
    ['one half', { input_tokens: 5 }, { inputTokens: 5, isPartial: true }],
    [
      'old names only',
      { input_tokens: 5, output_tokens: 6, cache_creation_input_tokens: 7 },
      { inputTokens: 12, cacheWriteTokens: 7 },
    ],
  ] as const)('whose usage is %s is never free', ([, said, expected]) => {
    const read = readLine(succeeded({ usage: said }))?.answer.usage
    if (expected === null) expect(read).toBeNull()
    else expect(read).toMatchObject(expected)
  })

  test('without content is useless and may have been billed', () => {
    expect(readLine(succeeded({ content: null, usage: null }))?.answer).toMatchObject({
      kind: 'error',
      outcome: 'invalid',
      ran: true,
    })
  })
})

describe('an error', () => {
  test.for([
    ['invalid_request_error', 'max_tokens: Input should be a valid integer', 'failed'],
    ['not_found_error', 'model: claude-none', 'failed'],
    ['request_too_large', 'too large', 'failed'],
    ['invalid_request_error', 'Output blocked by content filtering policy', 'refused'],
    ['api_error', 'Internal server error', 'transient'],
    ['overloaded_error', 'Overloaded', 'transient'],
    ['rate_limit_error', 'slow down', 'transient'],
    ['timeout_error', 'timed out', 'transient'],
  ] as const)('%s (%s) is %s, of this request, and free', ([type, message, outcome]) => {
    const answer = readLine(errored(type, message))?.answer
    expect(answer).toMatchObject({ kind: 'error', outcome, usage: null, ran: false })
    expect(answer).not.toHaveProperty('about')
  })

  test.for([
    ['invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'],
    ['billing_error', 'No.'],
    ['permission_error', 'Your organization is on hold.'],
    ['authentication_error', 'invalid x-api-key'],
    ['invalid_request_error', 'You have reached your specified API usage limits.'],
  ])('%s (%s) is about the account', ([type = '', message = '']) => {
    expect(readLine(errored(type, message))?.answer).toMatchObject({
      outcome: 'transient',
      about: 'account',
      ran: false,
    })
  })

  test('of a call whose fate is not known is unsure', () => {
    expect(readLine(outputLine('t-0', { unsure: 'no answer' }))?.answer).toMatchObject({
      kind: 'error',
      outcome: 'unsure',
      reason: 'no answer',
    })
    expect(unsureCode).not.toBe('')
  })
})

test('a request that was cancelled or had no time did not run', () => {
  for (const [type, outcome] of [
    ['canceled', 'cancelled'],
    ['expired', 'expired'],
  ] as const)
    expect(readLine({ custom_id: 't-0', result: { type } })?.answer).toMatchObject({ outcome, ran: false })
})

test('what is no line of results is none', () => {
  for (const value of [null, 7, [], {}, { custom_id: 'a' }, { result: null }, { result: {} }])
    expect(readLine(value)).toBeNull()
  expect(readLine({ custom_id: 7, result: { type: 'expired' } })?.customId).toBeNull()
  expect(readLine({ custom_id: 'a', result: { type: 'paused' } })?.answer).toMatchObject({ ran: true })
})
