import Groq, { APIError, toFile } from 'groq-sdk'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import type { Emulator } from '../../../src/emulator/index.ts'
import {
  chatLine,
  chatLines,
  contentOf,
  create,
  readResults,
  startFast,
  upload,
  waitFor,
} from '../emulator-kit.ts'

function groq(emulator: Emulator): Groq {
  return new Groq({ apiKey: 'gsk-test', baseURL: emulator.baseUrls['groq'], maxRetries: 0 })
}

function deepinfra(emulator: Emulator): OpenAI {
  return new OpenAI({ apiKey: 'di-test', baseURL: emulator.baseUrls['deepinfra'], maxRetries: 0 })
}

const groqModel = 'llama-3.1-8b-instant'
const deepinfraModel = 'openai/gpt-oss-120b'

/** Every field of a type of the SDK: this does not compile when the SDK has another one. */
const batchFields = {
  id: true,
  object: true,
  endpoint: true,
  errors: true,
  input_file_id: true,
  completion_window: true,
  status: true,
  output_file_id: true,
  error_file_id: true,
  created_at: true,
  in_progress_at: true,
  expires_at: true,
  finalizing_at: true,
  completed_at: true,
  failed_at: true,
  expired_at: true,
  cancelling_at: true,
  cancelled_at: true,
  request_counts: true,
  metadata: true,
} satisfies Record<keyof Groq.BatchRetrieveResponse, true>
const fileFields = {
  id: true,
  object: true,
  bytes: true,
  created_at: true,
  filename: true,
  purpose: true,
} satisfies Record<keyof Groq.FileInfoResponse, true>
const fieldsOf = (value: object): readonly string[] => Object.keys(value).toSorted()

async function submitTo(client: Groq, content: string, window = '24h'): Promise<Groq.BatchCreateResponse> {
  const file = await client.files.create({
    file: await toFile(Buffer.from(content), 'input.jsonl'),
    purpose: 'batch',
  })
  return client.batches.create({
    input_file_id: file.id ?? '',
    endpoint: '/v1/chat/completions',
    completion_window: window,
    metadata: { run: 'one' },
  })
}

