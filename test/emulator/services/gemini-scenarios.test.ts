import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BatchJob, GoogleGenAI, InlinedRequest } from '@google/genai'
import { describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { fastSpeed, startFast } from '../emulator-kit.ts'
import {
  type ResponseLine,
  ended,
  gemini,
  inlined,
  lines,
  model,
  raw,
  refusal,
  responsesOf,
  saidBy,
  upload,
} from './gemini-kit.ts'

interface Played extends AsyncDisposable {
  readonly emulator: Emulator
  readonly client: GoogleGenAI
  readonly job: BatchJob
  readonly responses: readonly ResponseLine[]
}

/** A batch of twenty lines of a file that has ended in an emulator that plays scenarios. */
async function play(...scenarios: readonly string[]): Promise<Played> {
  const emulator = await startFast({ scenarios })
  try {
    const client = gemini(emulator)
    const file = await upload(client, lines(20))
    const { name } = await client.batches.create({ model, src: { fileName: file.name ?? '' } })
    const job = await ended(client, name)
    const responses = job.dest?.fileName === undefined ? [] : await responsesOf(client, job)
    return { emulator, client, job, responses, [Symbol.asyncDispose]: () => emulator.close() }
  } catch (error) {
    await emulator.close()
    throw error
  }
}

function kindsOf(responses: readonly ResponseLine[]): Readonly<Record<string, number>> {
  const kinds = new Map<string, number>()
  for (const { error } of responses) {
    const kind = error === undefined ? 'answered' : `error ${error.code}`
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  return Object.fromEntries(kinds)
}

/** The answers of requests that were sent in the call. */
async function inlineAnswers(
  emulator: Emulator,
  requests: InlinedRequest[],
): Promise<NonNullable<NonNullable<BatchJob['dest']>['inlinedResponses']>> {
  const client = gemini(emulator)
  const { name } = await client.batches.create({ model, src: requests })
  return (await ended(client, name)).dest?.inlinedResponses ?? []
}

describe('scenarios of Gemini', () => {
  it('`gemini-429-after-upload`: the file is there, the batch is not, and the words speak of billing', async () => {
    await using emulator = await startFast({ scenarios: ['gemini-429-after-upload'] })
    const client = gemini(emulator)
    const file = await upload(client, lines(2))
    const create = (): Promise<BatchJob> =>
      client.batches.create({ model, src: { fileName: file.name ?? '' } })
    const refused = await refusal(create())
    expect(refused.status).toBe(429)
    expect(JSON.parse(refused.message)).toMatchObject({
      error: {
        status: 'RESOURCE_EXHAUSTED',
        message: expect.stringContaining('check your plan and billing details'),
      },
    })
    expect(emulator.state()).toMatchObject({ batches: [], files: [{ profile: 'gemini' }] })
    expect((await ended(client, (await create()).name)).state).toBe('JOB_STATE_SUCCEEDED')
  })

  it('`gemini-model-closed`: the model is listed, and refused wherever it is asked', async () => {
    await using emulator = await startFast({ scenarios: ['gemini-model-closed'] })
    const client = gemini(emulator)
    expect((await client.models.get({ model })).name).toBe(`models/${model}`)
    const refused = await refusal(client.batches.create({ model, src: inlined(1) }))
    expect(refused.status).toBe(404)
    expect(refused.message).toContain('no longer available to new users')
    expect((await refusal(client.models.generateContent({ model, contents: 'x' }))).status).toBe(404)
    emulator.clearFaults()
    expect((await client.batches.create({ model, src: inlined(1) })).name).toMatch(/^batches\//)
  })

  it('`gemini-expired-empty`: nothing comes back; what ran is on the bill all the same', async () => {
    await using empty = await play('gemini-expired-empty')
    expect(empty.job).toMatchObject({ state: 'JOB_STATE_EXPIRED' })
    expect(empty.job.dest).toBeUndefined()
    expect(empty.emulator.bill().requests).toBe(0)
    await using half = await play('gemini-expired-empty:fraction=0.5')
    expect(half.job).toMatchObject({ state: 'JOB_STATE_EXPIRED' })
    expect(half.job.dest).toBeUndefined()
    expect(half.emulator.bill().requests).toBe(10)
    const id = half.job.name?.replace('batches/', '') ?? ''
    expect((await raw(half.emulator, `v1beta/files/batch-${id}:download?alt=media`)).status).toBe(403)
    expect((await raw(half.emulator, `v1beta/${half.job.name}`)).body).toMatchObject({
      done: true,
      metadata: { state: 'BATCH_STATE_EXPIRED', batchStats: { requestCount: '20' } },
    })
  })

  it('expires after 48 hours by itself', async () => {
    await using emulator = await startEmulator({ scenarios: ['stuck-in-progress'] })
    const client = gemini(emulator)
    const { name } = await client.batches.create({ model, src: inlined(2) })
    emulator.advanceClock(47 * 3_600_000)
    expect((await client.batches.get({ name: name ?? '' })).state).not.toBe('JOB_STATE_EXPIRED')
    emulator.advanceClock(3_600_000)
    expect((await ended(client, name)).state).toBe('JOB_STATE_EXPIRED')
  })

  it.each(['SUCCEEDED', 'RUNNING', 'FAILED'])(
    '`gemini-done-with-error`: done, with an error, in state %s',
    async (state) => {
      await using emulator = await startFast({ scenarios: [`gemini-done-with-error:state=${state},ran=yes`] })
      const client = gemini(emulator)
      const { name } = await client.batches.create({ model, src: inlined(3) })
      let operation = (await raw(emulator, `v1beta/${name}`)).body
      while (!Object.hasOwn(Object(operation), 'done'))
        operation = (await raw(emulator, `v1beta/${name}`)).body
      expect(operation).toMatchObject({
        done: true,
        error: { code: 13, message: 'Internal error encountered.' },
        metadata: { state: `BATCH_STATE_${state}` },
      })
      expect(JSON.stringify(operation)).not.toContain('inlinedResponses')
      expect(emulator.bill().requests).toBe(3)
    },
  )

  it('`gemini-answers-inside`: the answers to a file in the batch itself, with their keys or without', async () => {
    await using played = await play('gemini-answers-inside')
    expect(played.job.dest?.fileName).toBeUndefined()
    const keys = played.job.dest?.inlinedResponses?.map(({ metadata }) => metadata?.['key'])
    expect(new Set(keys)).toEqual(new Set(Array.from({ length: 20 }, (_, index) => `record-${index}`)))
    expect(played.emulator.bill().requests).toBe(20)
    await using without = await play('gemini-answers-inside:keys=no')
    expect(without.job.dest?.inlinedResponses?.map(({ metadata }) => metadata)).toEqual(
      Array.from({ length: 20 }, () => undefined),
    )
  })

  it('`gemini-inline-without-key`: answers in the order of the requests, and no metadata', async () => {
    await using emulator = await startFast({ scenarios: ['gemini-inline-without-key:every=2'] })
    const answers = await inlineAnswers(emulator, inlined(4))
    expect(answers.map(({ metadata }) => metadata?.['key'])).toEqual([
      undefined,
      'record-1',
      undefined,
      'record-3',
    ])
    expect(saidBy(answers[2]?.response)).toContain('record 2')
  })

  it('`gemini-line-cancelled`: single lines of a batch that succeeds', async () => {
    await using played = await play('gemini-line-cancelled:every=5')
    expect(played.job.state).toBe('JOB_STATE_SUCCEEDED')
    expect(kindsOf(played.responses)).toEqual({ 'error 1': 4, answered: 16 })
    expect(played.emulator.bill().requests).toBe(16)
  })

  it('`gemini-thoughts-eat-limit`: thoughts alone, billed to the limit as output', async () => {
    await using emulator = await startFast({ scenarios: ['gemini-thoughts-eat-limit'] })
    const [answer] = await inlineAnswers(emulator, inlined(1, { maxOutputTokens: 300 }))
    expect(saidBy(answer?.response)).toBe('')
    expect(answer?.response).toMatchObject({
      candidates: [{ finishReason: 'MAX_TOKENS' }],
      usageMetadata: { thoughtsTokenCount: 300 },
    })
    const prompt = answer?.response?.usageMetadata?.promptTokenCount ?? 0
    expect(emulator.bill().cost_micro_usd).toBe(Math.round((prompt * 0.3 + 300 * 2.5) / 2))
  })

  it('`gemini-cache-hits`: inside the prompt, and not halved', async () => {
    await using emulator = await startFast({ scenarios: ['gemini-cache-hits:share=0.5'] })
    const [answer] = await inlineAnswers(emulator, [{ ...inlined(1)[0], contents: 'word '.repeat(20_000) }])
    const usage = answer?.response?.usageMetadata
    const prompt = usage?.promptTokenCount ?? 0
    const cached = usage?.cachedContentTokenCount ?? 0
    expect(cached).toBe(Math.floor(prompt / 2))
    const output = usage?.candidatesTokenCount ?? 0
    expect(emulator.bill().cost_micro_usd).toBe(
      Math.round(((prompt - cached) * 0.3 + output * 2.5) / 2 + cached * 0.03),
    )
  })
})

describe('scenarios of every service, at Gemini', () => {
  it.each([
    ['all-failed', { 'error 13': 20 }],
    ['line-5xx:every=4,status=429', { 'error 8': 5, answered: 15 }],
    ['missing-lines:every=4', { answered: 15 }],
    ['duplicate-lines:every=4', { answered: 25 }],
    ['outcome:every=4,of=server_error', { 'error 13': 5, answered: 15 }],
  ])('plays %s', async (scenario, kinds) => {
    await using played = await play(scenario)
    expect(kindsOf(played.responses)).toEqual(kinds)
  })

  it('names lines by their key where it names them otherwise', async () => {
    await using changed = await play('changed-custom-ids')
    expect(changed.responses[0]?.key).toMatch(/^gw-0-/)
    expect(Object.keys(changed.responses[0] ?? {})).toEqual(['key', 'response'])
    await using without = await play('no-custom-id')
    expect(without.responses[0]).not.toHaveProperty('key')
    expect(without.responses[1]?.key).toBe('record-1')
    await using stray = await play('unknown-custom-id')
    expect(stray.responses.map(({ key }) => key)).toContain('nobody-asked-for-this')
  })

  it('shows a batch that never began as expired', async () => {
    await using played = await play('stuck-validating', 'expire-all')
    expect(played.job).toMatchObject({ state: 'JOB_STATE_EXPIRED' })
  })

  it('loses the answer to a create that was done, and to an upload', async () => {
    await using emulator = await startFast({ scenarios: ['lost-create', 'lost-upload'] })
    const client = gemini(emulator)
    await expect(upload(client, lines(1))).rejects.toThrow()
    expect(await Array.fromAsync(await client.files.list())).toHaveLength(1)
    await expect(client.batches.create({ model, src: inlined(2) })).rejects.toThrow()
    expect(await Array.fromAsync(await client.batches.list())).toHaveLength(1)
  })

  it('words a fault in its own way', async () => {
    await using emulator = await startFast({ scenarios: ['server-errors'] })
    const refused = await refusal(gemini(emulator).batches.list())
    expect(JSON.parse(refused.message)).toMatchObject({ error: { code: 503, status: 'UNAVAILABLE' } })
  })

  it('counts enqueued tokens where there is a limit, and holds no more than 100 batches at once', async () => {
    await using emulator = await startFast({
      enqueuedTokenLimit: { [model]: 60 },
      scenarios: ['slow-day@all'],
    })
    const client = gemini(emulator)
    await client.batches.create({ model, src: inlined(2) })
    const refused = await refusal(client.batches.create({ model, src: inlined(2) }))
    expect(refused.status).toBe(429)
    await client.batches.create({ model: 'gemini-2.5-pro', src: inlined(1, { thinkingConfig: {} }) })
    for (let i = 2; i < 100; i += 1)
      await client.batches.create({ model: 'gemini-3.5-flash', src: inlined(1) })
    expect(
      (await refusal(client.batches.create({ model: 'gemini-3.5-flash', src: inlined(1) }))).status,
    ).toBe(429)
  })

  it('goes on after a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'emulator-gemini-'))
    try {
      const first = await startEmulator({ dataDir, speed: 1 })
      const client = gemini(first)
      const file = await upload(client, lines(20))
      const { name } = await client.batches.create({ model, src: { fileName: file.name ?? '' } })
      await first.close()
      await using second = await startEmulator({ dataDir, speed: fastSpeed })
      const again = gemini(second)
      const job = await ended(again, name)
      expect(kindsOf(await responsesOf(again, job))).toEqual({ answered: 20 })
      expect((await again.files.get({ name: file.name ?? '' })).mimeType).toBe('application/jsonl')
      expect(second.bill().requests).toBe(20)
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})
