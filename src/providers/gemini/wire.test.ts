import type { GenerateContentParameters } from '@google/genai'
import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../domain/request.ts'
import { geminiWire as wire } from './wire.ts'

const request: ChatRequest = {
  model: 'gemini-2.5-flash',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Q1' },
    { role: 'assistant', content: 'A1' },
    {
      role: 'user',
      content: [
        { kind: 'text', text: 'Read this.' },
        {
          kind: 'file',
          path: 'a.pdf',
          filename: 'a.pdf',
          mediaType: 'application/pdf',
          pages: null,
          pageCount: 1,
          detail: null,
          maxTokens: null,
          data: 'QUJD',
        },
      ],
    },
  ],
  maxTokens: 100,
  temperature: 0,
  schema: { name: 'answer', schema: { type: 'object' } },
  extra: { generationConfig: { seed: 1, maxOutputTokens: 5 }, contents: 'none of ours' },
}

describe('a request', () => {
  const body = wire.body(request, 'generateContent')

  test('has its limits in the config, its system text apart, its files inside, and the conversation last', () => {
    const contents = [
      { role: 'user', parts: [{ text: 'Q1' }] },
      { role: 'model', parts: [{ text: 'A1' }] },
      {
        role: 'user',
        parts: [{ text: 'Read this.' }, { inlineData: { mimeType: 'application/pdf', data: 'QUJD' } }],
      },
    ] satisfies GenerateContentParameters['contents']
    expect(body).toEqual({
      generationConfig: {
        seed: 1,
        maxOutputTokens: 100,
        temperature: 0,
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object' },
      },
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents,
    })
    expect(Object.keys(body).at(-1)).toBe('contents')
  })

  test('is read back with what costs tokens', () => {
    expect(wire.readBody(body, 'm')).toMatchObject({
      model: 'm',
      messages: [
        { role: 'system', content: [{ text: 'Be brief.' }] },
        { role: 'user', content: [{ text: 'Q1' }] },
        { role: 'assistant', content: [{ text: 'A1' }] },
        { role: 'user', content: [{ text: 'Read this.' }] },
      ],
      schema: { schema: { type: 'object' } },
    })
    for (const odd of [null, 1, 'x', { contents: 7 }, { content: {} }])
      expect(() => wire.readBody(odd, 'm')).not.toThrow()
  })

  test('goes on with further messages behind its own; one for a vector does not', () => {
    const more = wire.withMessages(Buffer.from(JSON.stringify(body)), [{ role: 'assistant', content: 'A2' }])
    expect(JSON.parse(Buffer.from(more ?? []).toString()).contents.at(-1)).toEqual({
      role: 'model',
      parts: [{ text: 'A2' }],
    })
    const vector = wire.body(
      { model: 'm', input: 'a', dimensions: 8, extra: { taskType: 'CLUSTERING' } },
      'embedContent',
    )
    expect(vector).toEqual({
      taskType: 'CLUSTERING',
      outputDimensionality: 8,
      content: { parts: [{ text: 'a' }] },
    })
    expect(
      wire.withMessages(Buffer.from(JSON.stringify(vector)), [{ role: 'user', content: 'x' }]),
    ).toBeNull()
    expect(() => wire.body(request, 'embedContent')).toThrow(
      expect.objectContaining({ code: 'E_JOB_INVALID' }),
    )
  })

  test('for a vector is held to the longest one, and to what Gemini makes vectors for', () => {
    const refused = (dimensions: number | null, extra: ChatRequest['extra'] = {}): readonly string[] =>
      wire
        .inspect({ model: 'gemini-embedding-2', input: 'a', dimensions, extra }, 'embedContent')
        .refused.map(({ words }) => words)
    expect(refused(3_072, { taskType: 'RETRIEVAL_DOCUMENT' })).toEqual([])
    expect(refused(4_096)).toEqual([expect.stringContaining('3072 at most')])
    expect(refused(null, { task_type: 'SEARCH' })).toEqual([expect.stringContaining('"SEARCH"')])
  })

  test('is refused in the plan where each would fail, or buys what nothing counts', () => {
    const refused = (extra: ChatRequest['extra'], model = request.model): string =>
      wire
        .inspect({ ...request, maxTokens: null, model, extra }, 'generateContent')
        .refused.map(({ words }) => words)
        .join()
    expect(refused({})).toBe('')
    expect(refused({ generationConfig: { candidateCount: 2 } })).toContain('candidateCount')
    expect(refused({ tools: [{ googleSearch: {} }] })).toContain('googleSearch')
    expect(refused({ cachedContent: 'cachedContents/a' })).toContain('cachedContent')
    expect(
      refused({ generationConfig: { thinkingConfig: { thinkingBudget: 0 } } }, 'gemini-2.5-pro'),
    ).toContain('cannot be kept')
    expect(refused({ generationConfig: { thinkingConfig: { thinkingLevel: 'LOW' } } })).toContain(
      'thinkingLevel',
    )
    const { doubtful } = wire.inspect({ ...request, extra: { seed: 1 } }, 'generateContent')
    expect(doubtful.map(({ words }) => words)).toEqual([
      expect.stringContaining('`seed` is no field'),
      expect.stringContaining('thinks counts against'),
    ])
  })
})

