import { gunzipSync } from 'node:zlib'
import OpenAI, { APIConnectionError } from 'openai'
import { describe, expect, it } from 'vitest'
import { startEmulator } from '../../src/emulator/index.ts'
import {
  billOf,
  bodyOf,
  chatLines,
  create,
  openai,
  play,
  rawGet,
  readResults,
  refusal,
  startFast,
  submit,
  upload,
  waitFor,
} from './emulator-kit.ts'

describe('a service that is as it is', () => {
  it('hidden-list shows no batch at all', async () => {
    await using played = await play(['hidden-list'])
    expect((await played.client.batches.list()).data).toEqual([])
    expect((await played.client.batches.retrieve(played.batch.id)).status).toBe('completed')
    played.emulator.clearFaults()
    expect((await played.client.batches.list()).data).toHaveLength(1)
    expect(played.bill.requests).toBe(20)
  })

  it('hidden-list may hide the newest alone', async () => {
    await using emulator = await startEmulator({ scenarios: ['hidden-list:which=newest,seconds=600'] })
    const client = openai(emulator)
    const file = await upload(client, chatLines(1))
    const first = await create(client, file.id)
    expect((await client.batches.list()).data).toEqual([])
    emulator.advanceClock(601_000)
    await create(client, file.id)
    expect((await client.batches.list()).data.map(({ id }) => id)).toEqual([first.id])
  })

  it.each([405, 500])('refused-list is answered %i, and the rest of the service works', async (status) => {
    await using played = await play([`refused-list:status=${status}`])
    for (let i = 0; i < 2; i += 1)
      expect((await refusal(played.client.batches.list().then(({ data }) => data))).status).toBe(status)
    expect((await played.client.files.list()).data).toHaveLength(2)
    expect(played.bill.requests).toBe(20)
  })

  it('value-envelope writes lists in another envelope', async () => {
    await using played = await play(['value-envelope'])
    for (const path of ['batches', 'files']) {
      const list = await bodyOf<Record<string, unknown>>(
        fetch(`${played.emulator.openaiBaseUrl}/${path}`, { headers: { authorization: 'Bearer k' } }),
      )
      expect(list['value']).toHaveLength(path === 'files' ? 2 : 1)
      expect(list).not.toHaveProperty('data')
    }
    expect(played.bill.requests).toBe(20)
  })

  it('gzip packs every answer, also that of a create and that of a file', async () => {
    await using played = await play(['gzip'])
    const { emulator, client, batch } = played
    const file = await rawGet(`${emulator.openaiBaseUrl}/files/${batch.output_file_id}/content`)
    expect(file.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' })
    expect(file.headers['content-length']).toBeUndefined()
    expect(gunzipSync(file.body).toString().trimEnd().split('\n')).toHaveLength(20)
    const object = await rawGet(`${emulator.openaiBaseUrl}/batches/${batch.id}`)
    expect(Number(object.headers['content-length'])).toBe(object.body.length)
    expect(JSON.parse(gunzipSync(object.body).toString())).toMatchObject({ id: batch.id })
    expect(await readResults(client, batch.output_file_id)).toHaveLength(20)
    emulator.play('rate-limited')
    const refused = await rawGet(`${emulator.openaiBaseUrl}/batches`)
    expect(refused.status).toBe(429)
    expect(JSON.parse(gunzipSync(refused.body).toString())).toMatchObject({ statusCode: 429 })
    expect(played.bill.requests).toBe(20)
  })

  it('gzip may be a label on what is not packed', async () => {
    await using emulator = await startFast({ scenarios: ['gzip:mode=label'] })
    const answer = await rawGet(`${emulator.openaiBaseUrl}/batches`)
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(JSON.parse(answer.body.toString())).toMatchObject({ object: 'list' })
  })

  it.each([3600, -7200])(
    'clock-skew of %i seconds shows in the Date header and in all times',
    async (seconds) => {
      await using emulator = await startEmulator({ scenarios: [`clock-skew:seconds=${seconds}`] })
      const client = openai(emulator)
      const file = await upload(client, chatLines(1))
      const { data: batch, response } = await client.batches
        .create({ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' })
        .withResponse()
      const date = Date.parse(response.headers.get('date') ?? '') / 1000
      const plain = emulator.state()
      const createdAt = Number(Reflect.get(plain.batches[0] ?? {}, 'created_at'))
      expect(batch.created_at - createdAt).toBe(seconds)
      expect(file.created_at - Number(Reflect.get(plain.files[0] ?? {}, 'created_at'))).toBe(seconds)
      expect(batch.expires_at).toBe(batch.created_at + 86_400)
      expect(Math.abs(date - batch.created_at)).toBeLessThan(60)
      expect(Number.parseInt(batch.id.slice('batch_'.length, 'batch_'.length + 8), 16)).toBe(batch.created_at)
    },
  )

  it('clock-skew shows in the answers of a batch', async () => {
    await using skewed = await play(['clock-skew:seconds=-31536000'])
    const [line] = await readResults(skewed.client, skewed.batch.output_file_id)
    expect(Number(line?.response?.body['created'])).toBeLessThan(Date.now() / 1000 - 30_000_000)
    expect(skewed.bill.requests).toBe(20)
  })

  it('own-keys shows batches and files to the key that made them, and 404 to others', async () => {
    await using played = await play(['own-keys'])
    const { emulator, client, batch } = played
    const other = new OpenAI({ apiKey: 'sk-other', baseURL: emulator.openaiBaseUrl, maxRetries: 0 })
    expect(await refusal(other.batches.retrieve(batch.id))).toMatchObject({ status: 404 })
    expect(await refusal(other.batches.cancel(batch.id))).toMatchObject({ status: 404 })
    expect(await refusal(other.files.content(String(batch.output_file_id)))).toMatchObject({ status: 404 })
    expect(await refusal(other.files.delete(batch.input_file_id))).toMatchObject({ status: 404 })
    expect((await refusal(create(other, batch.input_file_id))).message).toContain('Cannot find file')
    expect((await other.batches.list()).data).toEqual([])
    expect((await other.files.list()).data).toEqual([])
    expect(await readResults(client, batch.output_file_id)).toHaveLength(20)
    expect((await client.batches.list()).data).toHaveLength(1)
    expect(played.bill.requests).toBe(20)
  })

  it('own-keys keeps the projects of one key apart', async () => {
    await using emulator = await startFast({ scenarios: ['own-keys'] })
    const within = (project: string): OpenAI =>
      new OpenAI({ apiKey: 'sk-one', project, baseURL: emulator.openaiBaseUrl, maxRetries: 0 })
    const batch = await submit(within('proj_a'), chatLines(1))
    expect((await waitFor(within('proj_a'), batch.id)).status).toBe('completed')
    expect(await refusal(within('proj_b').batches.retrieve(batch.id))).toMatchObject({ status: 404 })
  })

  it('own-keys takes all tokens of Entra for one caller', async () => {
    await using emulator = await startFast({ scenarios: ['own-keys'] })
    const withToken = (token: string): OpenAI =>
      new OpenAI({ apiKey: token, baseURL: `${emulator.azureEndpoint}/openai/v1`, maxRetries: 0 })
    const file = await upload(withToken('token-of-the-first-hour'), chatLines(1))
    expect((await withToken('token-of-the-second-hour').files.retrieve(file.id)).id).toBe(file.id)
  })

  it('subscription-key wants the header of a gateway', async () => {
    await using emulator = await startFast({ scenarios: ['subscription-key'] })
    const without = await fetch(`${emulator.openaiBaseUrl}/files`, { headers: { authorization: 'Bearer k' } })
    expect(without.status).toBe(401)
    expect(await without.json()).toEqual({
      statusCode: 401,
      message: expect.stringContaining('subscription key'),
    })
    const client = new OpenAI({
      apiKey: 'k',
      baseURL: emulator.openaiBaseUrl,
      defaultHeaders: { 'Ocp-Apim-Subscription-Key': 'subscription' },
    })
    expect((await client.files.list()).data).toEqual([])
  })
})

describe('what the service remembers of its callers', () => {
  it('is organisation and project, of files, batches and calls', async () => {
    await using emulator = await startFast()
    const client = new OpenAI({
      apiKey: 'k',
      organization: 'org-example',
      project: 'proj_example',
      baseURL: emulator.openaiBaseUrl,
    })
    const batch = await submit(client, chatLines(1))
    await waitFor(client, batch.id)
    const state = emulator.state()
    const said = { organization: 'org-example', project: 'proj_example' }
    expect(state.batches).toMatchObject([said])
    expect(state.files).toMatchObject([said, said])
    expect(state.calls).toContainEqual({ operation: 'batches.create', ...said, count: 1 })
    expect(new Set(state.calls.map(({ organization }) => organization))).toEqual(new Set(['org-example']))
    await openai(emulator).models.list()
    expect(emulator.state().calls).toContainEqual({
      operation: 'models.list',
      organization: null,
      project: null,
      count: 1,
    })
  })
})

describe('several scenarios in one run', () => {
  it('all happen, and the bill is that of what ran', async () => {
    await using emulator = await startFast({
      scenarios: [
        'gzip',
        'clock-skew:seconds=3600',
        'rate-limited:retryAfter=0',
        'lost-create',
        'late-file-ids@all:polls=2',
        'short-download@all',
        'late-output@all:downloads=1',
        'missing-lines@all:every=5',
        'line-usage@all',
      ],
    })
    const client = new OpenAI({ apiKey: 'sk-test', baseURL: emulator.openaiBaseUrl, maxRetries: 3 })
    const file = await upload(client, chatLines(40))
    const once = openai(emulator)
    await expect(refusal(create(once, file.id))).resolves.toMatchObject({ status: 429 })
    await expect(refusal(create(once, file.id))).resolves.toMatchObject({ status: 429 })
    await expect(create(once, file.id)).rejects.toBeInstanceOf(APIConnectionError)
    const [batch] = (await client.batches.list()).data
    let done = await client.batches.retrieve(String(batch?.id))
    while (!done.output_file_id) done = await client.batches.retrieve(done.id)
    expect(done.request_counts).toEqual({ total: 40, completed: 40, failed: 0 })
    const url = `${emulator.openaiBaseUrl}/files/${done.output_file_id}/content`
    const answers = [
      await rawGet(url),
      await rawGet(url),
      await rawGet(url),
      await rawGet(url),
      await rawGet(url),
    ]
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 404, 200, 200])
    const lines = answers.map(({ body }) => gunzipSync(body).toString().trimEnd().split('\n').length)
    expect(lines[4]).toBe(32)
    expect(await billOf(emulator)).toMatchObject({ batches: 1, requests: 40, duplicate_requests: 0 })
  })
})
