import type { Mistral } from '@mistralai/mistralai'
import type { BatchJob } from '@mistralai/mistralai/models/components/batchjob.js'
import type { BaseModelCard } from '@mistralai/mistralai/models/components/basemodelcard.js'
import type { ChatCompletionResponse } from '@mistralai/mistralai/models/components/chatcompletionresponse.js'
import type { CreateFileResponse } from '@mistralai/mistralai/models/components/createfileresponse.js'
import type { OCRPageObject } from '@mistralai/mistralai/models/components/ocrpageobject.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Emulator } from '../../../src/emulator/index.ts'
import { pdfOf } from '../../support/pdf.ts'
import { startFast } from '../emulator-kit.ts'
import {
  chatBody,
  contentOf,
  ended,
  lines,
  linesOf,
  mistral,
  model,
  post,
  refusal,
  resultsOf,
  submit,
  textAbout,
  upload,
} from './mistral-kit.ts'

let emulator: Emulator
let client: Mistral
beforeAll(async () => {
  emulator = await startFast()
  client = mistral(emulator)
})
afterAll(async () => {
  await emulator.close()
})

/** Every field of a type of the SDK: this does not compile when the SDK has another one. */
const jobFields = {
  id: true,
  object: true,
  inputFiles: true,
  metadata: true,
  endpoint: true,
  model: true,
  agentId: true,
  outputFile: true,
  errorFile: true,
  errors: true,
  outputs: true,
  status: true,
  createdAt: true,
  totalRequests: true,
  completedRequests: true,
  succeededRequests: true,
  failedRequests: true,
  startedAt: true,
  completedAt: true,
} satisfies Record<keyof BatchJob, true>
const fileFields = {
  id: true,
  object: true,
  sizeBytes: true,
  createdAt: true,
  filename: true,
  purpose: true,
  sampleType: true,
  numLines: true,
  mimetype: true,
  source: true,
  signature: true,
  expiresAt: true,
  visibility: true,
} satisfies Record<keyof CreateFileResponse, true>
const chatFields = {
  id: true,
  object: true,
  model: true,
  usage: true,
  created: true,
  choices: true,
} satisfies Record<keyof ChatCompletionResponse, true>
const pageFields = {
  index: true,
  markdown: true,
  images: true,
  tables: true,
  hyperlinks: true,
  header: true,
  footer: true,
  dimensions: true,
  confidenceScores: true,
  blocks: true,
} satisfies Record<keyof OCRPageObject, true>
const modelFields = {
  id: true,
  object: true,
  created: true,
  ownedBy: true,
  capabilities: true,
  name: true,
  description: true,
  maxContextLength: true,
  aliases: true,
  deprecation: true,
  deprecationReplacementModel: true,
  defaultModelTemperature: true,
  internal: true,
  billingModelName: true,
  type: true,
} satisfies Record<keyof BaseModelCard, true>
const fieldsOf = (value: object | undefined): readonly string[] => Object.keys(value ?? {}).toSorted()
const allOf = (fields: object): readonly string[] => Object.keys(fields).toSorted()

