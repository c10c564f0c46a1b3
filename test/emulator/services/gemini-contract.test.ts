import type {
  BatchJob,
  Candidate,
  File as UploadedFile,
  GenerateContentResponseUsageMetadata,
  GoogleGenAI,
  Model,
} from '@google/genai'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Emulator } from '../../../src/emulator/index.ts'
import { startFast } from '../emulator-kit.ts'
import {
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
let client: GoogleGenAI
beforeAll(async () => {
  emulator = await startFast()
  client = gemini(emulator)
})
afterAll(async () => {
  await emulator.close()
})

/** Fields of a type of the SDK: this does not compile when the SDK has no such field. */
const fieldsOf = (value: object | undefined): readonly string[] => Object.keys(value ?? {}).toSorted()

const jobFields = [
  'name',
  'displayName',
  'state',
  'createTime',
  'updateTime',
  'model',
] satisfies readonly (keyof BatchJob)[]
const endedFields = [...jobFields, 'endTime', 'dest'] satisfies readonly (keyof BatchJob)[]
const fileFields = [
  'name',
  'displayName',
  'mimeType',
  'sizeBytes',
  'createTime',
  'updateTime',
  'expirationTime',
  'sha256Hash',
  'uri',
  'state',
  'source',
] satisfies readonly (keyof UploadedFile)[]
const candidateFields = ['content', 'finishReason', 'index'] satisfies readonly (keyof Candidate)[]
const usageFields = [
  'promptTokenCount',
  'candidatesTokenCount',
  'totalTokenCount',
  'promptTokensDetails',
] satisfies readonly (keyof GenerateContentResponseUsageMetadata)[]
const modelFields = [
  'name',
  'version',
  'displayName',
  'description',
  'inputTokenLimit',
  'outputTokenLimit',
  'supportedActions',
  'temperature',
  'topP',
  'topK',
  'maxTemperature',
  'thinking',
  'tunedModelInfo',
] satisfies readonly (keyof Model)[]

describe("Google's own client", () => {
  it('uploads a file, makes a batch of it, polls it to its end and downloads the responses', async () => {
    const file = await upload(client, lines(30))
    expect(fieldsOf(file)).toEqual(fileFields.toSorted())
    expect(file).toMatchObject({ state: 'ACTIVE', source: 'UPLOADED', mimeType: 'application/jsonl' })
    expect(Date.parse(file.expirationTime ?? '') - Date.parse(file.createTime ?? '')).toBe(48 * 3_600_000)

    const made = await client.batches.create({
      model,
      src: { fileName: file.name ?? '' },
      config: { displayName: 'nonce-1' },
    })
    expect(fieldsOf(made)).toEqual(jobFields.toSorted())
    expect(made).toMatchObject({
      state: 'JOB_STATE_PENDING',
      displayName: 'nonce-1',
      model: `models/${model}`,
    })
    expect(made.name).toMatch(/^batches\/[a-z0-9]{36}$/)

    const job = await ended(client, made.name)
    expect(fieldsOf(job)).toEqual(endedFields.toSorted())
    expect(job.state).toBe('JOB_STATE_SUCCEEDED')
    const responses = await responsesOf(client, job)
    expect(responses.map(({ key }) => key)).toEqual(
      Array.from({ length: 30 }, (_value, index) => `record-${index}`),
    )
    const response = responses[7]?.response
    expect(saidBy(response)).toContain('record 7')
    expect(fieldsOf(response?.candidates?.[0])).toEqual(candidateFields.toSorted())
    expect(fieldsOf(response?.usageMetadata)).toEqual([...usageFields, 'serviceTier'].toSorted())
    expect(response).toMatchObject({ modelVersion: model, candidates: [{ finishReason: 'STOP' }] })
  })

  it('uploads a file in pieces', async () => {
    const content = lines(40, { systemInstruction: { parts: [{ text: 'x'.repeat(300_000) }] } })
    const file = await upload(client, content)
    expect(file.sizeBytes).toBe(String(Buffer.byteLength(content)))
    expect(Number(file.sizeBytes)).toBeGreaterThan(8 * 1024 * 1024)
  })

  it('sends requests in the call and finds the answers in the operation, under their metadata', async () => {
    const made = await client.batches.create({ model, src: inlined(3) })
    const job = await ended(client, made.name)
    const answers = job.dest?.inlinedResponses ?? []
    expect(answers.map(({ metadata }) => metadata)).toEqual([
      { key: 'record-0' },
      { key: 'record-1' },
      { key: 'record-2' },
    ])
    expect(saidBy(answers[2]?.response)).toContain('record 2')
    const operation = (await raw(emulator, `v1beta/${made.name}`)).body
    expect(operation).toMatchObject({
      done: true,
      metadata: {
        '@type': 'type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch',
        state: 'BATCH_STATE_SUCCEEDED',
        batchStats: { requestCount: '3', successfulRequestCount: '3' },
      },
      response: { inlinedResponses: { inlinedResponses: [{}, {}, {}] } },
    })
  })

  it('makes batches of embeddings, from requests in the call and from a file', async () => {
    const warning = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const fromCall = await client.batches.createEmbeddings({
      model: 'gemini-embedding-001',
      src: { inlinedRequests: { contents: ['one', 'two'], config: { outputDimensionality: 64 } } },
    })
    const inline = (await ended(client, fromCall.name)).dest?.inlinedEmbedContentResponses ?? []
    expect(inline.map(({ response }) => response?.embedding?.values?.length)).toEqual([64, 64])
    expect(inline[0]?.response?.tokenCount).toBe('1')

    const line = (key: string): string =>
      `${JSON.stringify({ key, request: { content: { parts: [{ text: `about ${key}` }] } } })}\n`
    const file = await upload(client, line('a') + line('b'))
    const fromFile = await client.batches.createEmbeddings({
      model: 'gemini-embedding-001',
      src: { fileName: file.name ?? '' },
    })
    const responses = await responsesOf(client, await ended(client, fromFile.name))
    expect(responses.map(({ key }) => key)).toEqual(['a', 'b'])
    expect(responses[0]?.response?.embedding?.values).toHaveLength(3072)
    warning.mockRestore()
  })

  it('pages through batches and files, newest first', async () => {
    await using own = await startFast()
    const paging = gemini(own)
    const made: (string | undefined)[] = []
    for (let i = 0; i < 5; i += 1) made.push((await paging.batches.create({ model, src: inlined(1) })).name)
    const listed = await Array.fromAsync(await paging.batches.list({ config: { pageSize: 2 } }))
    expect(listed.map(({ name }) => name)).toEqual(made.toReversed())
    const first = await paging.batches.list({ config: { pageSize: 2 } })
    expect(first.pageLength).toBe(2)
    expect(first.hasNextPage()).toBe(true)

    const files: (string | undefined)[] = []
    for (let i = 0; i < 3; i += 1) files.push((await upload(paging, lines(1))).name)
    const pages = await Array.fromAsync(await paging.files.list({ config: { pageSize: 2 } }))
    expect(pages.map(({ name }) => name)).toEqual(files.toReversed())
    expect((await refusal(paging.batches.list({ config: { pageToken: 'nope' } }))).status).toBe(400)
  })

  it('cancels a batch: an operation with an error, and nothing to fetch', async () => {
    await using slow = await startFast({ scenarios: ['slow-day'] })
    const cancelling = gemini(slow)
    const { name } = await cancelling.batches.create({ model, src: inlined(4) })
    await cancelling.batches.cancel({ name: name ?? '' })
    const job = await ended(cancelling, name)
    expect(job).toMatchObject({ state: 'JOB_STATE_CANCELLED' })
    expect(job.dest).toBeUndefined()
    expect((await raw(slow, `v1beta/${name}`)).body).toMatchObject({
      done: true,
      error: { code: 1 },
      metadata: { batchStats: { requestCount: '4', pendingRequestCount: '4' } },
    })
    expect(slow.bill()).toMatchObject({ requests: 0, cost_micro_usd: 0 })
    expect((await refusal(cancelling.batches.cancel({ name: name ?? '' }))).status).toBe(400)
  })

  it('deletes a batch, which goes on and stays on the bill, and files', async () => {
    await using own = await startFast()
    const deleting = gemini(own)
    const file = await upload(deleting, lines(2))
    const { name } = await deleting.batches.create({ model, src: { fileName: file.name ?? '' } })
    await deleting.batches.delete({ name: name ?? '' })
    expect((await refusal(deleting.batches.get({ name: name ?? '' }))).status).toBe(404)
    expect(await Array.fromAsync(await deleting.batches.list())).toEqual([])
    while (own.bill().requests === 0)
      await new Promise((resolve) => {
        setTimeout(resolve, 5)
      })
    expect(own.bill().requests).toBe(2)
    expect((await refusal(deleting.batches.get({ name: name ?? '' }))).status).toBe(404)
    await deleting.files.delete({ name: file.name ?? '' })
    expect((await refusal(deleting.files.get({ name: file.name ?? '' }))).status).toBe(403)
  })

  it('forgets files after two days, and answers with them', async () => {
    await using own = await startFast()
    const waiting = gemini(own)
    const file = await upload(waiting, lines(1))
    const { name } = await waiting.batches.create({ model, src: { fileName: file.name ?? '' } })
    const job = await ended(waiting, name)
    own.advanceClock(49 * 3_600_000)
    expect((await refusal(waiting.files.get({ name: file.name ?? '' }))).status).toBe(403)
    expect((await refusal(responsesOf(waiting, job))).status).toBe(403)
    expect((await waiting.batches.get({ name: name ?? '' })).state).toBe('JOB_STATE_SUCCEEDED')
  })

  it('answers at once, embeds at once, counts tokens for nothing, and tells of models', async () => {
    await using own = await startFast()
    const now = gemini(own)
    const contents = textAbout(3)
    const { totalTokens } = await now.models.countTokens({ model, contents })
    expect(own.bill().requests).toBe(0)
    const answer = await now.models.generateContent({
      model,
      contents,
      config: { thinkingConfig: { thinkingBudget: 0 } },
    })
    expect(answer.text).toContain('record 3')
    expect(answer.usageMetadata?.promptTokenCount).toBe(totalTokens)
    const embedded = await now.models.embedContent({ model: 'gemini-embedding-001', contents: ['a', 'b'] })
    expect(embedded.embeddings?.map(({ values }) => values?.length)).toEqual([3072, 3072])
    const single = await post(own, 'v1beta/models/gemini-embedding-001:embedContent', {
      content: { parts: [{ text: 'a' }] },
      outputDimensionality: 8,
    })
    expect(single.body).toMatchObject({ embedding: { values: expect.any(Array) } })
    expect(own.bill()).toMatchObject({ synchronous_requests: 4, batch_requests: 0 })

    const one = await now.models.get({ model })
    expect(fieldsOf(one)).toEqual(modelFields.toSorted())
    expect(one).toMatchObject({ name: `models/${model}`, inputTokenLimit: 1_048_576, thinking: true })
    const all = await Array.fromAsync(await now.models.list({ config: { pageSize: 3, queryBase: true } }))
    expect(all.length).toBeGreaterThan(5)
    expect((await refusal(now.models.get({ model: 'gemini-9' }))).status).toBe(404)
  })

  it('takes errors for what they are', async () => {
    const unknown = await refusal(client.batches.get({ name: 'batches/nope' }))
    expect(unknown.status).toBe(404)
    expect(JSON.parse(unknown.message)).toEqual({
      error: { code: 404, message: 'Requested entity was not found.', status: 'NOT_FOUND' },
    })
    const model404 = await refusal(client.batches.create({ model: 'gemini-9', src: inlined(1) }))
    expect(JSON.parse(model404.message)).toMatchObject({
      error: { status: 'NOT_FOUND', message: expect.stringContaining('models/gemini-9 is not found') },
    })
    await using limited = await startFast({ apiKeys: ['right'] })
    const wrongKey = await refusal(gemini(limited).models.get({ model }))
    expect(wrongKey.status).toBe(400)
    expect(JSON.parse(wrongKey.message)).toMatchObject({
      error: {
        message: 'API key not valid. Please pass a valid API key.',
        status: 'INVALID_ARGUMENT',
        details: [{ reason: 'API_KEY_INVALID' }],
      },
    })
    const noKey = await fetch(`${emulator.baseUrls['gemini']}/v1beta/models`)
    expect(noKey.status).toBe(403)
    expect(await noKey.json()).toMatchObject({ error: { status: 'PERMISSION_DENIED' } })
    const nowhere = await fetch(`${emulator.baseUrls['gemini']}/v1beta/nothing?key=k`)
    expect(nowhere.status).toBe(404)
  })
})