async function groqEnded(client: Groq, id: string): Promise<Groq.BatchRetrieveResponse> {
  while (true) {
    const batch = await client.batches.retrieve(id)
    if (['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) return batch
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

async function groqRefusal(call: Promise<unknown>): Promise<APIError> {
  try {
    await call
  } catch (error) {
    if (error instanceof APIError) return error
    throw error
  }
  throw new Error('The call was not refused.')
}

describe("Groq's own client", () => {
  it('uploads, makes a batch, polls it to its end and reads its results', async () => {
    await using emulator = await startFast()
    const client = groq(emulator)
    const made = await submitTo(client, chatLines(20, { model: groqModel }), '7d')
    expect((made.expires_at ?? 0) - made.created_at).toBe(7 * 86_400)
    const batch = await groqEnded(client, made.id)
    expect(fieldsOf(batch)).toEqual(fieldsOf(batchFields))
    expect(batch).toMatchObject({
      status: 'completed',
      completion_window: '7d',
      request_counts: { total: 20, completed: 20, failed: 0 },
      metadata: { run: 'one' },
    })
    const info = await client.files.info(batch.output_file_id ?? '')
    expect(fieldsOf(info)).toEqual(fieldsOf(fileFields))
    const text = await (await client.files.content(batch.output_file_id ?? '')).text()
    const lines = text.trim().split('\n')
    expect(lines).toHaveLength(20)
    const body = JSON.parse(lines[0] ?? '').response.body
    expect(body.x_groq.id).toMatch(/^req_/)
    const { prompt_tokens: input, completion_tokens: output } = body.usage
    expect(input).toBeGreaterThan(0)
    expect(output).toBeGreaterThan(0)
    expect(await client.files.delete(batch.input_file_id)).toMatchObject({ deleted: true })
  })

  it('lists batches and files without pages', async () => {
    await using emulator = await startFast()
    const client = groq(emulator)
    const first = await submitTo(client, chatLines(1, { model: groqModel }))
    const second = await submitTo(client, chatLines(1, { model: groqModel }))
    const listed = await client.batches.list()
    expect(fieldsOf(listed)).toEqual(['data', 'object'])
    expect(listed.data.map(({ id }) => id)).toEqual([second.id, first.id])
    expect(fieldsOf(await client.files.list())).toEqual(['data', 'object'])
  })

  it('cancels a batch', async () => {
    await using emulator = await startFast({ scenarios: ['slow-day'] })
    const client = groq(emulator)
    const { id } = await submitTo(client, chatLines(3, { model: groqModel }))
    expect((await client.batches.cancel(id)).status).toBe('cancelling')
    expect((await groqEnded(client, id)).status).toBe('cancelled')
    expect(emulator.bill().requests).toBe(0)
  })

  it('is refused windows, endpoints and models that there are not', async () => {
    await using emulator = await startFast()
    const client = groq(emulator)
    for (const window of ['1h', '8d', 'soon'])
      expect((await groqRefusal(submitTo(client, chatLines(1, { model: groqModel }), window))).status).toBe(
        400,
      )
    const { id } = await submitTo(client, chatLines(1, { model: 'gpt-4o' }))
    expect(await groqEnded(client, id)).toMatchObject({
      status: 'failed',
      errors: { data: [{ code: 'model_not_found', line: 1 }] },
    })
    expect((await groqRefusal(client.batches.retrieve('batch_none'))).status).toBe(404)
    const url = `${emulator.baseUrls['groq']}/openai/v1/responses`
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(404)
  })

  it('answers at once as well, and costs twice as much then', async () => {
    await using emulator = await startFast()
    const client = groq(emulator)
    const line = JSON.parse(chatLine(1, { model: groqModel }))
    const answer = await client.chat.completions.create(line.body)
    expect(answer).toMatchObject({ service_tier: 'on_demand', model: groqModel })
    const { cost_micro_usd: now } = emulator.bill()
    const { prompt_tokens: input = 0, completion_tokens: output = 0 } = answer.usage ?? {}
    expect(now).toBe(Math.round(0.05 * input + 0.08 * output))
    await groqEnded(client, (await submitTo(client, chatLines(100, { model: groqModel, text: 'Same.' }))).id)
    const one = await client.chat.completions.create({
      model: groqModel,
      messages: [{ role: 'user', content: 'Same.' }],
    })
    const each = 0.05 * (one.usage?.prompt_tokens ?? 0) + 0.08 * (one.usage?.completion_tokens ?? 0)
    const batched = emulator.bill().by_batch[0]?.cost_micro_usd ?? 0
    expect(Math.abs(batched - 50 * each)).toBeLessThanOrEqual(1)
  })

  it('sees which tier a request ran in: `wrong-tier` says it, and bills it', async () => {
    await using emulator = await startFast({ scenarios: ['wrong-tier'] })
    const client = groq(emulator)
    const batch = await groqEnded(client, (await submitTo(client, chatLines(2, { model: groqModel }))).id)
    const text = await (await client.files.content(batch.output_file_id ?? '')).text()
    for (const line of text.trim().split('\n'))
      expect(JSON.parse(line).response.body.service_tier).toBe('on_demand')
    await groqEnded(client, (await submitTo(client, chatLines(2, { model: groqModel }))).id)
    const [dear, usual] = emulator.bill().by_batch.map((batch) => batch.cost_micro_usd)
    expect(Math.abs((dear ?? 0) - 2 * (usual ?? 0))).toBeLessThan(3)
  })
})

describe('DeepInfra, by the client of OpenAI', () => {
  it('carries out a batch of chat for four fifths of the price', async () => {
    await using emulator = await startFast()
    const client = deepinfra(emulator)
    const file = await upload(client, chatLines(50, { model: deepinfraModel }))
    const batch = await waitFor(client, (await create(client, file.id, { metadata: { run: 'one' } })).id)
    expect(batch).toMatchObject({
      status: 'completed',
      metadata: { run: 'one' },
      request_counts: { total: 50, completed: 50, failed: 0 },
    })
    const results = await readResults(client, batch.output_file_id)
    expect(contentOf(results.find(({ custom_id: id }) => id === 'record-7'))).toContain('record 7')
    const { input_tokens: input = 0, output_tokens: output = 0 } = batch.usage ?? {}
    const full = 0.05 * input + 0.45 * output
    expect(Math.abs(emulator.bill().cost_micro_usd - 0.8 * full)).toBeLessThanOrEqual(1)
  })

  it('pages through batches, and has embeddings but no responses', async () => {
    await using emulator = await startFast()
    const client = deepinfra(emulator)
    const line = JSON.stringify({
      custom_id: 'one',
      method: 'POST',
      url: '/v1/embeddings',
      body: { model: 'BAAI/bge-m3', input: 'A text.' },
    })
    const file = await upload(client, `${line}\n`)
    const made: string[] = []
    for (let i = 0; i < 3; i += 1)
      made.push((await create(client, file.id, { endpoint: '/v1/embeddings' })).id)
    const listed = await Array.fromAsync(client.batches.list({ limit: 2 }))
    expect(listed.map(({ id }) => id)).toEqual(made.toReversed())
    expect(await waitFor(client, made[0] ?? '')).toMatchObject({ request_counts: { completed: 1 } })
    await expect(create(client, file.id, { endpoint: '/v1/responses' })).rejects.toMatchObject({
      status: 400,
    })
  })

  it('keeps its batches apart from those of the others', async () => {
    await using emulator = await startFast()
    const file = await upload(deepinfra(emulator), chatLines(1, { model: deepinfraModel }))
    await create(deepinfra(emulator), file.id)
    expect((await groq(emulator).batches.list()).data).toEqual([])
    expect(emulator.state().batches).toMatchObject([{ profile: 'deepinfra' }])
  })
})
