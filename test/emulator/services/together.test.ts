import { createRequire } from 'node:module'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type Together from 'together-ai'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { fastSpeed } from '../emulator-kit.ts'

const model = 'meta-llama/Llama-3.3-70B-Instruct-Turbo'
let emulator: Emulator
let client: Together
let folder: string
beforeAll(async () => {
  emulator = await startEmulator({ speed: fastSpeed })
  folder = await mkdtemp(join(tmpdir(), 'emulator-together-'))
  // The uploads of this client go where this variable says when it is loaded, whatever its base URL is.
  vi.stubEnv('TOGETHER_API_BASE_URL', emulator.baseUrls['together'])
  // It sends a stream without saying `duplex`, which the fetch of Node asks for.
  const plainFetch = globalThis.fetch
  vi.stubGlobal('fetch', (url: string, init: RequestInit = {}) =>
    plainFetch(url, init.body instanceof Readable ? { ...init, duplex: 'half' } : init),
  )
  // Of its two builds only that for `require` can upload: the other one asks for `require` where there is none.
  const Client: typeof Together = createRequire(import.meta.url)('together-ai')
  client = new Client({ apiKey: 'tg-test', baseURL: emulator.baseUrls['together'], maxRetries: 0 })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  await emulator.close()
  await rm(folder, { recursive: true, force: true })
})

type Job = Together.Batches.BatchJob

/** Every field of a type of the SDK: this does not compile when the SDK has another one. */
const jobFields = {
  id: true,
  user_id: true,
  input_file_id: true,
  file_size_bytes: true,
  progress: true,
  status: true,
  job_deadline: true,
  created_at: true,
  endpoint: true,
  model_id: true,
  output_file_id: true,
  error_file_id: 'when a request has failed',
  completed_at: true,
  error: 'when the job has failed',
} satisfies Record<keyof Job, true | string>
const fileFields = {
  id: true,
  object: true,
  bytes: true,
  created_at: true,
  filename: true,
  FileType: true,
  Processed: true,
  purpose: true,
  processing_status: 'of files for fine-tuning',
  validation_report: 'of files for fine-tuning',
} satisfies Record<keyof Together.Files.FileResponse, true | string>
const always = (fields: Readonly<Record<string, true | string>>): readonly string[] =>
  Object.entries(fields)
    .flatMap(([name, when]) => (when === true ? [name] : []))
    .toSorted()

function line(index: number, body: object = {}): string {
  const content = `Say something about record ${index}. It arrived in the morning and was read at noon.`
  const asked = { model, messages: [{ role: 'user', content }], ...body }
  return `${JSON.stringify({ custom_id: `record-${index}`, body: asked })}\n`
}

const lines = (count: number): string =>
  Array.from({ length: count }, (_value, index) => line(index)).join('')

async function uploaded(content: string): Promise<string> {
  const path = join(folder, 'input.jsonl')
  await writeFile(path, content)
  return (await client.files.upload(path, 'batch-api', false)).id
}

async function submit(content: string): Promise<Together.Batches.BatchCreateResponse> {
  return client.batches.create({ input_file_id: await uploaded(content), endpoint: '/v1/chat/completions' })
}

