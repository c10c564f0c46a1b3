import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Emulator } from '../../../src/emulator/index.ts'
import { startFast } from '../emulator-kit.ts'
import {
  type ResultLine,
  chatBody,
  contentOf,
  ended,
  lines,
  linesOf,
  mistral,
  model,
  post,
  refusal,
  submit,
  upload,
} from './mistral-kit.ts'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startFast()
})
afterAll(async () => {
  await emulator.close()
})

/** The result lines of a job of these bodies, in their order. */
async function ran(...bodies: readonly object[]): Promise<readonly ResultLine[]> {
  const client = mistral(emulator)
  const content = bodies
    .map((body, index) => `${JSON.stringify({ custom_id: `line-${index}`, body })}\n`)
    .join('')
  const { id } = await submit(client, content)
  return linesOf(client, await ended(client, id))
}

describe('a create call', () => {
  const good = { endpoint: '/v1/chat/completions', model, requests: [{ custom_id: 'a', body: chatBody(0) }] }
  it.each([
    [422, { ...good, endpoint: undefined }, '"loc":["body","endpoint"],"msg":"Field required"'],
    [422, { ...good, endpoint: '/v1/responses' }, '"type":"enum","loc":["body","endpoint"]'],
    [400, { ...good, endpoint: '/v1/moderations' }, 'does not run /v1/moderations'],
    [422, { ...good, completion_window: '24h' }, '"extra_forbidden","loc":["body","completion_window"]'],
    [422, { ...good, metadata: { a: 1 } }, '"loc":["body","metadata","a"]'],
    [422, { ...good, timeout_hours: 0 }, 'greater than or equal to 1'],
    [422, { ...good, timeout_hours: 200 }, 'less than or equal to 168'],
    [422, { ...good, timeout_hours: 1.5 }, 'valid integer'],
    [422, { ...good, requests: [] }, 'either input_files or requests'],
    [422, { ...good, input_files: ['a'] }, 'either input_files or requests'],
    [422, { ...good, requests: [{ custom_id: 'a' }] }, '"loc":["body","requests",0,"body"]'],
    [422, { ...good, requests: [{ ...good.requests[0], url: '/' }] }, '"loc":["body","requests",0,"url"]'],
    [422, { ...good, requests: Array.from({ length: 10_000 }, () => ({ body: {} })) }, 'at most 9999'],
    [400, { ...good, model: 'mistral-9' }, 'Invalid model: mistral-9'],
    [400, { ...good, model: 'mistral-embed' }, 'Invalid model: mistral-embed'],
    [400, { ...good, agent_id: 'ag' }, 'no agents'],
    [422, '{"endpoint":', 'JSON decode error'],
    [422, '[]', 'valid dictionary'],
  ])('is answered %i for %j', async (status, body, words) => {
    const before = emulator.state().batches.length
    const answer = await post(emulator, 'batch/jobs', body)
    expect(answer.status).toBe(status)
    expect(Object.keys(Object(answer.body))).toEqual(['detail'])
    expect(JSON.stringify(answer.body)).toContain(words)
    expect(emulator.state().batches).toHaveLength(before)
  })

  it('takes several files as one, whether their last lines end or not', async () => {
    const client = mistral(emulator)
    const first = await upload(client, lines(2).trimEnd())
    const second = await upload(client, lines(3))
    const { id } = await client.batch.jobs.create({
      inputFiles: [first, second],
      endpoint: '/v1/chat/completions',
      model,
    })
    expect(await ended(client, id)).toMatchObject({ status: 'SUCCESS', succeededRequests: 5 })
  })

  it('may leave the model to its lines, and beats them where it does not', async () => {
    const client = mistral(emulator)
    const named = await submit(client, lines(1, { model: 'ministral-8b-latest' }), { model: null })
    const job = await ended(client, named.id)
    expect(job.model).toBeNull()
    expect((await linesOf(client, job))[0]?.response.body['model']).toBe('ministral-8b-latest')
    const beaten = await submit(client, lines(1, { model: 'ministral-8b-latest' }))
    expect((await linesOf(client, await ended(client, beaten.id)))[0]?.response.body['model']).toBe(model)
    const none = await submit(client, lines(1), { model: null })
    expect((await linesOf(client, await ended(client, none.id)))[0]?.response).toMatchObject({
      status_code: 422,
      body: { message: { detail: [{ type: 'missing', loc: ['body', 'model'] }] } },
    })
  })

  it('fails late where the files hold no requests', async () => {
    const client = mistral(emulator)
    for (const [content, words] of [
      ['\n', 'hold no request'],
      [`${lines(1)}no json\n`, 'Line 2'],
    ] as const) {
      const { id } = await submit(client, content)
      expect(await ended(client, id)).toMatchObject({
        status: 'FAILED',
        outputFile: null,
        errors: [{ message: expect.stringContaining(words), count: 1 }],
      })
    }
  })
})

