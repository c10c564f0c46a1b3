import OpenAI, { APIError } from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Emulator } from '../../src/emulator/index.ts'
import {
  azureV1,
  chatLine,
  chatLines,
  create,
  openai,
  processed,
  refusal,
  startFast,
  submit,
  upload,
  waitFor,
} from './emulator-kit.ts'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startFast()
})
afterAll(async () => {
  await emulator.close()
})
afterEach(() => {
  emulator.clearFaults()
})

describe('validation that comes later, as a failed batch', () => {
  const good = chatLine(0)
  const without = (key: string): string => JSON.stringify({ ...JSON.parse(chatLine(1)), [key]: undefined })
  const cases: readonly (readonly [name: string, content: string, error: object])[] = [
    [
      'a line that is not JSON',
      `${good}\n{"custom_id": oops\n`,
      { code: 'invalid_json_line', line: 2, param: null },
    ],
    ['a JSON line that is no object', `${good}\n[1]\n`, { code: 'invalid_json_line', line: 2 }],
    ['a byte-order mark', `\uFEFF${good}\n`, { code: 'invalid_json_line', line: 1 }],
    [
      'a missing custom_id',
      `${good}\n${without('custom_id')}`,
      {
        code: 'missing_required_parameter',
        param: 'custom_id',
        line: 2,
        message: "Missing required parameter: 'custom_id'.",
      },
    ],
    ['a missing method', without('method'), { code: 'missing_required_parameter', param: 'method', line: 1 }],
    ['a missing url', without('url'), { code: 'missing_required_parameter', param: 'url', line: 1 }],
    ['a missing body', without('body'), { code: 'missing_required_parameter', param: 'body', line: 1 }],
    [
      'a repeated custom_id',
      `${good}\n${good}\n`,
      { code: 'duplicate_custom_id', param: 'custom_id', line: 2 },
    ],
    [
      'two models',
      `${good}\n${chatLine(1, { model: 'gpt-4o' })}\n`,
      { code: 'mismatched_model', param: 'body.model', line: 2 },
    ],
    [
      'an unknown model',
      chatLine(0, { model: 'gpt-9' }),
      {
        code: 'model_not_found',
        param: 'body.model',
        line: 1,
        message: "The provided model 'gpt-9' is not supported by the Batch API.",
      },
    ],
    ['another url', chatLine(0, { url: '/v1/embeddings' }), { code: 'invalid_url', param: 'url', line: 1 }],
    [
      'no model',
      chatLine(0, { body: { model: undefined } }),
      { code: 'invalid_request', param: 'body.model', message: 'Model parameter is required.' },
    ],
    [
      'no messages',
      chatLine(0, { body: { messages: undefined } }),
      { code: 'invalid_request', param: 'body.messages', message: 'Messages parameter is required.' },
    ],
    [
      'streaming',
      chatLine(0, { body: { stream: true } }),
      { code: 'streaming_unsupported', param: 'body.stream' },
    ],
  ]

  it.each(cases)('reports %s', async (_name, content, error) => {
    const client = openai(emulator)
    const batch = await submit(client, content)
    const failed = await waitFor(client, batch.id)
    expect(failed.status).toBe('failed')
    expect(failed.errors?.data?.[0]).toMatchObject(error)
    expect(failed.failed_at).not.toBeNull()
    expect(failed.output_file_id).toBeNull()
  })

  it('refuses a file of more than 50,000 lines', async () => {
    const client = openai(emulator)
    const line = (index: number): string =>
      `{"custom_id":"${index}","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[]}}\n`
    const batch = await submit(
      client,
      Array.from({ length: 50_001 }, (_value, index) => line(index)).join(''),
    )
    const failed = await waitFor(client, batch.id)
    expect(failed.errors?.data?.[0]).toMatchObject({ code: 'too_many_tasks', line: null })
  })

  it('uses the names of Azure on Azure paths', async () => {
    const client = azureV1(emulator)
    const content = `${chatLine(0, { url: '/chat/completions' })}\n${chatLine(1, { url: '/embeddings' })}\n${chatLine(2, { model: 'other-gpt-4o' })}\n`
    const file = await upload(client, content)
    await processed(client, file.id)
    const failed = await waitFor(client, (await create(client, file.id)).id)
    expect(failed.errors?.data?.map((error) => error.code)).toEqual(['url_mismatch', 'model_mismatch'])
    expect(failed.id).toMatch(/^batch_[0-9a-f]{8}-[0-9a-f]{4}-/)
    expect(file.id).toMatch(/^file-[0-9a-f]{32}$/)
  })
})

