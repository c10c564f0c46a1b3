import { describe, expect, test } from 'vitest'
import { readReply } from './openai-answer.ts'

describe('a response', () => {
  const item = (text: string, more: object = {}): object => ({
    type: 'message',
    status: 'completed',
    content: [{ type: 'output_text', text }],
    ...more,
  })
  const body = (output: readonly object[], more: object = {}): object => ({
    object: 'response',
    model: 'gpt-5.6-luna',
    status: 'completed',
    error: null,
    incomplete_details: null,
    output,
    usage: { input_tokens: 10, output_tokens: 5, input_tokens_details: { cached_tokens: 4 } },
    ...more,
  })
  const reasoning = { type: 'reasoning', summary: [] }
  const textOf = (value: unknown): unknown => {
    const answer = readReply(value)
    return answer.kind === 'text' ? answer.text : answer.kind
  }

  test('is the text of its message, past the thinking', () => {
    expect(readReply(body([reasoning, item('done')]))).toEqual({
      kind: 'text',
      text: 'done',
      cut: false,
      model: 'gpt-5.6-luna',
      reasoningTokens: null,
      usage: { inputTokens: 10, cachedTokens: 4, outputTokens: 5 },
    })
  })

  test('is the text past searches and holes in its list', () => {
    const parts = { type: 'message', content: [{ text: 'One ' }, null, { text: 'answer.' }] }
    expect(textOf(body([reasoning, { type: 'web_search_call', status: 'completed' }, parts]))).toBe(
      'One answer.',
    )
    expect(readReply({ ...body([]), output: [null, item('A.'), 7] })).toMatchObject({ text: 'A.' })
  })

  test('that calls a tool in place of an answer refuses', () => {
    const call = { type: 'function_call', name: 'lookup', arguments: '{}', status: 'completed' }
    expect(readReply(body([reasoning, call]))).toMatchObject({
      kind: 'refusal',
      reason: 'the model called a tool instead of answering',
      usage: { outputTokens: 5 },
    })
    expect(textOf(body([item('done'), call]))).toBe('done')
  })

  test('with several messages is the first whole one', () => {
    expect(
      textOf(body([item('{"a":"to', { status: 'incomplete' }), item('{"a":"torn"}'), item('{"a":"later"}')])),
    ).toBe('{"a":"torn"}')
    expect(textOf(body([item('{"a":"to'), item('{"a":1}')]))).toBe('{"a":1}')
    expect(
      textOf(body([item('Let me see.', { phase: 'commentary' }), item('Answer', { phase: 'final_answer' })])),
    ).toBe('Answer')
    expect(textOf(body([item('half', { status: 'incomplete' }), item('whole')]))).toBe('whole')
    expect(textOf(body([item('one', { status: 'incomplete' }), item('two', { status: 'incomplete' })]))).toBe(
      'one',
    )
  })

  test('is cut when incomplete, refused when filtered', () => {
    const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    expect(readReply(body([item('ha')], cut))).toMatchObject({ kind: 'text', text: 'ha', cut: true })
    const spent = {
      usage: { input_tokens: 10, output_tokens: 5, output_tokens_details: { reasoning_tokens: 5 } },
    }
    expect(readReply(body([reasoning], { ...cut, ...spent }))).toMatchObject({
      kind: 'text',
      text: '',
      cut: true,
      reasoningTokens: 5,
    })
    expect(
      readReply(
        body([item('ha')], { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }),
      ),
    ).toMatchObject({ kind: 'refusal' })
    expect(
      readReply(body([{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }])),
    ).toMatchObject({ kind: 'refusal', reason: 'No.' })
  })

  test('that failed says whether it may be sent again', () => {
    const failed = (code: string): object =>
      body([], { status: 'failed', error: { code, message: 'm' }, usage: null })
    expect(readReply(failed('server_error'))).toMatchObject({ outcome: 'transient', ran: false })
    expect(readReply(failed('rate_limit_exceeded'))).toMatchObject({ outcome: 'transient' })
    expect(readReply(failed('invalid_prompt'))).toMatchObject({ outcome: 'refused' })
    expect(readReply(failed('invalid_image'))).toMatchObject({ outcome: 'failed' })
    expect(readReply(body([], { status: 'failed', usage: null }))).toMatchObject({
      outcome: 'invalid',
      ran: true,
    })
    expect(readReply(body([], { status: 'cancelled', usage: null }))).toMatchObject({
      outcome: 'cancelled',
      ran: false,
    })
  })

  test('that failed after work counts as a try that was billed', () => {
    const error = { code: 'server_error', message: 'm' }
    expect(readReply(body([reasoning], { status: 'failed', error }))).toMatchObject({
      outcome: 'invalid',
      reason: 'server_error: m (it was billed)',
      usage: { inputTokens: 10, cachedTokens: 4, outputTokens: 5 },
    })
    expect(readReply(body([], { status: 'failed' }))).toMatchObject({ outcome: 'invalid' })
    expect(readReply(body([], { status: 'cancelled' }))).toMatchObject({ outcome: 'cancelled', ran: true })
  })
})
