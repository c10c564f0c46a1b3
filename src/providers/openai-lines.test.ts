import { describe, expect, test } from 'vitest'
import { readReply } from './openai-answer.ts'
import { readLine } from './openai-lines.ts'

const usage = {
  prompt_tokens: 4_521,
  completion_tokens: 387,
  total_tokens: 4_908,
  prompt_tokens_details: { cached_tokens: 1_024 },
}
const read = { inputTokens: 4_521, cachedTokens: 1_024, outputTokens: 387 }

function chat(message: unknown, finish = 'stop', more: object = {}): object {
  return {
    id: 'chatcmpl-1',
    model: 'gpt-4o-mini-2024-07-18',
    choices: [{ index: 0, message, finish_reason: finish }],
    usage,
    ...more,
  }
}
function line(body: unknown, status: unknown = 200, error: unknown = null): object {
  return {
    id: 'batch_req_1',
    custom_id: 'a-1',
    response: { status_code: status, request_id: 'r', body },
    error,
  }
}
function answerOf(value: unknown): unknown {
  return readLine(value)?.answer
}

describe('a success', () => {
  test('is its text, with model and billed tokens', () => {
    expect(readLine(line(chat({ role: 'assistant', content: 'Citation', refusal: null })))).toEqual({
      customId: 'a-1',
      answer: { kind: 'text', text: 'Citation', cut: false, model: 'gpt-4o-mini-2024-07-18', usage: read },
    })
  })

  test('comes from Azure without a line id and with filter results', () => {
    const body = chat({ content: 'x' }, 'stop', { prompt_filter_results: [{ prompt_index: 0 }] })
    const azure = { custom_id: 'a-2', response: { body, request_id: 'uuid', status_code: 200 }, error: null }
    expect(readLine(azure)).toMatchObject({ customId: 'a-2', answer: { kind: 'text', text: 'x' } })
  })

  test('is marked as cut at the output limit, even without a word', () => {
    expect(answerOf(line(chat({ content: '{"a":' }, 'length')))).toMatchObject({
      kind: 'text',
      text: '{"a":',
      cut: true,
    })
    expect(answerOf(line(chat({ content: null }, 'length')))).toMatchObject({
      kind: 'text',
      text: '',
      cut: true,
      usage: read,
    })
  })

  test('may bring its text in parts, its status as text and no usage', () => {
    const body = {
      choices: [
        {
          message: {
            content: [
              { type: 'text', text: 'a' },
              { type: 'text', text: 'b' },
            ],
          },
        },
      ],
    }
    expect(answerOf(line(body, '200'))).toEqual({
      kind: 'text',
      text: 'ab',
      cut: false,
      model: null,
      usage: null,
    })
  })

  test('has usage only where the numbers make sense', () => {
    for (const bad of [
      null,
      {},
      { prompt_tokens: -1, completion_tokens: 1 },
      { prompt_tokens: 1.5 },
      { prompt_tokens: 1, completion_tokens: 'x' },
    ]) {
      expect(answerOf(line(chat({ content: 'x' }, 'stop', { usage: bad })))).toMatchObject({
        kind: 'text',
        usage: null,
      })
    }
    const overcounted = {
      prompt_tokens: 5,
      completion_tokens: 1,
      prompt_tokens_details: { cached_tokens: 9 },
    }
    expect(answerOf(line(chat({ content: 'x' }, 'stop', { usage: overcounted })))).toMatchObject({
      usage: { cachedTokens: 5 },
    })
  })
})

describe('a refusal', () => {
  test.for([
    ['by the model', chat({ content: null, refusal: 'I cannot help.' }), 'I cannot help.'],
    ['by the filter', chat({ content: 'half' }, 'content_filter'), 'content_filter'],
    ['by the filter without a message', { ...chat(null, 'content_filter') }, 'content_filter'],
    [
      'by calling a tool',
      chat({ content: null, tool_calls: [{ id: 't' }] }, 'tool_calls'),
      'the model called a tool instead of answering',
    ],
  ] as const)('%s was paid and says why', ([, body, reason]) => {
    expect(answerOf(line(body))).toEqual({ kind: 'refusal', reason, usage: read })
  })

  test('of the prompt by the filter is an error that was not paid', () => {
    const error = {
      message: "The response was filtered due to the prompt triggering Azure OpenAI's policy",
      code: 'content_filter',
      status: 400,
    }
    expect(answerOf(line({ error }, 400))).toMatchObject({ kind: 'error', outcome: 'refused' })
  })
})