describe('refusals at once', () => {
  it('refuses wrong create parameters with their names', async () => {
    const client = openai(emulator)
    const file = await upload(client, chatLines(1))
    const wrong = async (params: object): Promise<APIError> =>
      refusal(
        client.batches.create({
          input_file_id: file.id,
          endpoint: '/v1/chat/completions',
          completion_window: '24h',
          ...params,
        }),
      )
    expect(await wrong({ endpoint: '/v1/nothing' })).toMatchObject({
      status: 400,
      code: 'invalid_value',
      param: 'endpoint',
    })
    expect(await wrong({ completion_window: '1h' })).toMatchObject({
      status: 400,
      code: 'invalid_value',
      param: 'completion_window',
    })
    expect(await wrong({ input_file_id: undefined })).toMatchObject({
      status: 400,
      code: 'missing_required_parameter',
      param: 'input_file_id',
    })
    const metadata = await wrong({ metadata: { tags: ['a'] } })
    expect(metadata).toMatchObject({ status: 400, code: 'invalid_type', param: 'metadata.tags' })
    expect(metadata.message).toContain('expected a string, but got an array instead.')
    const many = Object.fromEntries(Array.from({ length: 17 }, (_value, index) => [`k${index}`, 'v']))
    expect(await wrong({ metadata: many })).toMatchObject({ status: 400, param: 'metadata' })
    expect(await wrong({ metadata: { k: 'v'.repeat(513) } })).toMatchObject({
      status: 400,
      param: 'metadata.k',
    })
  })

  it('refuses files that are no .jsonl, empty, or no JSON in their first line', async () => {
    const client = openai(emulator)
    const text = 'Invalid file format for Batch API. Must be .jsonl'
    expect((await refusal(upload(client, chatLines(1), 'input.json'))).message).toContain(text)
    expect((await refusal(upload(client, '', 'input.jsonl'))).message).toContain(text)
    expect((await refusal(upload(client, 'not json\n'))).message).toContain(text)
    expect((await refusal(upload(client, '{"half": \n'))).status).toBe(400)
  })

  it('answers 404 for unknown files and batches', async () => {
    const client = openai(emulator)
    expect(await refusal(client.files.retrieve('file-none'))).toMatchObject({ status: 404 })
    expect(await refusal(client.files.content('file-none'))).toMatchObject({ status: 404 })
    const batch = await refusal(client.batches.retrieve('batch_none'))
    expect(batch.status).toBe(404)
    expect(batch.message).toContain("No batch found with id 'batch_none'.")
    expect(await refusal(client.batches.cancel('batch_none'))).toMatchObject({ status: 404 })
    expect(batch.requestID).toMatch(/^req_/)
  })

  it('does not cancel what has ended', async () => {
    const client = openai(emulator)
    const batch = await submit(client, chatLines(1))
    await waitFor(client, batch.id)
    const error = await refusal(client.batches.cancel(batch.id))
    expect(error).toMatchObject({ status: 409, type: 'invalid_request_error', code: null, param: null })
    expect(error.message).toContain("Cannot cancel a batch with status 'completed'.")
  })

  it('wants a key', async () => {
    const keyed = await startFast({ apiKeys: ['right'] })
    try {
      const wrong = new OpenAI({
        apiKey: 'wrong-key-of-somebody',
        baseURL: keyed.openaiBaseUrl,
        maxRetries: 0,
      })
      const error = await refusal(wrong.files.list().then((page) => page.data))
      expect(error).toMatchObject({ status: 401, code: 'invalid_api_key' })
      expect(error.message).not.toContain('wrong-key-of-somebody')
      const missing = await fetch(`${keyed.openaiBaseUrl}/files`)
      expect(missing.status).toBe(401)
      const right = new OpenAI({ apiKey: 'right', baseURL: keyed.openaiBaseUrl })
      expect((await right.files.list()).data).toEqual([])
    } finally {
      await keyed.close()
    }
  })
})