describe('an upload', () => {
  it.each([
    [{ purpose: 'assistants' }, 422],
    [{ purpose: 'fine-tune' }, 422],
    [{ purpose: 'batch' }, 200],
  ])('with %j is answered %i', async (fields, status) => {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    form.append('file', new Blob([lines(1)]), 'in.jsonl')
    const answer = await fetch(`${emulator.baseUrls['mistral']}/v1/files`, {
      method: 'POST',
      headers: { authorization: 'Bearer k' },
      body: form,
    })
    expect(answer.status).toBe(status)
  })

  it('needs a key', async () => {
    const answer = await fetch(`${emulator.baseUrls['mistral']}/v1/files`)
    expect(answer.status).toBe(401)
    expect(await answer.json()).toEqual({ detail: 'Unauthorized' })
  })
})

describe('what is asked', () => {
  const wrong: readonly (readonly [body: object, status: number, words: string])[] = [
    [{}, 422, 'Field required'],
    [{ messages: [] }, 422, 'at least 1 item'],
    [{ messages: [{ role: 'developer', content: 'x' }] }, 422, "role of 'system'"],
    [{ messages: [{ role: 'user', content: 'x', name: 'y' }] }, 422, '"messages",0,"user","name"'],
    [chatBody(0, { temperature: 1.6 }), 422, 'less than or equal to 1.5'],
    [chatBody(0, { seed: 5 }), 422, '"extra_forbidden","loc":["body","seed"]'],
    [chatBody(0, { response_format: { type: 'json_schema' } }), 422, '"json_schema","schema"'],
    [chatBody(0, { stream: true }), 400, 'does not stream'],
    [{ messages: [{ role: 'assistant', content: 'x' }] }, 400, 'Expected last role User or Tool'],
    [{ messages: [{ role: 'user', content: 'word '.repeat(300_000) }] }, 400, 'too large for model'],
  ]

  it('is refused line by line in the error file, grouped on the job, and the rest is answered', async () => {
    const results = await ran(...wrong.map(([body]) => body), chatBody(1), {})
    for (const [index, [, status, words]] of wrong.entries()) {
      expect(results[index]?.response.status_code, words).toBe(status)
      expect(JSON.stringify(results[index]?.response.body)).toContain(words)
    }
    expect(results[wrong.length]?.response.status_code).toBe(200)
    const job = (await mistral(emulator).batch.jobs.list()).data?.[0]
    expect(job).toMatchObject({ status: 'SUCCESS', succeededRequests: 1, failedRequests: wrong.length + 1 })
    const counts = job?.errors.map(({ count }) => count) ?? []
    expect(Math.max(...counts)).toBe(2)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(wrong.length + 1)
  })

  it('gets JSON of its schema, or the arguments of the function it insists on', async () => {
    const schema = {
      type: 'object',
      properties: { title: { type: 'string' }, score: { type: 'integer', minimum: 1, maximum: 5 } },
      required: ['title', 'score'],
      additionalProperties: false,
    }
    const [json, called, free] = await ran(
      chatBody(0, {
        response_format: { type: 'json_schema', json_schema: { name: 'note', schema, strict: true } },
      }),
      chatBody(1, {
        tools: [{ type: 'function', function: { name: 'file_it', parameters: schema } }],
        tool_choice: 'any',
      }),
      chatBody(2, { response_format: { type: 'json_object' } }),
    )
    expect(Object.keys(JSON.parse(contentOf(json)))).toEqual(['title', 'score'])
    expect(called?.response.body.choices?.[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        tool_calls: [{ function: { name: 'file_it', arguments: expect.stringContaining('title') } }],
      },
    })
    expect(JSON.parse(contentOf(free))).toEqual({ answer: expect.any(String) })
  })

  it('is reasoned about in chunks, inside of the completion', async () => {
    const client = mistral(emulator)
    const { id } = await submit(client, lines(1, { max_tokens: 80 }), { model: 'magistral-medium-latest' })
    const [line] = await linesOf(client, await ended(client, id))
    expect(line?.response.body.choices?.[0]?.message.content).toMatchObject([
      { type: 'thinking' },
      { type: 'text' },
    ])
    expect(line?.response.body['usage']).toMatchObject({ completion_tokens: expect.any(Number) })
  })

  it('meets the outcomes of its markers', async () => {
    const marked = (marker: string): object => ({
      messages: [{ role: 'user', content: `[[${marker}]] Tell me of the sea and of its many waves.` }],
    })
    const [refused, cut, filtered, guarded, limited, broken] = await ran(
      marked('refusal'),
      marked('length'),
      marked('finish_content_filter'),
      marked('content_filter'),
      marked('rate_limited'),
      marked('server_error'),
    )
    expect(refused?.response.body.choices?.[0]?.finish_reason).toBe('stop')
    expect(contentOf(refused)).toContain("can't assist")
    expect(cut?.response.body.choices?.[0]?.finish_reason).toBe('length')
    expect(filtered?.response.body.choices?.[0]?.finish_reason).toBe('error')
    expect(guarded?.response.status_code).toBe(403)
    expect(limited?.response).toMatchObject({
      status_code: 429,
      body: { type: 'rate_limited', code: '1300' },
    })
    expect(broken?.response.status_code).toBe(500)
  })

  it('embeds and reads within the limits of the service', async () => {
    const embed = async (body: object): Promise<number> =>
      (await post(emulator, 'embeddings', { model: 'mistral-embed', ...body })).status
    expect(await embed({ input: 'x' })).toBe(200)
    expect(await embed({ input: 'x', output_dimension: 2000 })).toBe(422)
    expect(await embed({ inputs: 'x' })).toBe(422)
    expect(await embed({ input: 'word '.repeat(20_000) })).toBe(400)
    const read = async (body: object): ReturnType<typeof post> =>
      post(emulator, 'ocr', { model: 'mistral-ocr-latest', ...body })
    expect((await read({})).status).toBe(422)
    const url = { type: 'image_url', image_url: 'https://example.org/a.png' }
    expect((await read({ document: url })).body).toMatchObject({ usage_info: { pages_processed: 1 } })
    expect((await read({ document: url, pages: 'all' })).status).toBe(422)
    expect((await read({ document: { type: 'file', file_id: 'nope' } })).status).toBe(404)
    const schema = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] }
    const annotated = await read({
      document: url,
      document_annotation_format: { type: 'json_schema', json_schema: { name: 'a', schema } },
    })
    const text: unknown = Reflect.get(Object(annotated.body), 'document_annotation')
    expect(JSON.parse(String(text))).toEqual({ title: expect.any(String) })
  })
})

describe('the bill', () => {
  it('is half of what the same costs at once', async () => {
    await using own = await startFast()
    const client = mistral(own)
    const body = chatBody(0, { max_tokens: 300 })
    const { id } = await submit(client, `${JSON.stringify({ custom_id: 'a', body })}\n`.repeat(1))
    const [line] = await linesOf(client, await ended(client, id))
    const usage = Object(line?.response.body['usage'])
    const full = Number(usage.prompt_tokens) * 0.15 + Number(usage.completion_tokens) * 0.6
    expect(own.bill().cost_micro_usd).toBe(Math.round(full / 2))
  })
})

describe('an unknown path', () => {
  it('is answered in the words of the service', async () => {
    expect(await post(emulator, 'fine_tuning/jobs', {})).toEqual({
      status: 404,
      body: { detail: 'Not Found' },
    })
    expect((await post(emulator, 'models', {})).status).toBe(405)
    expect((await refusal(mistral(emulator).models.retrieve({ modelId: 'x' }))).status).toBe(404)
  })
})