/** The answer of a line with this response. */
function answerTo(response: object): unknown {
  return wire.line({ key: 'k-1', response })?.answer
}

function candidate(finishReason: string, text?: string): object {
  const parts = text === undefined ? {} : { parts: [{ text: 'hm', thought: true }, { text }] }
  return { candidates: [{ content: { role: 'model', ...parts }, finishReason }], modelVersion: 'm' }
}

describe('a line of results', () => {
  test('says if it was served in the tier that costs more', () => {
    const usageMetadata = { promptTokenCount: 9, candidatesTokenCount: 1, serviceTier: 'priority' }
    expect(answerTo({ ...candidate('STOP', 'hi'), usageMetadata })).toMatchObject({
      usage: { isOtherTier: true },
    })
  })

  test('counts thoughts as output, what a tool read as input, and what a cache gave inside of it', () => {
    const usageMetadata = {
      promptTokenCount: 100,
      cachedContentTokenCount: 90,
      toolUsePromptTokenCount: 5,
      candidatesTokenCount: 7,
      thoughtsTokenCount: 20,
      totalTokenCount: 132,
      serviceTier: 'standard',
    }
    expect(answerTo({ ...candidate('STOP', 'hi'), usageMetadata })).toEqual({
      kind: 'text',
      text: 'hi',
      cut: false,
      model: 'm',
      reasoningTokens: null,
      usage: { inputTokens: 105, cachedTokens: 90, outputTokens: 27 },
    })
  })

  test.each([
    'SAFETY',
    'RECITATION',
    'BLOCKLIST',
    'PROHIBITED_CONTENT',
    'SPII',
    'LANGUAGE',
    'IMAGE_SAFETY',
    'NEWER',
  ])('that ended for %s is a refusal', (finish) => {
    expect(answerTo(candidate(finish))).toMatchObject({ kind: 'refusal', reason: finish })
  })

  test('is a cut answer, a blocked prompt, a call of a tool, or nothing at all', () => {
    expect(
      answerTo({ ...candidate('MAX_TOKENS'), usageMetadata: { promptTokenCount: 1, thoughtsTokenCount: 9 } }),
    ).toMatchObject({
      kind: 'text',
      cut: true,
      reasoningTokens: 9,
    })
    expect(answerTo({ promptFeedback: { blockReason: 'JAILBREAK' } })).toMatchObject({
      kind: 'refusal',
      reason: 'prompt blocked: JAILBREAK',
    })
    expect(answerTo(candidate('MALFORMED_FUNCTION_CALL'))).toMatchObject({ kind: 'refusal' })
    expect(answerTo({})).toMatchObject({ kind: 'error', outcome: 'invalid', ran: true })
  })

  test.each([
    [{ code: 1, message: 'x' }, 'cancelled'],
    [{ code: 3, message: 'x' }, 'failed'],
    [{ code: 8, message: 'x' }, 'transient'],
    [{ code: 13 }, 'transient'],
    [{ code: 500, message: 'x', status: 'INTERNAL' }, 'transient'],
    [{ code: 400, message: 'x', status: 'INVALID_ARGUMENT' }, 'failed'],
    [{ code: 429 }, 'transient'],
  ])('with the error %o is %s, and not billed', (error, outcome) => {
    expect(wire.line({ key: 'k-1', error })).toMatchObject({
      customId: 'k-1',
      answer: { kind: 'error', outcome, ran: false, usage: null },
    })
  })

  test('belongs to its key alone; without one it is nobody’s, and what is no line is none', () => {
    expect(wire.line({ response: candidate('STOP', 'hi') })).toMatchObject({ customId: null })
    for (const odd of [null, 1, {}, { metadata: { key: 'k' } }]) expect(wire.line(odd)).toBeNull()
  })

  test('holds a vector, whose tokens stand beside it as a text', () => {
    expect(answerTo({ embedding: { values: [0.5, 1] }, tokenCount: '12' })).toEqual({
      kind: 'vector',
      vector: [0.5, 1],
      model: null,
      usage: { inputTokens: 12, cachedTokens: 0, outputTokens: 0 },
    })
    expect(answerTo({ embedding: { values: ['a'] } })).toMatchObject({ kind: 'error', outcome: 'invalid' })
  })
})
