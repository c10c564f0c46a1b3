import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Emulator } from '../../src/emulator/index.ts'
import {
  azureDated,
  azureV1,
  chatLine,
  chatLines,
  create,
  openai,
  processed,
  readResults,
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

describe('Azure', () => {
  it('serves the dated form: 201, pending files, 0-byte error file, lines without id', async () => {
    const client = azureDated(emulator)
    const line = chatLine(0, { model: 'gpt-4o-mini-batch', url: '/chat/completions' })
    const { data: file, response } = await client.files
      .create({ file: new File([`${line}\n`], 'input.jsonl'), purpose: 'batch' })
      .withResponse()
    expect(response.status).toBe(201)
    expect(file.status).toBe('pending')
    await processed(client, file.id)
    const batch = await client.batches.create({
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    })
    const done = await waitFor(client, batch.id)
    expect(done.status).toBe('completed')
    expect(done.model).toBe('gpt-4o-mini-batch')
    const [result] = await readResults(client, done.output_file_id)
    expect(result).not.toHaveProperty('id')
    expect(result?.response?.request_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
    expect(result?.response?.body['prompt_filter_results']).toBeDefined()
    expect((await client.files.retrieve(String(done.error_file_id))).bytes).toBe(0)
  })

  it('refuses a create while the file is pending, in the dated error shape', async () => {
    const slow = await startFast({ filesPendingMs: 3_600_000 })
    try {
      const client = azureDated(slow)
      const file = await upload(client, chatLines(1))
      const error = await refusal(create(client, file.id))
      expect(error.status).toBe(400)
      expect(error.error).toEqual({
        code: 'invalidPayload',
        message: `The input file '${file.id}' is in 'pending' state. Only files with status 'Processed' are accepted for batch inferencing.`,
      })
    } finally {
      await slow.close()
    }
  })

  it('takes the deployment form of create and of synchronous calls', async () => {
    const client = azureDated(emulator, 'gpt-4o-mini-batch')
    const file = await upload(client, chatLines(1, { model: 'gpt-4o-mini-batch' }))
    await processed(client, file.id)
    const done = await waitFor(client, (await create(client, file.id)).id)
    expect(done.status).toBe('completed')
    const answer = await client.chat.completions.create({
      model: 'gpt-4o-mini-batch',
      messages: [{ role: 'user', content: 'Hello from a deployment path.' }],
    })
    expect(answer.model).toBe('gpt-4o-mini')
  })

  it('keeps OpenAI and Azure apart', async () => {
    const file = await upload(openai(emulator), chatLines(1))
    expect(await refusal(azureV1(emulator).files.retrieve(file.id))).toMatchObject({ status: 404 })
  })

  it('fails a batch for a deployment that is not a batch deployment', async () => {
    const own = await startFast({ standardDeployments: ['gpt-4o-mini'] })
    try {
      const client = azureV1(own)
      const file = await upload(client, chatLines(1))
      await processed(client, file.id)
      const failed = await waitFor(client, (await create(client, file.id)).id)
      expect(failed.errors?.data?.[0]?.code).toBe('OperationNotSupported')
    } finally {
      await own.close()
    }
  })

  it('refuses at once in the fail-fast regions', async () => {
    const own = await startFast({ enqueuedTokenLimit: 10, enqueuedTokenRefusal: 'sync' })
    try {
      const client = azureV1(own)
      const file = await upload(client, chatLines(5))
      await processed(client, file.id)
      expect(await refusal(create(client, file.id))).toMatchObject({
        status: 400,
        code: 'token_limit_exceeded',
      })
    } finally {
      await own.close()
    }
  })
})

describe('synchronous calls', () => {
  it('answers chat, responses, embeddings and models at full price', async () => {
    const own = await startFast()
    try {
      const client = openai(own)
      const chat = await client.chat.completions.create({
        model: 'gpt-4o-mini',
        messages: [{ role: 'user', content: 'Describe the river. It is long and slow.' }],
      })
      const { prompt_tokens: input = 0, completion_tokens: output = 0 } = chat.usage ?? {}
      expect(own.bill()).toMatchObject({
        requests: 1,
        batches: 0,
        cost_micro_usd: Math.round(input * 0.15 + output * 0.6),
      })
      const response = await client.responses.create({
        model: 'gpt-4o',
        input: 'A word about boats and harbours.',
      })
      expect(response.output_text).toContain('boats')
      const near = await client.embeddings.create({
        model: 'text-embedding-3-small',
        input: 'boats in the harbour',
      })
      expect(near.data[0]?.embedding).toHaveLength(1536)
      expect((await client.models.retrieve('gpt-4o')).id).toBe('gpt-4o')
      expect(await refusal(client.models.retrieve('none'))).toMatchObject({
        status: 404,
        code: 'model_not_found',
      })
    } finally {
      await own.close()
    }
  })

  it('counts a body that was paid in a batch before as a duplicate', async () => {
    const own = await startFast()
    try {
      const client = openai(own)
      await waitFor(client, (await submit(client, chatLine(0))).id)
      await client.chat.completions.create(JSON.parse(chatLine(0)).body)
      expect(own.bill()).toMatchObject({ requests: 2, duplicate_requests: 1 })
    } finally {
      await own.close()
    }
  })
})