async function ended(id = ''): Promise<Job> {
  while (true) {
    const job = await client.batches.retrieve(id)
    if (['COMPLETED', 'FAILED', 'EXPIRED', 'CANCELLED'].includes(job.status ?? '')) return job
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

describe("Together's own client", () => {
  it('uploads in two steps', async () => {
    const content = lines(3)
    const id = await uploaded(content)
    const file = await client.files.retrieve(id)
    expect(Object.keys(file).toSorted()).toEqual(always(fileFields))
    expect(file).toMatchObject({ bytes: content.length, Processed: true, purpose: 'batch-api' })
    expect(await (await client.files.content(id)).text()).toBe(content)
    expect((await client.files.list()).data.map((item) => item.id)).toContain(id)
    expect(await client.files.delete(id)).toEqual({ id, deleted: true })
  })

  it('makes a job, polls it to its end and reads its results', async () => {
    const { job, warning } = await submit(lines(20))
    expect(job?.status).toBe('VALIDATING')
    expect(warning).toBe('')
    const done = await ended(job?.id)
    expect(Object.keys(done).toSorted()).toEqual(always(jobFields))
    expect(done).toMatchObject({ status: 'COMPLETED', progress: 100, model_id: model })
    const text = await (await client.files.content(done.output_file_id ?? '')).text()
    const results = text
      .trim()
      .split('\n')
      .map((result) => JSON.parse(result))
    expect(results).toHaveLength(20)
    const seventh = results.find(({ custom_id: id }) => id === 'record-7')
    expect(seventh.response.body.choices[0].message.content).toContain('record 7')
    expect(seventh.response.body).not.toHaveProperty('service_tier')
  })

  it('lists all jobs in a bare array, newest first', async () => {
    const { job } = await submit(lines(1))
    const listed = await client.batches.list()
    expect(Array.isArray(listed)).toBe(true)
    expect(listed[0]?.id).toBe(job?.id)
  })

  it('says in one text what is wrong with an input', async () => {
    const bad = await submit(`${line(0)}${line(0)}{"custom_id":"other","body":{"model":"nobody"}}\n`)
    const failed = await ended(bad.job?.id)
    expect(failed.status).toBe('FAILED')
    expect(failed.error).toMatch(/^Line 2: .*duplicate.* Line 3: /)
  })

  it('cancels a job', async () => {
    emulator.play('slow-day')
    const { job } = await submit(lines(2))
    await client.batches.cancel(job?.id ?? '')
    const cancelled = await ended(job?.id)
    expect(cancelled.status).toBe('CANCELLED')
    expect(cancelled).not.toHaveProperty('output_file_id')
  })

  it('takes a file in two steps by form data too, and lets it be finalised', async () => {
    const form = new FormData()
    for (const [name, value] of [
      ['purpose', 'batch-api'],
      ['file_name', 'input.jsonl'],
      ['file_type', 'jsonl'],
    ] as const)
      form.append(name, value)
    const headers = { authorization: 'Bearer k' }
    const base = emulator.baseUrls['together']
    const begun = await fetch(`${base}/files`, { method: 'POST', headers, body: form, redirect: 'manual' })
    expect(begun.status).toBe(302)
    const [where, id] = ['location', 'x-together-file-id'].map((name) => begun.headers.get(name) ?? '')
    const put = (): Promise<Response> => fetch(where ?? '', { method: 'PUT', body: lines(1) })
    expect((await client.files.retrieve(id ?? '')).Processed).toBe(false)
    expect((await put()).status).toBe(200)
    expect((await put()).status).toBe(403)
    const done = await fetch(`${base}/files/${id}/preprocess`, { method: 'POST', headers })
    expect(await done.json()).toMatchObject({ id, Processed: true })
  })

  it('takes a file in one call at /files/upload too, and no other purpose', async () => {
    const post = (purpose: string): Promise<Response> => {
      const form = new FormData()
      form.append('purpose', purpose)
      form.append('file', new Blob([lines(2)]), 'input.jsonl')
      return fetch(`${emulator.baseUrls['together']}/files/upload`, {
        method: 'POST',
        headers: { authorization: 'Bearer k' },
        body: form,
      })
    }
    expect(await (await post('batch-api')).json()).toMatchObject({ purpose: 'batch-api', Processed: true })
    expect((await post('batch')).status).toBe(400)
  })

  it('pays half for some models, and the whole price for others', async () => {
    const billed = async (content: string): Promise<number> => {
      const before = emulator.bill().cost_micro_usd
      await ended((await submit(content)).job?.id)
      return emulator.bill().cost_micro_usd - before
    }
    const dear = { model: 'openai/gpt-oss-120b' }
    const many = Array.from({ length: 50 }, (_value, index) => line(index, dear)).join('')
    const before = emulator.bill().cost_micro_usd
    const real = JSON.parse(line(0, dear)).body
    await client.chat.completions.create(real)
    const one = emulator.bill().cost_micro_usd - before
    expect(await billed(many)).toBeGreaterThan(40 * one)
    const cheap = await billed(lines(50))
    const beforeCheap = emulator.bill().cost_micro_usd
    for (let i = 0; i < 50; i += 1) await client.chat.completions.create(JSON.parse(line(i)).body)
    expect(Math.abs(emulator.bill().cost_micro_usd - beforeCheap - 2 * cheap)).toBeLessThanOrEqual(2)
  })

  it('`together-no-counts`: shows nothing of how far a job is', async () => {
    emulator.play('together-no-counts')
    const { job } = await submit(lines(2))
    const done = await ended(job?.id)
    expect(done.status).toBe('COMPLETED')
    expect(done).not.toHaveProperty('progress')
    expect(done).not.toHaveProperty('file_size_bytes')
  })
})