describe("Mistral's own client", () => {
  it('uploads a file, makes a job of it, polls it to its end and downloads the results', async () => {
    const file = await client.files.upload({ file: new File([lines(30)], 'in.jsonl'), purpose: 'batch' })
    expect(fieldsOf(file)).toEqual(allOf(fileFields))
    expect(file).toMatchObject({ numLines: 30, sampleType: 'batch_request', source: 'upload' })

    const made = await client.batch.jobs.create({
      inputFiles: [file.id],
      endpoint: '/v1/chat/completions',
      model,
      metadata: { offpeak: 'nonce-1' },
    })
    expect(fieldsOf(made)).toEqual(allOf(jobFields))
    expect(made).toMatchObject({
      status: 'QUEUED',
      inputFiles: [file.id],
      metadata: { offpeak: 'nonce-1' },
      totalRequests: 0,
      outputFile: null,
      startedAt: null,
    })

    const job = await ended(client, made.id)
    expect(fieldsOf(job)).toEqual(allOf(jobFields))
    expect(job).toMatchObject({
      status: 'SUCCESS',
      model,
      totalRequests: 30,
      completedRequests: 30,
      succeededRequests: 30,
      failedRequests: 0,
      errorFile: null,
      errors: [],
      outputs: null,
    })
    const results = await resultsOf(client, job.outputFile)
    const ids = results.map(({ custom_id: id }) => id)
    expect(ids).toHaveLength(30)
    expect(new Set(ids).size).toBe(30)
    const line = results.find(({ custom_id: id }) => id === 'record-7')
    expect(line).toMatchObject({
      id: expect.stringMatching(/^batch-[0-9a-f]{8}-[0-9a-f]{8}-7$/),
      error: null,
      response: { status_code: 200, body: { object: 'chat.completion', model } },
    })
    expect(contentOf(line)).toContain('record 7')
    expect((await client.files.retrieve({ fileId: job.outputFile ?? '' })).sampleType).toBe('batch_result')
  })

  it('sends requests in the call, of which the service makes a file, and finds the outputs on the job', async () => {
    const made = await client.batch.jobs.create({
      requests: [0, 1].map((index) => ({ customId: `record-${index}`, body: chatBody(index) })),
      endpoint: '/v1/chat/completions',
      model,
    })
    expect(made.inputFiles).toHaveLength(1)
    const job = await ended(client, made.id)
    expect(job.outputs?.map((line) => line['custom_id']).toSorted()).toEqual(['record-0', 'record-1'])
    const listed = await client.batch.jobs.list({ model })
    expect(listed.data?.find(({ id }) => id === made.id)?.outputs).toBeNull()
    const fromFile = await submit(client, lines(2))
    await ended(client, fromFile.id)
    expect((await client.batch.jobs.get({ jobId: fromFile.id, inline: true })).outputs).toHaveLength(2)
  })

  it('finds a job by its metadata, its model, its states and the time it was made', async () => {
    await using own = await startFast({ scenarios: ['slow-day@2'] })
    const looking = mistral(own)
    const early = await submit(looking, lines(1), { metadata: { offpeak: 'a' } })
    await ended(looking, early.id)
    const between = new Date(own.state().clock.now_ms)
    const late = await submit(looking, lines(1), {
      metadata: { offpeak: 'b' },
      model: 'mistral-large-latest',
    })
    const found = async (
      filter: Parameters<Mistral['batch']['jobs']['list']>[0],
    ): Promise<readonly string[]> => ((await looking.batch.jobs.list(filter)).data ?? []).map(({ id }) => id)
    expect(await found({})).toEqual([late.id, early.id])
    expect(await found({ orderBy: 'created' })).toEqual([early.id, late.id])
    expect(await found({ metadata: { offpeak: 'a' } })).toEqual([early.id])
    expect(await found({ metadata: { offpeak: 'c' } })).toEqual([])
    expect(await found({ model: 'mistral-large-latest' })).toEqual([late.id])
    expect(await found({ status: ['SUCCESS'] })).toEqual([early.id])
    expect(await found({ status: ['QUEUED', 'RUNNING'] })).toEqual([late.id])
    expect(await found({ createdAfter: between })).toEqual([late.id])
    expect(await found({ createdByMe: true })).toHaveLength(2)
    const json = await fetch(
      `${own.baseUrls['mistral']}/v1/batch/jobs?metadata=${encodeURIComponent('{"offpeak":"b"}')}`,
      { headers: { authorization: 'Bearer k' } },
    )
    expect(await json.json()).toMatchObject({ total: 1, data: [{ id: late.id }] })
  })

  it('pages through jobs and files', async () => {
    await using own = await startFast()
    const paging = mistral(own)
    const made: string[] = []
    for (let i = 0; i < 5; i += 1) made.push((await submit(paging, lines(1))).id)
    const page = async (number: number): Promise<readonly string[]> => {
      const { data, total } = await paging.batch.jobs.list({ page: number, pageSize: 2 })
      expect(total).toBe(5)
      return (data ?? []).map(({ id }) => id)
    }
    expect([...(await page(0)), ...(await page(1)), ...(await page(2)), ...(await page(3))]).toEqual(
      made.toReversed(),
    )
    const files = await paging.files.list({ purpose: 'batch', pageSize: 2, page: 1 })
    expect(files.data).toHaveLength(2)
    expect(files.total).toBeGreaterThanOrEqual(5)
  })

  it('cancels a job before anything has run', async () => {
    await using slow = await startFast({ scenarios: ['slow-day'] })
    const cancelling = mistral(slow)
    const { id: jobId } = await submit(cancelling, lines(4))
    expect((await cancelling.batch.jobs.cancel({ jobId })).status).toBe('CANCELLATION_REQUESTED')
    const job = await ended(cancelling, jobId)
    expect(job).toMatchObject({ status: 'CANCELLED', succeededRequests: 0, outputFile: null })
    expect(slow.bill()).toMatchObject({ requests: 0, cost_micro_usd: 0 })
    expect((await refusal(cancelling.batch.jobs.cancel({ jobId }))).status).toBe(409)
  })

  it('deletes a job that has ended, and files; the bill keeps both', async () => {
    await using own = await startFast({ scenarios: ['slow-day@2'] })
    const deleting = mistral(own)
    const { id: jobId } = await submit(deleting, lines(2))
    const { outputFile, inputFiles } = await ended(deleting, jobId)
    expect(await deleting.batch.jobs.delete({ jobId })).toEqual({ id: jobId, object: 'batch', deleted: true })
    expect((await refusal(deleting.batch.jobs.get({ jobId }))).status).toBe(404)
    expect((await refusal(deleting.files.retrieve({ fileId: outputFile ?? '' }))).status).toBe(404)
    expect((await deleting.batch.jobs.list()).data).toEqual([])
    expect(own.bill().requests).toBe(2)
    const input = inputFiles[0] ?? ''
    expect(await deleting.files.delete({ fileId: input })).toMatchObject({ id: input, deleted: true })
    const running = await submit(deleting, lines(1))
    expect((await refusal(deleting.batch.jobs.delete({ jobId: running.id }))).status).toBe(409)
  })

  it('puts results away after a day, and uploads after thirty', async () => {
    await using own = await startFast()
    const waiting = mistral(own)
    const { id } = await submit(waiting, lines(1))
    const { outputFile, inputFiles } = await ended(waiting, id)
    own.advanceClock(25 * 3_600_000)
    expect((await refusal(waiting.files.download({ fileId: outputFile ?? '' }))).status).toBe(404)
    expect((await waiting.files.retrieve({ fileId: inputFiles[0] ?? '' })).deleted).toBe(false)
    own.advanceClock(30 * 86_400_000)
    expect((await refusal(waiting.files.retrieve({ fileId: inputFiles[0] ?? '' }))).status).toBe(404)
  })

  it('answers at once, embeds at once, reads documents at once, and tells of models', async () => {
    await using own = await startFast()
    const now = mistral(own)
    const answer = await now.chat.complete({ model, messages: [{ role: 'user', content: textAbout(3) }] })
    expect(fieldsOf(answer)).toEqual(allOf(chatFields))
    expect(answer.choices[0]?.message?.content).toContain('record 3')
    const { promptTokens = 0, completionTokens = 0 } = answer.usage
    expect(own.bill().cost_micro_usd).toBe(Math.round(promptTokens * 0.15 + completionTokens * 0.6))

    const embedded = await now.embeddings.create({ model: 'mistral-embed', inputs: ['one', 'two'] })
    expect(embedded.data.map(({ embedding }) => embedding?.length)).toEqual([1024, 1024])

    const pdf = pdfOf(['The harbour was closed at dawn.', 'It was open again at noon.', 'Nobody came.'])
    const before = own.bill().cost_micro_usd
    const read = await now.ocr.process({
      model: 'mistral-ocr-latest',
      pages: [0, 2],
      document: {
        type: 'document_url',
        documentUrl: `data:application/pdf;base64,${pdf.toString('base64')}`,
      },
    })
    expect(read.pages.map(({ index, markdown }) => [index, markdown.trim()])).toEqual([
      [0, 'The harbour was closed at dawn.'],
      [2, 'Nobody came.'],
    ])
    expect(fieldsOf(read.pages[0])).toEqual(allOf(pageFields))
    expect(read.usageInfo).toEqual({ pagesProcessed: 2, docSizeBytes: pdf.length })
    expect(own.bill().cost_micro_usd - before).toBe(8000)
    expect(own.bill().synchronous_requests).toBe(3)

    const models = await now.models.list()
    expect(models.data?.length).toBeGreaterThan(10)
    const one = await now.models.retrieve({ modelId: model })
    expect(fieldsOf(one)).toEqual(expect.arrayContaining(['id', 'maxContextLength', 'capabilities']))
    expect(allOf(modelFields)).toEqual(expect.arrayContaining([...fieldsOf(one)]))
    expect((await refusal(now.models.retrieve({ modelId: 'mistral-9' }))).status).toBe(404)
  })

  it('runs jobs of embeddings and of OCR, at half', async () => {
    await using own = await startFast()
    const running = mistral(own)
    const embedding = await submit(
      running,
      ['one', 'two'].map((input) => `${JSON.stringify({ custom_id: input, body: { input } })}\n`).join(''),
      { endpoint: '/v1/embeddings', model: 'mistral-embed' },
    )
    const vectors = await linesOf(running, await ended(running, embedding.id))
    expect(vectors.map(({ custom_id: id }) => id)).toEqual(['one', 'two'])
    expect(vectors[0]?.response.body).toMatchObject({ object: 'list', data: [{ index: 0 }] })

    const pdf = new File([new Uint8Array(pdfOf(['One page.', 'Another page.']))], 'two.pdf')
    const document = await running.files.upload({ file: pdf, purpose: 'ocr' })
    expect(document.sampleType).toBe('ocr_input')
    const before = own.bill().cost_micro_usd
    const ocr = await submit(
      running,
      `${JSON.stringify({ custom_id: 'a', body: { document: { type: 'file', file_id: document.id } } })}\n`,
      { endpoint: '/v1/ocr', model: 'mistral-ocr-latest' },
    )
    const [line] = await linesOf(running, await ended(running, ocr.id))
    expect(line?.response.body).toMatchObject({
      pages: [{ markdown: expect.stringContaining('One page.') }, {}],
      usage_info: { pages_processed: 2 },
    })
    expect(own.bill().cost_micro_usd - before).toBe(4000)
  })

  it('takes errors for what they are', async () => {
    const unknown = await refusal(client.batch.jobs.get({ jobId: 'nope' }))
    expect(unknown).toEqual({ status: 404, body: { detail: 'Batch job nope not found.' } })
    const wrongModel = await refusal(
      client.chat.complete({ model: 'mistral-9', messages: [{ role: 'user', content: 'x' }] }),
    )
    expect(wrongModel).toEqual({
      status: 400,
      body: {
        object: 'error',
        message: 'Invalid model: mistral-9',
        type: 'invalid_model',
        param: null,
        code: '1500',
        raw_status_code: 400,
      },
    })
    const extra = await post(emulator, 'chat/completions', {
      model,
      ...chatBody(0),
      max_completion_tokens: 5,
    })
    expect(extra).toMatchObject({
      status: 422,
      body: {
        object: 'error',
        message: {
          detail: [
            {
              type: 'extra_forbidden',
              loc: ['body', 'max_completion_tokens'],
              msg: 'Extra inputs are not permitted',
              input: 5,
            },
          ],
        },
        type: 'invalid_request_error',
      },
    })
    await using limited = await startFast({ apiKeys: ['right'] })
    expect(await refusal(mistral(limited).files.list())).toEqual({
      status: 401,
      body: { detail: 'Invalid API Key' },
    })
    const file = await refusal(submit(client, lines(1), { inputFiles: ['nope'] }))
    expect(file.status).toBe(404)
    expect(await upload(client, lines(1))).toMatch(/^[0-9a-f-]{36}$/)
  })
})
