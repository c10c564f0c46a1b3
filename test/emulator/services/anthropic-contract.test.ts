import type Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Emulator } from '../../../src/emulator/index.ts'
import {
  anthropic,
  ended,
  kindsOf,
  messageOf,
  refusal,
  request,
  requests,
  resultsOf,
  textOf,
} from './anthropic-kit.ts'
import { startFast } from '../emulator-kit.ts'

let emulator: Emulator
let client: Anthropic
beforeAll(async () => {
  emulator = await startFast()
  client = anthropic(emulator)
})
afterAll(async () => {
  await emulator.close()
})

/** Every field of a type of the SDK: this does not compile when the SDK has another one. */
const batchFields = {
  id: true,
  type: true,
  processing_status: true,
  request_counts: true,
  created_at: true,
  expires_at: true,
  ended_at: true,
  cancel_initiated_at: true,
  archived_at: true,
  results_url: true,
} satisfies Record<keyof Anthropic.Messages.MessageBatch, true>
const countFields = {
  processing: true,
  succeeded: true,
  errored: true,
  canceled: true,
  expired: true,
} satisfies Record<keyof Anthropic.Messages.MessageBatchRequestCounts, true>
const messageFields = {
  id: true,
  type: true,
  role: true,
  model: true,
  container: true,
  content: true,
  diagnostics: true,
  stop_details: true,
  stop_reason: true,
  stop_sequence: true,
  usage: true,
} satisfies Record<keyof Anthropic.Message, true>
const usageFields = {
  input_tokens: true,
  cache_creation_input_tokens: true,
  cache_read_input_tokens: true,
  cache_creation: true,
  output_tokens: true,
  output_tokens_details: true,
  server_tool_use: true,
  service_tier: true,
  inference_geo: true,
  speed: true,
} satisfies Record<keyof Anthropic.Usage, true>
const modelFields = {
  id: true,
  type: true,
  capabilities: true,
  created_at: true,
  deprecated_at: true,
  display_name: true,
  lifecycle: true,
  line: true,
  max_input_tokens: true,
  max_tokens: true,
  retires_at: true,
} satisfies Record<keyof Anthropic.ModelInfo, true>
const fieldsOf = (value: object): readonly string[] => Object.keys(value).toSorted()
const allOf = (fields: object): readonly string[] => Object.keys(fields).toSorted()

