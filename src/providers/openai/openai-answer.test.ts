import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readLine } from './openai-answer.ts'

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
      answer: {
        kind: 'text',
        text: 'Citation',
        cut: false,
        model: 'gpt-4o-mini-2024-07-18',
        reasoningTokens: null,
        usage: read,
      },
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
      reasoningTokens: null,
      usage: null,
    })
  })

  test('may come as the text of its JSON, or without a status, from a gateway', () => {
    const body = chat({ content: 'x' })
    expect(answerOf(line(JSON.stringify(body)))).toMatchObject({ kind: 'text', text: 'x', usage: read })
    expect(answerOf({ custom_id: 'a-1', response: { body } })).toMatchObject({
      kind: 'text',
      text: 'x',
      usage: read,
    })
    expect(answerOf(line('<html>sign in</html>'))).toMatchObject({ outcome: 'invalid', usage: null })
  })

  test('tells its usage also where nobody can say whose it is', () => {
    const { custom_id: _, ...nameless } = { custom_id: '', ...line(chat({ content: 'x' })) }
    for (const id of [undefined, null, '', 7])
      expect(readLine({ ...nameless, custom_id: id })).toMatchObject({
        customId: null,
        answer: { kind: 'text', usage: read },
      })
  })

  test('that is cut or blank tells how much of it was reasoning', () => {
    const spent = { usage: { ...usage, completion_tokens_details: { reasoning_tokens: 387 } } }
    for (const content of [null, '', ' \n'])
      expect(answerOf(line(chat({ content }, 'stop', spent)))).toMatchObject({
        kind: 'text',
        cut: false,
        reasoningTokens: 387,
        usage: read,
      })
    expect(answerOf(line(chat({ content: 'ha' }, 'length', spent)))).toMatchObject({
      cut: true,
      reasoningTokens: 387,
    })
    expect(answerOf(line(chat({ content: null }, 'length')))).toMatchObject({ reasoningTokens: null })
  })

  test('says if it was served in a tier that costs more, wherever that is told, and nothing of the usual ones', () => {
    for (const tier of ['priority', 'performance'])
      for (const told of [{ service_tier: tier }, { usage: { ...usage, service_tier: tier } }])
        expect(answerOf(line(chat({ content: 'x' }, 'stop', told)))).toMatchObject({
          usage: { ...read, isOtherTier: true },
        })
    for (const tier of ['default', 'on_demand', 'flex', null])
      expect(answerOf(line(chat({ content: 'x' }, 'stop', { service_tier: tier })))).toMatchObject({
        usage: read,
      })
    const response = {
      output: [{ type: 'message', content: [{ text: 'x' }] }],
      usage,
      service_tier: 'priority',
    }
    expect(answerOf(line(response))).toMatchObject({ usage: { isOtherTier: true } })
  })

  test('has usage only where the numbers make sense', () => {
    for (const bad of [null, {}, { prompt_tokens: -1, completion_tokens: 'x' }, { prompt_tokens: 1.5 }]) {
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
    [
      'by calling a function as it was called once',
      chat({ content: null, function_call: { name: 'f', arguments: '{}' } }, 'function_call'),
      'the model called a tool instead of answering',
    ],
    [
      'by the filter of Azure, of which only its notes are left',
      { id: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }], usage },
      'the reply holds no choice, only notes of a content filter (it was billed)',
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
  ] as const)('in the body of the line is %s', ([, value, outcome, reason]) => {
    expect(answerOf(value)).toMatchObject({ kind: 'error', outcome, reason, ran: false })
  })

  test.for([
    ['batch_expired', 'expired'],
    ['batch_cancelled', 'cancelled'],
    ['batch_canceled', 'cancelled'],
    ['request_timeout', 'transient'],
    ['something_else', 'failed'],
  ] as const)('next to the body, %s, is %s', ([code, outcome]) => {
    const value = { id: 'batch_req_1', custom_id: 'a-1', response: null, error: { code, message: 'words' } }
    expect(answerOf(value)).toEqual({
      kind: 'error',
      outcome,
      reason: `${code}: words`,
      usage: null,
      ran: false,
    })
  })

  test('of vLLM stands in the output file, with its status as the code', () => {
    const value = {
      id: 'vllm-1',
      custom_id: 'a-1',
      response: null,
      error: { object: 'error', message: 'too long', type: 'BadRequestError', param: null, code: 400 },
    }
    expect(answerOf(value)).toEqual({
      kind: 'error',
      outcome: 'failed',
      reason: '400: too long',
      usage: null,
      ran: false,
    })
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

  test('outweighs a body that looks like a success, which was billed all the same', () => {
    const late = { code: 'server_error', message: 'late' }
    expect(answerOf(line(chat({ content: 'x' }), 200, late))).toEqual({
      kind: 'error',
      outcome: 'invalid',
      reason: 'server_error: late (it was billed)',
      usage: read,
      ran: true,
    })
    expect(answerOf(line(chat({ content: 'x' }), 202))).toMatchObject({
      outcome: 'failed',
      reason: 'status 202 without a reason (it was billed)',
      usage: read,
    })
    expect(answerOf(line(chat({ content: 'x' }), 200, { code: null, message: null }))).toMatchObject({
      kind: 'text',
    })
  })

  test('next to a success without usage may have been billed, unless the batch had ended before', () => {
    const body = chat({ content: 'x' }, 'stop', { usage: null })
    const late = (code: string): unknown => answerOf(line(body, 200, { code, message: 'late' }))
    expect(late('server_error')).toMatchObject({ outcome: 'invalid', usage: null, ran: true })
    expect(late('batch_expired')).toMatchObject({ outcome: 'expired', usage: null, ran: false })
  })

  test('inside the choice is the reason of an answer without words', () => {
    const choices = [{ index: 0, finish_reason: 'error', error: { code: 502, message: 'upstream' } }]
    expect(answerOf(line({ choices }))).toMatchObject({ outcome: 'transient', reason: '502: upstream' })
    expect(answerOf(line({ choices, usage }))).toMatchObject({ outcome: 'invalid', usage: read, ran: true })
  })

  test('is asked again by the job’s own rule only where a reply holds nothing, as it may have been billed', () => {
    for (const body of [null, {}, 'text', [], { choices: [] }, { choices: [null] }])
      expect(answerOf(line(body))).toMatchObject({ outcome: 'invalid', usage: null, ran: true })
    expect(answerOf({ custom_id: 'a-1', response: null, error: null })).toMatchObject({
      outcome: 'invalid',
      reason: 'the line holds neither an answer nor an error (it may have been billed)',
      ran: true,
    })
  })

  test('is not asked about again for nothing where an empty reply was billed', () => {
    for (const body of [{ choices: [] }, { choices: [null] }, { data: [{ embedding: 'x' }] }, {}])
      expect(answerOf(line({ ...body, usage }))).toMatchObject({ outcome: 'invalid', ran: true })
  })

  test('keeps hostile words harmless', () => {
    const value = line({ error: { message: `\u001b[2J${'x'.repeat(9_000)}`, code: 'c' } }, 400)
    const answer = readLine(value)?.answer
    expect(answer).toMatchObject({ kind: 'error', outcome: 'failed' })
    expect(JSON.stringify(answer)).not.toContain('\\u001b')
    expect(JSON.stringify(answer).length).toBeLessThan(700)
  })
})

