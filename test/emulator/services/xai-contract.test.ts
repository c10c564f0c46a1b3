import { createXai } from '@ai-sdk/xai'
import { describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { startFast } from '../emulator-kit.ts'
import {
  add,
  batchOf,
  chatBody,
  container,
  elements,
  fileLines,
  isDone,
  pagesOf,
  resultsOf,
  until,
  uploaded,
  xai,
} from './xai-kit.ts'

type Client = ReturnType<ReturnType<typeof createXai>['experimental_batch']>
type StartOptions = Parameters<Client['doStartBatch']>[0]

/** The batch client of the AI SDK: written by others, from the service's own documents. */
function client(emulator: Emulator): Client {
  return createXai({ apiKey: 'xai-test', baseURL: emulator.baseUrls['xai'] ?? '' }).experimental_batch()
}

function requests(count: number): StartOptions['requests'] {
  return Array.from({ length: count }, (_value, index) => ({
    type: 'text' as const,
    id: `record-${index}`,
    modelId: 'grok-4.3',
    options: {
      prompt: [
        { role: 'system' as const, content: 'Answer in one sentence.' },
        {
          role: 'user' as const,
          content: [{ type: 'text' as const, text: `Say something about record ${index} of the archive.` }],
        },
      ],
    },
  }))
}

async function completed(batch: Client, batchId: string): Promise<object> {
  while (true) {
    const status = await batch.doGetBatchStatus({ batchId })
    if (status.status !== 'pending') return status
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

describe('the batch client of the AI SDK', () => {
  it('starts a batch from a file, polls it to its end and reads its results', async () => {
    await using emulator = await startFast()
    const batch = client(emulator)
    const started = await batch.doStartBatch({
      requests: requests(30),
      providerOptions: { xai: { inputFileExpiresAfter: 3600 } },
    })
    expect(started).toMatchObject({ status: 'pending', warnings: [] })
    expect(started.providerMetadata?.['xai']?.['inputFileExpiresAt']).toMatch(/^20/)
    expect(await completed(batch, started.batchId)).toMatchObject({
      status: 'completed',
      requestCounts: { total: 30, completed: 30, failed: 0 },
    })
    const results = await Array.fromAsync(await batch.doGetBatchResults({ batchId: started.batchId }))
    expect(results).toHaveLength(30)
    const seventh = results.find(({ id }) => id === 'record-7')
    if (seventh?.type !== 'text' || seventh.status !== 'succeeded') throw new Error(JSON.stringify(seventh))
    expect(JSON.stringify(seventh.result.content)).toContain('record 7')
    expect(seventh.result.finishReason.unified).toBe('stop')
    const ticks = results.reduce(
      (sum, result) =>
        sum +
        (result.type === 'text' && result.status === 'succeeded'
          ? Number(result.result.providerMetadata?.['xai']?.['costInUsdTicks'])
          : 0),
      0,
    )
    // Ten thousand ticks are a micro-dollar.
    expect(Math.abs(ticks / 10_000 - emulator.bill().cost_micro_usd)).toBeLessThanOrEqual(1)
    expect(emulator.bill()).toMatchObject({ batches: 1, requests: 30 })
  })

  it('lists batches by cursor, newest first', async () => {
    await using emulator = await startFast()
    const batch = client(emulator)
    const made: string[] = []
    for (let i = 0; i < 5; i += 1) made.push((await batch.doStartBatch({ requests: requests(1) })).batchId)
    const listed: string[] = []
    let cursor: string | undefined
    do {
      const page = await batch.doListBatches?.({ limit: 2, ...(cursor === undefined ? {} : { cursor }) })
      if (!page) throw new Error('This client has no list.')
      expect(page.batches.length).toBeLessThanOrEqual(2)
      listed.push(...page.batches.map(({ batchId }) => batchId))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(listed).toEqual(made.toReversed())
  })

  it('cancels a batch: each request ends as cancelled', async () => {
    // Errors are texts in the reference; this client reads them as objects alone.
    await using emulator = await startFast({ scenarios: ['slow-day', 'xai-error-object'] })
    const batch = client(emulator)
    const { batchId } = await batch.doStartBatch({ requests: requests(3) })
    await until(emulator, batchId, ({ state }) => state.num_pending === 3)
    await batch.doCancelBatch?.({ batchId })
    expect(await batch.doGetBatchStatus({ batchId })).toMatchObject({
      status: 'failed',
      error: { code: 'batch_cancelled' },
      requestCounts: { total: 3, failed: 3 },
    })
    await resultsOf(emulator, batchId, 3)
    const results = await Array.fromAsync(await batch.doGetBatchResults({ batchId }))
    expect(results.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled'])
    expect(emulator.bill().requests).toBe(0)
  })
})

describe('a container', () => {
  it('has no requests at first, takes some by and by, and gives their results as they come', async () => {
    await using emulator = await startFast()
    const { body: made } = await xai(emulator, 'POST', '/batches', { name: 'nonce-1' })
    expect(made).toMatchObject({ name: 'nonce-1', cancel_time: null })
    expect(made).not.toHaveProperty('input_file_id')
    expect(Date.parse(made.expire_time) - Date.parse(made.create_time)).toBe(30 * 86_400_000)
    expect(Object.values(made.state)).toEqual([0, 0, 0, 0, 0])
    const id = made.batch_id
    expect(await add(emulator, id, elements(0, 10))).toEqual({ status: 200, body: {} })
    await until(emulator, id, isDone)
    await add(emulator, id, elements(10, 15))
    const done = await until(emulator, id, ({ state }) => state.num_success === 25)
    expect(done.state).toEqual({
      num_requests: 25,
      num_pending: 0,
      num_success: 25,
      num_error: 0,
      num_cancelled: 0,
    })
    const pages = await pagesOf(emulator, id, 6)
    expect(pages.map((page) => page.length)).toEqual([6, 6, 6, 6, 1])
    const results = pages.flat()
    expect(new Set(results.map((result) => result.batch_request_id)).size).toBe(25)
    const costs = results.map(
      ({ batch_result: { response } }) => response?.chat_get_completion.usage.cost_in_usd_ticks ?? 0,
    )
    const total = costs.reduce((sum, ticks) => sum + ticks, 0)
    expect(Math.abs(done.cost_breakdown.total_cost_usd_ticks - total)).toBeLessThan(25)
    expect(Math.abs(emulator.bill().cost_micro_usd - total / 10_000)).toBeLessThanOrEqual(1)
  })

  it('tells of each request what has become of it', async () => {
    await using emulator = await startFast()
    const id = await container(emulator, 2)
    await add(emulator, id, [failing('bad')])
    await resultsOf(emulator, id, 3)
    const { body } = await xai<{ batch_request_metadata: object[]; pagination_token: string | null }>(
      emulator,
      'GET',
      `/batches/${id}/requests?limit=3`,
    )
    const told = { endpoint: 'xai_api.Chat/GetCompletion', model: 'grok-4.3' }
    const day = expect.stringMatching(/^\d{4}-\d\d-\d\d$/)
    expect(body).toEqual({
      batch_request_metadata: ['record-0', 'record-1', 'bad'].map((name) => ({
        batch_request_id: name,
        ...told,
        state: name === 'bad' ? 'failed' : 'succeeded',
        create_time: day,
        finish_time: day,
      })),
      pagination_token: null,
    })
  })

  it('writes errors as bare texts, without usage and without a bill', async () => {
    await using emulator = await startFast()
    const id = await container(emulator, 2)
    await add(emulator, id, [failing('bad')])
    const results = await resultsOf(emulator, id, 3)
    expect(results.find((result) => result.batch_request_id === 'bad')).toEqual({
      batch_request_id: 'bad',
      batch_result: { error: 'Each request needs messages.' },
    })
    expect((await batchOf(emulator, id)).state).toMatchObject({ num_success: 2, num_error: 1 })
    expect(emulator.bill().requests).toBe(2)
  })

  it('passes over what it has already, and refuses another content under an id that it knows', async () => {
    await using emulator = await startFast()
    const id = await container(emulator, 2)
    expect((await add(emulator, id, elements(0, 3))).status).toBe(200)
    const [other] = elements(7, 1)
    expect(
      await add(emulator, id, [...elements(8, 1), { ...other, batch_request_id: 'record-1' }]),
    ).toMatchObject({
      status: 412,
      body: { error: "batch_request_id 'record-1' content differs from originally submitted" },
    })
    const results = await resultsOf(emulator, id, 3)
    expect(results.map((result) => result.batch_request_id).toSorted()).toEqual([
      'record-0',
      'record-1',
      'record-2',
    ])
    expect(emulator.bill()).toMatchObject({ requests: 3, duplicate_requests: 0 })
  })

  it('gives a request an id that has none', async () => {
    await using emulator = await startFast()
    const id = await container(emulator, 1)
    await add(emulator, id, [{ batch_request: { chat_get_completion: chatBody(9) } }])
    const results = await resultsOf(emulator, id, 2)
    expect(results[1]?.batch_request_id).toMatch(/^batch_request_[0-9a-f-]{36}$/)
  })

  it('takes all requests of a call or none, and no more once it is cancelled', async () => {
    await using emulator = await startFast({ scenarios: ['slow-day'] })
    const id = await container(emulator, 2)
    expect(await add(emulator, id, [...elements(2, 1), ...elements(3, 1, 'grok-4.5')])).toMatchObject({
      status: 400,
      body: { error: 'Model grok-4.5 is not supported for batch processing.' },
    })
    expect((await add(emulator, id, [{ batch_request_id: 'x' }])).status).toBe(400)
    expect((await add(emulator, id, [])).status).toBe(400)
    const { body: cancelled } = await xai(emulator, 'POST', `/batches/${id}:cancel`, {})
    expect(cancelled.cancel_time).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(cancelled.state).toMatchObject({ num_requests: 2, num_pending: 0, num_cancelled: 2 })
    expect((await add(emulator, id, elements(5, 1))).status).toBe(403)
    const results = await resultsOf(emulator, id, 2)
    expect(results.map((result) => result.batch_result.error)).toEqual(['Batch cancelled', 'Batch cancelled'])
  })

  it('takes a thousand calls in thirty seconds', async () => {
    await using emulator = await startEmulator({ speed: 0.001 })
    const { body } = await xai(emulator, 'POST', '/batches', { name: 'busy' })
    // What is there already counts as a call all the same.
    for (let i = 0; i < 10; i += 1)
      await Promise.all(Array.from({ length: 100 }, () => add(emulator, body.batch_id, elements(0, 1))))
    expect(await add(emulator, body.batch_id, elements(1, 1))).toMatchObject({
      status: 429,
      body: { code: 'Some resource has been exhausted' },
    })
    emulator.advanceClock(31_000)
    expect((await add(emulator, body.batch_id, elements(1, 1))).status).toBe(200)
  })

  it('costs a fifth less than real time, whichever of its models is asked', async () => {
    await using emulator = await startFast()
    const id = await container(emulator, 2, 'grok-4.20-0309-reasoning')
    const answered = (await resultsOf(emulator, id, 2)).flatMap(
      ({ batch_result: { response } }) => response?.chat_get_completion ?? [],
    )
    const dollars = answered.reduce(
      (sum, { usage }) => sum + 2 * usage.prompt_tokens + 6 * usage.completion_tokens,
      0,
    )
    expect(Math.abs(emulator.bill().cost_micro_usd - 0.8 * dollars)).toBeLessThanOrEqual(1)
  })
})

/** A request that is taken, and fails when it runs. */
function failing(id: string): object {
  return {
    batch_request_id: id,
    batch_request: { chat_get_completion: { model: 'grok-4.3', messages: [] } },
  }
}

describe('a batch of a file', () => {
  it('is sealed: nothing can be added', async () => {
    await using emulator = await startFast()
    const fileId = await uploaded(emulator, fileLines(5))
    const { body } = await xai(emulator, 'POST', '/batches', { name: 'sealed', input_file_id: fileId })
    expect(body.input_file_id).toBe(fileId)
    expect((await add(emulator, body.batch_id, elements(9, 1))).status).toBe(412)
    expect((await until(emulator, body.batch_id, isDone)).state.num_success).toBe(5)
  })

  it('that is no good says so in its only place for words', async () => {
    await using emulator = await startFast()
    const fileId = await uploaded(emulator, `${fileLines(1)}{"custom_id":"x"}\n`)
    const { body } = await xai(emulator, 'POST', '/batches', { name: 'bad', input_file_id: fileId })
    const ended = await until(emulator, body.batch_id, (batch) => batch.cancel_by_xai_message !== null)
    expect(ended.cancel_by_xai_message).toMatch(/^JSONL file validation failed: line 2: has no url/)
    expect(ended.cancel_time).not.toBeNull()
    expect(ended.state.num_requests).toBe(0)
    expect(emulator.bill().requests).toBe(0)
  })

  it('may hold anything, and breaks nothing', async () => {
    await using emulator = await startFast()
    const deep = `{"custom_id":"x","method":"POST","url":"/v1/responses","body":${'['.repeat(9000)}${']'.repeat(9000)}}`
    for (const content of ['', '\n\n', 'not json\n', '[]\n', `${deep}\n`, '{"batch_request_id":1}\n']) {
      const fileId = await uploaded(emulator, content)
      const { body } = await xai(emulator, 'POST', '/batches', { name: 'odd', input_file_id: fileId })
      await until(emulator, body.batch_id, (batch) => batch.cancel_by_xai_message !== null)
    }
    expect(emulator.bill().requests).toBe(0)
  })

  it('comes with its fields before it, or not at all', async () => {
    await using emulator = await startFast()
    const post = (fields: readonly (readonly [string, string | Blob])[]): Promise<{ status: number }> => {
      const form = new FormData()
      for (const [name, value] of fields)
        if (typeof value === 'string') form.append(name, value)
        else form.append(name, value, 'input.jsonl')
      return xai(emulator, 'POST', '/files', form)
    }
    const file = ['file', new Blob([fileLines(1)])] as const
    expect((await post([['expires_after', '3600'], file])).status).toBe(200)
    expect((await post([file, ['expires_after', '3600']])).status).toBe(400)
    expect((await post([['expires_after', '60'], file])).status).toBe(400)
  })
})

describe('a chat completion of xAI', () => {
  it('is answered at once, at full price, with its cost inside', async () => {
    await using emulator = await startFast()
    const { body } = await xai<{
      usage: { prompt_tokens: number; completion_tokens: number; cost_in_usd_ticks: number }
    }>(emulator, 'POST', '/chat/completions', chatBody(1))
    const { prompt_tokens: input, completion_tokens: output, cost_in_usd_ticks: ticks } = body.usage
    expect(ticks).toBe(Math.round((1.25 * input + 2.5 * output) * 10_000))
    expect(emulator.bill()).toMatchObject({
      synchronous_requests: 1,
      cost_micro_usd: Math.round(ticks / 10_000),
    })
  })

  it('is refused in the words of the service', async () => {
    await using emulator = await startFast({ apiKeys: ['right'] })
    expect((await xai(emulator, 'GET', '/models')).status).toBe(400)
    await using open = await startFast()
    expect(await xai(open, 'POST', '/chat/completions', chatBody(1, 'grok-9'))).toMatchObject({
      status: 404,
      body: { code: 'Some requested entity was not found' },
    })
    expect((await xai(open, 'GET', '/batches/none')).status).toBe(404)
    expect((await xai(open, 'POST', '/batches/none/cancel')).status).toBe(404)
    expect((await xai(open, 'GET', '/batches?limit=0')).status).toBe(400)
  })
})

describe('batches of xAI', () => {
  it('go on after a restart, and belong to no other service', async () => {
    await using emulator = await startFast()
    const id = await container(emulator, 2)
    await until(emulator, id, isDone)
    expect(await batchOf(emulator, id)).toMatchObject({ batch_id: id })
    const others = await fetch(`${emulator.openaiBaseUrl}/batches`, {
      headers: { authorization: 'Bearer k' },
    })
    expect(await others.json()).toMatchObject({ data: [] })
  })
})