describe("Anthropic's own client", () => {
  it('makes a batch, polls it to its end and reads its results', async () => {
    const made = await client.messages.batches.create({ requests: requests(30) })
    expect(made).toMatchObject({
      processing_status: 'in_progress',
      request_counts: { processing: 30, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
      results_url: null,
      ended_at: null,
    })
    expect(Date.parse(made.expires_at) - Date.parse(made.created_at)).toBe(86_400_000)
    const batch = await ended(client, made.id)
    expect(fieldsOf(batch)).toEqual(allOf(batchFields))
    expect(fieldsOf(batch.request_counts)).toEqual(allOf(countFields))
    expect(batch.request_counts).toEqual({
      processing: 0,
      succeeded: 30,
      errored: 0,
      canceled: 0,
      expired: 0,
    })
    const results = await resultsOf(client, batch.id)
    const ids = results.map(({ custom_id: id }) => id)
    expect(ids.toSorted()).toEqual(
      requests(30)
        .map(({ custom_id: id }) => id)
        .toSorted(),
    )
    expect(ids).not.toEqual(requests(30).map(({ custom_id: id }) => id))
    const message = messageOf(results, 'record-7')
    expect(fieldsOf(message)).toEqual(allOf(messageFields))
    expect(fieldsOf(message.usage)).toEqual(allOf(usageFields))
    expect(message).toMatchObject({
      model: 'claude-haiku-5-5',
      stop_reason: 'end_turn',
      usage: { service_tier: 'batch' },
    })
    expect(textOf(message)).toContain('record 7')
  })

  it('pages through batches, newest first, in both directions', async () => {
    await using own = await startFast()
    const paging = anthropic(own)
    const made: string[] = []
    for (let i = 0; i < 5; i += 1)
      made.push((await paging.messages.batches.create({ requests: [request(i)] })).id)
    const newestFirst = made.toReversed()
    const all = await Array.fromAsync(paging.messages.batches.list({ limit: 2 }))
    expect(all.map(({ id }) => id)).toEqual(newestFirst)
    const first = await paging.messages.batches.list({ limit: 2 })
    expect(first).toMatchObject({ has_more: true, first_id: newestFirst[0], last_id: newestFirst[1] })
    const back = await paging.messages.batches.list({ limit: 2, before_id: newestFirst[4] ?? '' })
    expect(back.data.map(({ id }) => id)).toEqual([newestFirst[2], newestFirst[3]])
    expect(back.has_more).toBe(true)
  })

  it('cancels a batch before anything has run, and finds every request canceled', async () => {
    await using slow = await startFast({ scenarios: ['slow-day'] })
    const cancelling = anthropic(slow)
    const { id } = await cancelling.messages.batches.create({ requests: requests(4) })
    const canceled = await cancelling.messages.batches.cancel(id)
    expect(canceled).toMatchObject({ processing_status: 'canceling', request_counts: { processing: 4 } })
    expect(canceled.cancel_initiated_at).not.toBeNull()
    const batch = await ended(cancelling, id)
    expect(batch.request_counts).toMatchObject({ processing: 0, canceled: 4, succeeded: 0 })
    expect(kindsOf(await resultsOf(cancelling, id))).toEqual({ canceled: 4 })
    expect(slow.bill()).toMatchObject({ requests: 0, cost_micro_usd: 0 })
    expect((await refusal(cancelling.messages.batches.cancel(id))).status).toBe(400)
  })

  it('deletes a batch that has ended, and no other; the bill keeps it', async () => {
    await using own = await startFast()
    const deleting = anthropic(own)
    const { id } = await deleting.messages.batches.create({ requests: requests(2) })
    expect((await refusal(deleting.messages.batches.delete(id))).status).toBe(400)
    await ended(deleting, id)
    expect(await deleting.messages.batches.delete(id)).toEqual({ id, type: 'message_batch_deleted' })
    expect((await refusal(deleting.messages.batches.retrieve(id))).status).toBe(404)
    expect((await deleting.messages.batches.list()).data).toEqual([])
    expect(own.bill().requests).toBe(2)
    expect(own.state().files).toEqual([])
  })

  it('puts results away after 29 days', async () => {
    await using own = await startFast()
    const waiting = anthropic(own)
    const { id } = await waiting.messages.batches.create({ requests: requests(2) })
    await ended(waiting, id)
    own.advanceClock(30 * 86_400_000)
    const old = await waiting.messages.batches.retrieve(id)
    expect(old).toMatchObject({ results_url: null, request_counts: { succeeded: 2 } })
    expect(old.archived_at).not.toBeNull()
    const raw = await fetch(`${own.baseUrls['anthropic']}/v1/messages/batches/${id}/results`, {
      headers: { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
    })
    expect(raw.status).toBe(404)
  })

  it('lists models and asks for one', async () => {
    const models = await Array.fromAsync(client.models.list({ limit: 3 }))
    expect(models.length).toBeGreaterThan(3)
    for (const model of models) expect(fieldsOf(model)).toEqual(allOf(modelFields))
    expect(await client.models.retrieve('claude-sonnet-5-5')).toMatchObject({ line: 'sonnet' })
    expect((await refusal(client.models.retrieve('claude-9'))).status).toBe(404)
  })

  it('counts tokens for nothing, as they are billed afterwards', async () => {
    await using own = await startFast()
    const counting = anthropic(own)
    const { params } = request(1)
    const { model, messages } = params
    const { input_tokens: counted } = await counting.messages.countTokens({ model, messages })
    expect(own.bill().requests).toBe(0)
    const message = await counting.messages.create(params)
    expect(message.usage).toMatchObject({ input_tokens: counted, service_tier: 'standard' })
    expect(own.bill()).toMatchObject({ requests: 1, synchronous_requests: 1 })
  })

  it('takes errors for what they are, with the id of the request', async () => {
    const unknown = await refusal(client.messages.batches.retrieve('msgbatch_nope'))
    expect(unknown).toMatchObject({ status: 404, type: 'not_found_error' })
    expect(unknown.requestID).toMatch(/^req_/)
    const model = await refusal(client.messages.create({ ...request(0).params, model: 'claude-9' }))
    expect(model).toMatchObject({ status: 404, message: expect.stringContaining('claude-9') })
    const limited = await startFast({ apiKeys: ['right'] })
    try {
      expect(await refusal(anthropic(limited).models.list())).toMatchObject({
        status: 401,
        type: 'authentication_error',
      })
    } finally {
      await limited.close()
    }
    const version = await fetch(`${emulator.baseUrls['anthropic']}/v1/models`, {
      headers: { 'x-api-key': 'k' },
    })
    expect(version.status).toBe(400)
    expect(await version.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'anthropic-version: header is required' },
    })
  })
})
