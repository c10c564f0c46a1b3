import { Type } from '@google/genai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Emulator } from '../../../src/emulator/index.ts'
import { pdfOf } from '../../support/pdf.ts'
import { startFast } from '../emulator-kit.ts'
import {
  type ResponseLine,
  ended,
  gemini,
  inlined,
  lines,
  model,
  post,
  raw,
  refusal,
  responsesOf,
  saidBy,
  textAbout,
  upload,
} from './gemini-kit.ts'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startFast()
})
afterAll(async () => {
  await emulator.close()
})

const createPath = `v1beta/models/${model}:batchGenerateContent`
const contents = [{ role: 'user', parts: [{ text: textAbout(0) }] }]

/** The responses to lines of a file, whatever the SDK would make of them. */
async function ran(...requests: readonly object[]): Promise<readonly ResponseLine[]> {
  const client = gemini(emulator)
  const content = requests
    .map((request, index) => JSON.stringify({ key: `line-${index}`, request }))
    .join('\n')
  const file = await upload(client, content)
  const { name } = await client.batches.create({ model, src: { fileName: file.name ?? '' } })
  return responsesOf(client, await ended(client, name))
}

describe('a create call', () => {
  const requests = { requests: [{ request: { contents }, metadata: { key: 'a' } }] }
  it.each([
    [{}, 'input_config is required'],
    [{ batch: {} }, 'input_config is required'],
    [{ batch: { inputConfig: {} } }, 'requests must not be empty'],
    [{ batch: { inputConfig: { requests, fileName: 'files/a' } } }, 'Only one of file_name and requests'],
    [{ batch: { inputConfig: { requests } }, more: 1 }, 'Unknown name "more": Cannot find field.'],
    [{ batch: { custom: 1, inputConfig: { requests } } }, `Unknown name "custom" at 'batch'`],
    [
      {
        batch: {
          input_config: { requests: { requests: [{ custom_id: 'a', request: { contents } }] } },
        },
      },
      `Unknown name "custom_id" at 'batch.input_config.requests.requests[0]'`,
    ],
    [
      {
        batch: {
          inputConfig: {
            requests: { requests: [{ request: { contents, generationConfig: { max_tokens: 5 } } }] },
          },
        },
      },
      `Unknown name "max_tokens" at 'batch.input_config.requests.requests[0].request.generation_config'`,
    ],
    [{ batch: { inputConfig: 'all' } }, `Invalid value at 'batch.input_config'`],
    ['{"batch":', 'Invalid JSON payload received'],
  ])('is refused as a whole for %j', async (body, words) => {
    const before = emulator.state().batches.length
    const { status, body: answer } = await post(emulator, createPath, body)
    expect(status).toBe(400)
    expect(answer).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } })
    expect(JSON.stringify(answer)).toContain(JSON.stringify(words).slice(1, -1))
    expect(emulator.state().batches).toHaveLength(before)
  })

  it('names the field that is wrong in its details', async () => {
    const { body } = await post(emulator, createPath, { batch: { custom: 1 } })
    expect(body).toMatchObject({
      error: {
        details: [
          { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'batch' }] },
        ],
      },
    })
  })

  it('reads names in snake case, and one thing as a list of one', async () => {
    const { status, body } = await post(emulator, createPath, {
      batch: {
        display_name: 'snake',
        input_config: {
          requests: {
            requests: {
              request: {
                contents: { parts: { text: textAbout(4) } },
                generation_config: { thinking_config: { thinking_budget: 0 } },
              },
            },
          },
        },
      },
    })
    expect(status).toBe(200)
    const name = String(Reflect.get(Object(body), 'name'))
    const job = await ended(gemini(emulator), name)
    expect(job.displayName).toBe('snake')
    expect(saidBy(job.dest?.inlinedResponses?.[0]?.response)).toContain('record 4')
    expect(job.dest?.inlinedResponses?.[0]?.response?.usageMetadata?.thoughtsTokenCount).toBeUndefined()
  })

  it('takes less than 20 MB of requests in it', async () => {
    const { status, body } = await post(emulator, createPath, {
      batch: {
        inputConfig: {
          requests: {
            requests: [{ request: { contents: [{ parts: [{ text: 'x'.repeat(21_000_000) }] }] } }],
          },
        },
      },
    })
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain('payload size exceeds the limit: 20971520 bytes')
  })

  it('needs a file that is there, and a model that does this', async () => {
    const client = gemini(emulator)
    const missing = await refusal(client.batches.create({ model, src: { fileName: 'files/nope' } }))
    expect(missing.status).toBe(403)
    const embedding = await refusal(client.batches.create({ model: 'gemini-embedding-001', src: inlined(1) }))
    expect(embedding.status).toBe(404)
    expect(embedding.message).toContain('not supported for batchGenerateContent')
  })

  it('fails late where the file holds no requests', async () => {
    const client = gemini(emulator)
    for (const content of ['\n', `${lines(1)}no json\n`, '{"key":"a","custom":1}\n']) {
      const file = await upload(client, content)
      const { name } = await client.batches.create({ model, src: { fileName: file.name ?? '' } })
      expect((await ended(client, name)).state).toBe('JOB_STATE_FAILED')
      expect((await raw(emulator, `v1beta/${name}`)).body).toMatchObject({ done: true, error: { code: 3 } })
    }
  })
})