describe('an error', () => {
  const said = (code: string | null, type = 'invalid_request_error'): object => ({
    error: { message: 'words', type, param: null, code },
  })

  test.for([
    ['a bad request', line(said('context_length_exceeded'), 400), 'failed', 'context_length_exceeded: words'],
    ['an unknown model', line(said('model_not_found'), 404), 'failed', 'model_not_found: words'],
    ['a rate limit', line(said('rate_limit_exceeded'), 429), 'transient', 'rate_limit_exceeded: words'],
    ['a server error', line(said(null, 'server_error'), 500), 'transient', 'server_error: words'],
    ['a timeout', line(said(null), 408), 'transient', 'invalid_request_error: words'],
    ['a server error told with 400', line(said('server_error'), 400), 'transient', 'server_error: words'],
    ['a status alone', line(null, 503), 'transient', 'status 503 without a reason'],
    [
      'a status that is no success',
      line(chat({ content: 'x' }), 202),
      'failed',
      'status 202 without a reason',
    ],
  ] as const)('in the body of the line is %s', ([, value, outcome, reason]) => {
    expect(answerOf(value)).toEqual({ kind: 'error', outcome, reason })
  })

  test.for([
    ['batch_expired', 'expired'],
    ['batch_cancelled', 'cancelled'],
    ['batch_canceled', 'cancelled'],
    ['request_timeout', 'transient'],
    ['something_else', 'failed'],
  ] as const)('beside the body, %s, is %s', ([code, outcome]) => {
    const value = { id: 'batch_req_1', custom_id: 'a-1', response: null, error: { code, message: 'words' } }
    expect(answerOf(value)).toEqual({ kind: 'error', outcome, reason: `${code}: words` })
  })

  test('of vLLM stands in the output file, with its status as the code', () => {
    const value = {
      id: 'vllm-1',
      custom_id: 'a-1',
      response: null,
      error: { object: 'error', message: 'too long', type: 'BadRequestError', param: null, code: 400 },
    }
    expect(answerOf(value)).toEqual({ kind: 'error', outcome: 'failed', reason: '400: too long' })
    expect(answerOf({ ...value, error: { ...value.error, code: 503 } })).toMatchObject({
      outcome: 'transient',
    })
    expect(
      answerOf({ custom_id: 'a-1', response: { status_code: 500, body: null }, error: 'worker died' }),
    ).toMatchObject({
      outcome: 'transient',
      reason: '500: worker died',
    })
  })

  test('outweighs a body that looks like a success', () => {
    expect(
      answerOf(line(chat({ content: 'x' }), 200, { code: 'server_error', message: 'late' })),
    ).toMatchObject({ outcome: 'transient' })
    expect(answerOf(line(chat({ content: 'x' }), 200, { code: null, message: null }))).toMatchObject({
      kind: 'text',
    })
  })

  test('is assumed to pass where neither an answer nor a reason is given', () => {
    for (const body of [null, {}, 'text', [], { choices: [] }])
      expect(answerOf(line(body))).toMatchObject({ outcome: 'transient' })
    expect(answerOf({ custom_id: 'a-1', response: null, error: null })).toMatchObject({
      outcome: 'transient',
    })
    expect(answerOf({ custom_id: 'a-1' })).toMatchObject({ outcome: 'transient' })
  })

  test('keeps hostile words harmless', () => {
    const value = line({ error: { message: `\u001b[2J${'x'.repeat(9_000)}`, code: 'c' } }, 400)
    const answer = readLine(value)?.answer
    expect(answer).toMatchObject({ kind: 'error', outcome: 'failed' })
    expect(JSON.stringify(answer)).not.toContain('\\u001b')
    expect(JSON.stringify(answer).length).toBeLessThan(700)
  })
})

test('what has no custom_id is not a line', () => {
  for (const value of [
    null,
    7,
    'x',
    [],
    {},
    { custom_id: '' },
    { custom_id: 7 },
    { id: 'batch_req_1', response: null },
  ]) {
    expect(readLine(value)).toBeNull()
  }
  expect(readLine(JSON.parse('{"__proto__":{"custom_id":"a-1"}}'))).toBeNull()
})

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
      usage: { inputTokens: 10, cachedTokens: 4, outputTokens: 5 },
    })
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
    expect(readReply(body([reasoning], cut))).toMatchObject({ kind: 'text', text: '', cut: true })
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
    const failed = (code: string): object => body([], { status: 'failed', error: { code, message: 'm' } })
    expect(readReply(failed('server_error'))).toMatchObject({ outcome: 'transient' })
    expect(readReply(failed('rate_limit_exceeded'))).toMatchObject({ outcome: 'transient' })
    expect(readReply(failed('invalid_prompt'))).toMatchObject({ outcome: 'refused' })
    expect(readReply(failed('invalid_image'))).toMatchObject({ outcome: 'failed' })
    expect(readReply(body([], { status: 'failed' }))).toMatchObject({ outcome: 'transient' })
    expect(readReply(body([], { status: 'cancelled' }))).toMatchObject({ outcome: 'cancelled' })
  })
})
