import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../domain/request.ts'
import { claudeOf, mayBeClaude } from './model-id.ts'
import { markOf, jobNameOf } from './job-mark.ts'
import { outputLine } from './lines.ts'
import { bedrock } from './models.ts'
import { bedrockWire as wire, invokeModel } from './wire.ts'

const model = 'eu.anthropic.claude-haiku-4-5-20251001-v1:0'
const request: ChatRequest = {
  model,
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Why?' },
  ],
  maxTokens: 50,
  temperature: 0.2,
  schema: { name: 'answer', schema: { type: 'object' } },
  extra: {},
}

describe('the body of a record', () => {
  test('is that of a message with the version in the place of the model', () => {
    expect(wire.body(request, invokeModel)).toEqual({
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 50,
      temperature: 0.2,
      output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'Why?' }],
    })
  })

  test('stands in a line behind its id, and goes on with further messages', () => {
    const { beforeId, beforeBody } = wire.lineFrame(invokeModel)
    const body = JSON.stringify(wire.body(request, invokeModel))
    expect(JSON.parse(`${beforeId}tag-1${beforeBody}${body}}`)).toEqual({
      recordId: 'tag-1',
      modelInput: wire.body(request, invokeModel),
    })
    const longer = wire.withMessages(Buffer.from(body), [{ role: 'user', content: 'Again.' }])
    expect(JSON.parse(Buffer.from(longer ?? []).toString())).toMatchObject({
      messages: [{ content: 'Why?' }, { content: 'Again.' }],
    })
  })
})

describe('a line of an output object', () => {
  const modelOutput = {
    model: 'claude-haiku-4-5',
    type: 'message',
    content: [{ type: 'text', text: 'Because.' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 9, cache_read_input_tokens: 0, output_tokens: 3 },
  }

  test('is the message, whatever of the input it repeats', () => {
    expect(wire.line({ recordId: 'tag-1', modelInput: { messages: [] }, modelOutput })).toEqual({
      customId: 'tag-1',
      answer: {
        kind: 'text',
        text: 'Because.',
        cut: false,
        model: 'claude-haiku-4-5',
        reasoningTokens: null,
        usage: { inputTokens: 9, cachedTokens: 0, outputTokens: 3 },
      },
    })
  })

  test.each([
    [400, 'max_tokens: Field required', 'failed', '400: max_tokens: Field required'],
    [429, 'Too many requests', 'transient', 'api_error: Too many requests'],
    [500, 'The system is overloaded', 'transient', 'api_error: The system is overloaded'],
  ])('is an error %i that was not billed', (errorCode, errorMessage, outcome, reason) => {
    expect(wire.line({ recordId: 'tag-2', modelInput: {}, error: { errorCode, errorMessage } })).toEqual({
      customId: 'tag-2',
      answer: { kind: 'error', outcome, reason, usage: null, ran: false },
    })
  })

  test('without an id is still an answer, and nothing else is one', () => {
    expect(wire.line({ modelInput: {}, modelOutput })?.customId).toBeNull()
    for (const value of [null, [], 'text', {}, { recordId: 'tag-1' }]) expect(wire.line(value)).toBeNull()
  })

  test('is written alike for what was asked at once', () => {
    const body = { message: 'Malformed input request' }
    expect(wire.line(outputLine('tag-1', { status: 200, body: modelOutput }))?.answer.kind).toBe('text')
    expect(wire.line(outputLine('tag-1', { status: 400, body }))?.answer).toMatchObject({
      outcome: 'failed',
      reason: '400: Malformed input request',
    })
    expect(wire.line(outputLine('tag-1', { unsure: 'no answer came' }))?.answer).toMatchObject({
      outcome: 'unsure',
    })
  })
})

describe('what is said of a request before it is sent', () => {
  const refused = (extra: ChatRequest['extra'], more: Partial<ChatRequest> = {}): readonly string[] =>
    wire
      .inspect({ ...request, temperature: null, ...more, extra }, invokeModel)
      .refused.map(({ words }) => words)

  test('a plain one is taken', () => expect(refused({})).toEqual([]))

  test.each([
    ['tools', { tools: [{ name: 'look_up', input_schema: {} }] }, /takes no tools/],
    ['marks for a cache', { system: [{ cache_control: { type: 'ephemeral' } }] }, /has no prompt cache/],
    ['guardrails', { guardrailConfig: {} }, /takes no guardrails/],
    ['a version', { anthropic_version: 'bedrock-2023-05-31' }, /set by Offpeak/],
  ])('%s are refused', (_what, extra, words) => {
    expect(refused(extra)).toEqual([expect.stringMatching(words)])
  })

  test('what holds for Claude holds for it here, by whatever name', () => {
    expect(refused({ top_p: 0.5 }, { model: 'us.anthropic.claude-haiku-5-5-v1:0' })).toEqual([
      expect.stringMatching(/sampling cannot be chosen/),
    ])
    expect(refused({}, { maxTokens: null })).toEqual([expect.stringMatching(/how long an answer may be/)])
  })
})

describe('names', () => {
  test.each([
    ['anthropic.claude-haiku-5-5-v1:0', 'claude-haiku-5-5'],
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4-5-20251001'],
    ['anthropic.claude-sonnet-4-6', 'claude-sonnet-4-6'],
    ['anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
    ['anthropic.claude-3-haiku-20240307-v1:0:48k', 'claude-3-haiku-20240307'],
    [
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-6-v1',
      'claude-opus-4-6',
    ],
    ['arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3', null],
    ['amazon.nova-lite-v1:0', null],
  ])('%s is %s', (id, name) => expect(claudeOf(id)).toBe(name))

  test('a model of another house is refused with what to write, an opaque profile is taken', () => {
    expect(() => bedrock('amazon.nova-lite-v1:0')).toThrow(/no model of Claude/)
    expect(() => bedrock(' ')).toThrow(/is empty/)
    expect(mayBeClaude('arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3')).toBe(
      true,
    )
    expect(bedrock(model, { model: 'anthropic.claude-haiku-4-5-20251001-v1:0' }).pricedAs).toBe(
      'anthropic.claude-haiku-4-5-20251001-v1:0',
    )
  })

  test.each([
    [{ roleArn: 'batches' }, /no ARN of a role/],
    [{ bucket: 's3://mine/folder' }, /no name of a bucket/],
    [{ timeoutHours: 12 }, /24 to 168/],
  ])('%j is refused', (options, words) => expect(() => bedrock(model, options)).toThrow(words))
})

test('a job carries the nonce in its name, and project, run, file and attempt in that of its input', () => {
  const input = 's3://mine/offpeak/input/offpeak-my-project-k3f9-2-a17-0a1b2c3d4e5f6g7h.jsonl'
  expect(jobNameOf('0a1b2c3d4e5f6g7h')).toMatch(/^[a-zA-Z0-9-]{1,63}$/)
  expect(markOf(jobNameOf('0a1b2c3d4e5f6g7h'), input)).toEqual({
    offpeak_nonce: '0a1b2c3d4e5f6g7h',
    offpeak: 'my-project',
    offpeak_run: 'k3f9',
    offpeak_batch: '2',
    offpeak_attempt: '17',
  })
  expect(markOf('nightly', input)).toEqual({})
  expect(markOf(jobNameOf('abc'), 's3://mine/records.jsonl')).toEqual({ offpeak_nonce: 'abc' })
})