describe('an upload', () => {
  const start = async (headers: Record<string, string> = {}, body: object = {}): ReturnType<typeof raw> =>
    raw(emulator, 'upload/v1beta/files', {
      method: 'POST',
      headers: {
        'x-goog-upload-protocol': 'resumable',
        'x-goog-upload-command': 'start',
        'x-goog-upload-header-content-length': '4',
        'x-goog-upload-header-content-type': 'application/jsonl',
        ...headers,
      },
      body: JSON.stringify(body),
    })
  const send = async (url: string, command: string, offset: number, bytes: string): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { 'x-goog-upload-command': command, 'x-goog-upload-offset': String(offset) },
      body: bytes,
    })

  it('needs no key for its bytes, keeps their place, and ends as long as it was announced', async () => {
    const { headers } = await start({}, { file: { display_name: 'four' } })
    const url = headers.get('x-goog-upload-url') ?? ''
    expect(url).toContain('/gemini/upload/v1beta/files')
    expect((await send(url, 'upload, finalize', 7, 'abcd')).status).toBe(400)
    expect((await send(url, 'upload', 0, 'ab')).status).toBe(400)
    const query = await send(url, 'query', 0, '')
    expect(query.headers.get('x-goog-upload-size-received')).toBe('0')
    const done = await send(url, 'upload, finalize', 0, 'abcd')
    expect(done.headers.get('x-goog-upload-status')).toBe('final')
    expect(await done.json()).toMatchObject({
      file: { displayName: 'four', sizeBytes: '4', state: 'ACTIVE' },
    })
    expect((await send(url, 'upload, finalize', 4, '')).status).toBe(404)
    const short = (await start()).headers.get('x-goog-upload-url') ?? ''
    expect((await send(short, 'upload, finalize', 0, 'abc')).status).toBe(400)
  })

  it('is refused above 2 GB, without a key, under a wrong or taken name, and by another protocol', async () => {
    expect((await start({ 'x-goog-upload-header-content-length': '2147483649' })).status).toBe(400)
    expect((await start({ 'x-goog-api-key': '' })).status).toBe(403)
    expect((await start({ 'x-goog-upload-protocol': 'multipart' })).status).toBe(400)
    expect((await start({}, { file: { name: 'files/No Good' } })).status).toBe(400)
    expect((await start({}, { purpose: 'batch' })).status).toBe(400)
    const first = (await start({}, { file: { name: 'files/mine' } })).headers.get('x-goog-upload-url') ?? ''
    expect((await send(first, 'upload, finalize', 0, 'abcd')).status).toBe(200)
    expect((await start({}, { file: { name: 'files/mine' } })).body).toMatchObject({
      error: { code: 409, status: 'ALREADY_EXISTS' },
    })
    expect((await raw(emulator, 'v1beta/files/mine:download?alt=media')).status).toBe(400)
  })
})

