import OpenAI, { APIConnectionError } from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Emulator } from '../../src/emulator/index.ts'
import {
  chatLines,
  contentOf,
  create,
  openai,
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

describe('the life of a batch through the official client', () => {
  it('goes from upload to content with every field of the batch object', async () => {
    const client = openai(emulator)
    const file = await upload(client, chatLines(20))
    expect(file).toMatchObject({
      object: 'file',
      purpose: 'batch',
      filename: 'input.jsonl',
      status: 'processed',
    })
    expect(file.id).toMatch(/^file-[0-9A-Za-z]{22}$/)
    expect(file.expires_at).toBe(file.created_at + 30 * 86_400)

    const created = await create(client, file.id, { metadata: { job: 'demo', attempt: '1' } })
    expect(created).toMatchObject({
      status: 'validating',
      model: null,
      errors: null,
      output_file_id: null,
      request_counts: { total: 0, completed: 0, failed: 0 },
      metadata: { job: 'demo', attempt: '1' },
    })
    expect(created.id).toMatch(/^batch_[0-9a-f]{32}$/)
    expect(Number.parseInt(created.id.slice(6, 14), 16)).toBe(created.created_at)
    expect(created.expires_at).toBe(created.created_at + 86_400)

    const done = await waitFor(client, created.id)
    expect(done.status).toBe('completed')
    expect(done.model).toBe('gpt-4o-mini')
    expect(done.request_counts).toEqual({ total: 20, completed: 20, failed: 0 })
    expect(done.error_file_id).toBeNull()
    expect(done.in_progress_at).toBeGreaterThanOrEqual(done.created_at + 3)
    expect(done.finalizing_at).toBeGreaterThanOrEqual(done.created_at + 3 + 20)
    expect(done.completed_at).toBeGreaterThanOrEqual(Number(done.finalizing_at) + 2)

    const results = await readResults(client, done.output_file_id)
    const expected = Array.from({ length: 20 }, (_value, index) => `record-${index}`)
    const received = results.map((line) => line.custom_id)
    expect(received).not.toEqual(expected)
    expect(received.toSorted()).toEqual(expected.toSorted())
    expect(results.every((line) => line.error === null && line.response?.status_code === 200)).toBe(true)
    expect(contentOf(results.find((line) => line.custom_id === 'record-7'))).toContain('record 7')
    const output = await client.files.retrieve(String(done.output_file_id))
    expect(output.purpose).toBe('batch_output')
    expect(done.usage?.total_tokens).toBe(
      Number(done.usage?.input_tokens) + Number(done.usage?.output_tokens),
    )
  })

  it('keeps its own copy of the input, so that the file may be deleted after create', async () => {
    const client = openai(emulator)
    const file = await upload(client, chatLines(3))
    const batch = await create(client, file.id)
    expect(await client.files.delete(file.id)).toEqual({ object: 'file', deleted: true, id: file.id })
    const done = await waitFor(client, batch.id)
    expect(done.request_counts?.completed).toBe(3)
  })

  it('refuses a create that names a deleted file, and bills nothing for it', async () => {
    const client = openai(emulator)
    const file = await upload(client, chatLines(1))
    await client.files.delete(file.id)
    const before = emulator.bill().batches
    const error = await refusal(create(client, file.id))
    expect(error.status).toBe(400)
    expect(error.message).toContain(`Cannot find file ${file.id}, or project`)
    expect(error.param).toBe('file_id')
    expect(emulator.bill().batches).toBe(before)
  })

  it('runs Responses and embeddings lines', async () => {
    const client = openai(emulator)
    const responseLine = JSON.stringify({
      custom_id: 'r',
      method: 'POST',
      url: '/v1/responses',
      body: {
        model: 'gpt-5-mini',
        input: 'Write a note about the harbour. It opened in 1901 to great applause.',
      },
    })
    const batch = await submit(client, responseLine, { endpoint: '/v1/responses' })
    const [answer] = await readResults(client, (await waitFor(client, batch.id)).output_file_id)
    expect(answer?.response?.body).toMatchObject({ object: 'response', status: 'completed' })

    const vectors = ['a', 'b'].map((name) =>
      JSON.stringify({
        custom_id: name,
        method: 'POST',
        url: '/v1/embeddings',
        body: { model: 'text-embedding-3-small', input: [`text ${name}`], dimensions: 16 },
      }),
    )
    const embedding = await submit(client, vectors.join('\n'), { endpoint: '/v1/embeddings' })
    const done = await waitFor(client, embedding.id)
    expect(done.request_counts?.completed).toBe(2)
    const [first] = await readResults(client, done.output_file_id)
    expect(first?.response?.body).toMatchObject({ object: 'list', model: 'text-embedding-3-small' })
  })
})

describe('cancel, expiry and failure', () => {
  it('cancels with partial output, and what did not run says so', async () => {
    const slow = await startFast({
      speed: 1,
      pace: { validatingSeconds: 0, startSeconds: 100, cancellingSeconds: 0 },
    })
    try {
      const client = openai(slow)
      const batch = await submit(client, chatLines(10))
      await waitFor(client, batch.id, ['in_progress'])
      slow.advanceClock(40_000)
      const cancelling = await client.batches.cancel(batch.id)
      expect(cancelling.status).toBe('cancelling')
      const done = await waitFor(client, batch.id)
      expect(done.status).toBe('cancelled')
      const output = await readResults(client, done.output_file_id)
      const errors = await readResults(client, done.error_file_id)
      expect(output.length).toBe(done.request_counts?.completed)
      expect(output.length).toBeGreaterThan(0)
      expect(output.length + errors.length).toBe(10)
      expect(errors[0]).toMatchObject({ response: null, error: { code: 'batch_cancelled' } })
      expect(slow.bill()).toMatchObject({ batches: 1, requests: output.length })
      expect((await client.batches.cancel(batch.id)).status).toBe('cancelled')
    } finally {
      await slow.close()
    }
  })

  it('expires after 24 hours of its own time with the output that was paid', async () => {
    const slow = await startFast({ speed: 1, pace: { validatingSeconds: 0 } })
    try {
      const client = openai(slow)
      slow.addFault({
        operation: 'batch',
        action: { type: 'scenario', name: 'stuck-in-progress', fraction: 0.4 },
      })
      const batch = await submit(client, chatLines(10))
      await waitFor(client, batch.id, ['in_progress'])
      slow.advanceClock(23 * 3_600_000)
      expect((await client.batches.retrieve(batch.id)).status).toBe('in_progress')
      slow.advanceClock(2 * 3_600_000)
      const done = await waitFor(client, batch.id)
      expect(done.status).toBe('expired')
      expect(done.expired_at).toBeGreaterThanOrEqual(done.created_at + 86_400)
      expect(done.request_counts).toEqual({ total: 10, completed: 4, failed: 0 })
      expect(await readResults(client, done.output_file_id)).toHaveLength(4)
      const errors = await readResults(client, done.error_file_id)
      expect(errors).toHaveLength(6)
      expect(errors[0]?.error).toEqual({
        code: 'batch_expired',
        message: 'This request could not be executed before the completion window expired.',
      })
      expect(slow.bill().requests).toBe(4)
    } finally {
      await slow.close()
    }
  })

  it('completes without an output file when every line failed', async () => {
    const client = openai(emulator)
    emulator.addFault({ operation: 'batch', action: { type: 'scenario', name: 'all-failed' } })
    const before = emulator.bill().cost_micro_usd
    const done = await waitFor(client, (await submit(client, chatLines(4))).id)
    expect(done).toMatchObject({
      status: 'completed',
      output_file_id: null,
      request_counts: { total: 4, completed: 0, failed: 4 },
    })
    const errors = await readResults(client, done.error_file_id)
    expect(errors.every((line) => line.error === null && line.response?.status_code === 500)).toBe(true)
    expect(emulator.bill().cost_micro_usd).toBe(before)
  })

  it('fails late when too many tokens are enqueued, and accepts again when they are done', async () => {
    const limited = await startFast({ enqueuedTokenLimit: 600, speed: 1, pace: { validatingSeconds: 0 } })
    try {
      const client = openai(limited)
      const first = await submit(client, chatLines(20))
      await waitFor(client, first.id, ['in_progress'])
      const second = await waitFor(client, (await submit(client, chatLines(20))).id)
      expect(second.errors?.data?.[0]).toMatchObject({
        code: 'token_limit_exceeded',
        line: null,
        param: null,
      })
      expect(second.errors?.data?.[0]?.message).toContain('Limit: 600 enqueued tokens')
      limited.advanceClock(3_600_000)
      await waitFor(client, first.id)
      const third = await submit(client, chatLines(20))
      await waitFor(client, third.id, ['in_progress'])
    } finally {
      await limited.close()
    }
  })
})

describe('lists', () => {
  it('pages over 25 batches, newest first', async () => {
    const own = await startFast()
    try {
      const client = openai(own)
      const file = await upload(client, chatLines(1))
      const created: string[] = []
      for (let i = 0; i < 25; i += 1) created.push((await create(client, file.id)).id)
      const page = await client.batches.list({ limit: 10 })
      expect(page.data.map((batch) => batch.id)).toEqual(created.toReversed().slice(0, 10))
      expect(page.has_more).toBe(true)
      const seen: string[] = []
      for await (const batch of client.batches.list({ limit: 10 })) seen.push(batch.id)
      expect(seen).toEqual(created.toReversed())
      expect((await client.batches.list()).data).toHaveLength(20)
      expect(await refusal(client.batches.list({ limit: 101 }).then((all) => all.data))).toMatchObject({
        status: 400,
        param: 'limit',
      })
    } finally {
      await own.close()
    }
  })

  it('lists files by purpose and order', async () => {
    const own = await startFast()
    try {
      const client = openai(own)
      const first = await upload(client, chatLines(1), 'one.jsonl')
      const second = await upload(client, chatLines(1), 'two.jsonl')
      await waitFor(client, (await create(client, first.id)).id)
      const inputs = await client.files.list({ purpose: 'batch' })
      expect(inputs.data.map((file) => file.id)).toEqual([second.id, first.id])
      const oldest = await client.files.list({ order: 'asc', limit: 1 })
      expect(oldest.data.map((file) => file.id)).toEqual([first.id])
      expect(oldest.has_more).toBe(true)
      expect((await client.files.list({ purpose: 'batch_output' })).data).toHaveLength(1)
    } finally {
      await own.close()
    }
  })

  it('shows a new batch in the list only after the lag', async () => {
    const client = openai(emulator)
    emulator.addFault({ operation: 'batch', action: { type: 'scenario', name: 'list-lag', ms: 150 } })
    const batch = await submit(client, chatLines(1))
    const listed = async (): Promise<boolean> =>
      (await client.batches.list({ limit: 1 })).data.some((item) => item.id === batch.id)
    expect(await listed()).toBe(false)
    expect((await client.batches.retrieve(batch.id)).id).toBe(batch.id)
    while (!(await listed())) await new Promise((resolve) => setTimeout(resolve, 10))
  })
})

describe('lost answers', () => {
  it('makes a client with default retries pay twice for one create', async () => {
    const own = await startFast()
    try {
      const client = new OpenAI({ apiKey: 'sk-test', baseURL: own.openaiBaseUrl })
      const file = await upload(client, chatLines(5))
      own.addFault({ id: 'lost', operation: 'batches.create', when: 'after', action: { type: 'drop' } })
      const batch = await create(client, file.id)
      expect((await client.batches.list()).data).toHaveLength(2)
      for (const one of (await client.batches.list()).data) await waitFor(client, one.id)
      expect(own.bill()).toMatchObject({ batches: 2, requests: 10, duplicate_requests: 5 })
      expect(own.state().faults).toMatchObject([{ id: 'lost', matched: 2, fired: 1 }])
      expect(batch.input_file_id).toBe(file.id)
    } finally {
      await own.close()
    }
  })

  it('creates nothing when the connection is cut before the work', async () => {
    const own = await startFast()
    try {
      const client = openai(own)
      const file = await upload(client, chatLines(1))
      own.addFault({ operation: 'batches.create', when: 'before', action: { type: 'drop' } })
      await expect(create(client, file.id)).rejects.toBeInstanceOf(APIConnectionError)
      expect((await client.batches.list()).data).toEqual([])
    } finally {
      await own.close()
    }
  })
})