test.for([
  ['nothing', null],
  ['a number', 7],
  ['a text', 'x'],
  ['a list', []],
  ['an empty object', {}],
  ['an id alone', { custom_id: 'a-1' }],
  ['an error without an id', { custom_id: '', error: { message: 'words' } }],
  ['an object without an id', { id: 'batch_req_1', response: null }],
  ['an object with a strange prototype', JSON.parse('{"__proto__":{"custom_id":"a-1"}}')],
  ['a line of Bedrock', { recordId: 'a-1', modelInput: {}, modelOutput: { usage: { inputTokens: 1 } } }],
  ['a line of Anthropic', { custom_id: 'a-1', result: { type: 'succeeded', message: { content: [] } } }],
  ['a line of Gemini', { key: 'a-1', response: { candidates: [], usageMetadata: {} } }],
] as const)('%s is not a line', ([, value]) => {
  expect(readLine(value)).toBeNull()
})

describe('whatever a line holds', () => {
  const odd = fc.jsonValue({ maxDepth: 4 })
  const part = fc.oneof(
    odd,
    fc.record({
      choices: fc.oneof(
        odd,
        fc.array(fc.oneof(odd, fc.record({ message: odd, finish_reason: odd, error: odd }))),
      ),
      output: fc.oneof(odd, fc.array(fc.oneof(odd, fc.record({ type: odd, content: odd, status: odd })))),
      data: odd,
      status: odd,
      error: odd,
    }),
  )

  test('it is read without a throw', () => {
    fc.assert(
      fc.property(part, odd, odd, (body, error, status) => {
        readLine(line(body, 200, error))
        readLine({ custom_id: status, response: { status_code: status, body }, error })
        readLine(body)
      }),
    )
  })

  test('what was billed for it is read where the service says so, and it is never asked again for nothing', () => {
    fc.assert(
      fc.property(
        part,
        fc.constantFrom(null, { code: 'server_error' }),
        fc.boolean(),
        (body, error, isText) => {
          const whole = { ...Object(body), usage }
          const answer = readLine(line(isText ? JSON.stringify(whole) : whole, 200, error))?.answer
          // A vector is billed by its input.
          if (answer?.kind === 'vector') return answer.usage?.inputTokens === usage.total_tokens
          if (answer?.kind === 'error' && (answer.outcome === 'transient' || !answer.ran)) return false
          return answer?.usage?.outputTokens === usage.completion_tokens
        },
      ),
    )
  })
})