describe('what is asked', () => {
  const config = (generationConfig: object): object => ({ contents, generationConfig })
  const wrong: readonly (readonly [request: object, words: string])[] = [
    [{ contents: [] }, 'contents is not specified'],
    [{ contents: [{ role: 'system', parts: [{ text: 'x' }] }] }, 'valid role: user, model'],
    [config({ maxOutputTokens: 0 }), 'supported range is from 1'],
    [config({ temperature: 2.5 }), 'temperature must be in the range'],
    [config({ responseSchema: { type: 'OBJECT' } }), 'response_mime_type'],
    [
      config({
        responseMimeType: 'application/json',
        responseSchema: { type: 'OBJECT', additionalProperties: false },
      }),
      'Unknown name "additionalProperties" at',
    ],
    [config({ thinkingConfig: { thinkingLevel: 'LOW' } }), 'Thinking level is not supported'],
    [{ contents, model: 'models/gemini-2.5-pro' }, 'must be models/gemini-2.5-flash'],
    [{ contents, messages: [] }, 'Unknown name "messages"'],
    [
      { contents: [{ parts: [{ text: 'word '.repeat(1_200_000) }] }] },
      'exceeds the maximum number of tokens',
    ],
  ]

  it('is refused line by line, and the rest is answered', async () => {
    const responses = await ran(...wrong.map(([request]) => request), { contents })
    for (const [index, [, words]] of wrong.entries()) {
      expect(responses[index], words).toMatchObject({ key: `line-${index}`, error: { code: 3 } })
      expect(responses[index]?.error?.message).toContain(words)
    }
    expect(responses.at(-1)).toMatchObject({ response: { modelVersion: model } })
  })

  it('gets JSON of a schema of either kind, or the arguments of the function it insists on', async () => {
    const parameters = {
      type: Type.OBJECT,
      properties: {
        title: { type: 'STRING', nullable: true },
        score: { type: 'INTEGER', minimum: 1, maximum: 5 },
      },
      required: ['title', 'score'],
    }
    const jsonSchema = {
      type: 'object',
      properties: { tags: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 2 } },
      required: ['tags'],
      additionalProperties: false,
    }
    const [own, json, called] = await ran(
      config({ responseMimeType: 'application/json', responseSchema: parameters }),
      config({ responseMimeType: 'application/json', responseJsonSchema: jsonSchema }),
      {
        contents,
        tools: [{ functionDeclarations: [{ name: 'file_it', parameters }] }],
        toolConfig: { functionCallingConfig: { mode: 'ANY' } },
      },
    )
    expect(Object.keys(JSON.parse(saidBy(own?.response)))).toEqual(['title', 'score'])
    expect(JSON.parse(saidBy(json?.response))).toEqual({ tags: [expect.any(String), expect.any(String)] })
    expect(called?.response?.candidates?.[0]?.content?.parts).toMatchObject([
      { functionCall: { name: 'file_it', args: { score: expect.any(Number) } } },
    ])
  })

  it('is thought about outside of the candidates, inside of the limit', async () => {
    const [plain, tight, none, shown] = await ran(
      { contents },
      config({ maxOutputTokens: 40 }),
      config({ thinkingConfig: { thinkingBudget: 0 } }),
      config({ thinkingConfig: { includeThoughts: true } }),
    )
    const usage = plain?.response?.usageMetadata
    expect(usage?.thoughtsTokenCount).toBe(48)
    expect(usage?.totalTokenCount).toBe(
      (usage?.promptTokenCount ?? 0) + (usage?.candidatesTokenCount ?? 0) + 48,
    )
    expect(tight?.response?.usageMetadata?.thoughtsTokenCount).toBe(10)
    expect(tight?.response?.usageMetadata?.candidatesTokenCount).toBeLessThanOrEqual(30)
    expect(none?.response?.usageMetadata?.thoughtsTokenCount).toBeUndefined()
    expect(shown?.response?.candidates?.[0]?.content?.parts?.map(({ thought }) => thought)).toEqual([
      true,
      undefined,
    ])
  })

  it('meets the outcomes of its markers', async () => {
    const marked = (marker: string): object => ({
      contents: [{ parts: [{ text: `[[${marker}]] Tell me of the sea and of its many waves.` }] }],
    })
    const [refused, blocked, cut, filtered, split, limited] = await ran(
      marked('refusal'),
      marked('content_filter'),
      marked('length'),
      marked('finish_content_filter'),
      marked('split'),
      marked('rate_limited'),
    )
    expect(refused?.response?.candidates).toEqual([{ finishReason: 'SAFETY', index: 0 }])
    expect(blocked?.response).not.toHaveProperty('candidates')
    expect(blocked?.response?.promptFeedback).toEqual({ blockReason: 'PROHIBITED_CONTENT' })
    expect(cut?.response?.candidates?.[0]?.finishReason).toBe('MAX_TOKENS')
    expect(filtered?.response?.candidates?.[0]?.finishReason).toBe('SAFETY')
    expect(split?.response?.candidates?.[0]?.content?.parts).toHaveLength(2)
    expect(limited?.error?.code).toBe(8)
  })

  it('reads the text of a PDF', async () => {
    const data = Buffer.from(pdfOf(['The harbour was closed at dawn because of the storm.'])).toString(
      'base64',
    )
    const [answer] = await ran({
      contents: [{ parts: [{ inlineData: { mimeType: 'application/pdf', data } }, { text: 'Sum up.' }] }],
    })
    expect(saidBy(answer?.response)).toContain('harbour')
    expect(answer?.response?.usageMetadata?.promptTokenCount).toBeGreaterThan(258)
  })
})

describe('the bill', () => {
  it('is half, with thoughts as output, and dearer above 200,000 tokens', async () => {
    await using own = await startFast()
    const client = gemini(own)
    const pro = 'gemini-2.5-pro'
    const { name } = await client.batches.create({
      model: pro,
      src: [
        { contents: textAbout(1), config: { maxOutputTokens: 400 } },
        { contents: 'word '.repeat(250_000), config: { maxOutputTokens: 400 } },
      ],
    })
    const answers = (await ended(client, name)).dest?.inlinedResponses ?? []
    const [short, long] = answers.map(({ response }) => response?.usageMetadata)
    expect(long?.promptTokenCount).toBeGreaterThan(200_000)
    const output = (usage: typeof short): number =>
      (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0)
    const dollars =
      (short?.promptTokenCount ?? 0) * 1.25 +
      output(short) * 10 +
      (long?.promptTokenCount ?? 0) * 2.5 +
      output(long) * 15
    expect(own.bill().cost_micro_usd).toBe(Math.round(dollars / 2))
  })
})
