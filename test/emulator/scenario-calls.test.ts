import { APIConnectionError, APIError } from 'openai'
import { describe, expect, it } from 'vitest'
import type { Emulator } from '../../src/emulator/index.ts'
import {
  azureDated,
  azureV1,
  billOf,
  chatLines,
  create,
  openai,
  play,
  readResults,
  refusal,
  startFast,
  upload,
  waitFor,
} from './emulator-kit.ts'

async function ask(emulator: Emulator, path: string): Promise<Response> {
  return fetch(`${emulator.openaiBaseUrl}${path}`, { headers: { authorization: 'Bearer k' } })
}

describe('calls that go wrong', () => {
  it('rate-limited strikes each kind of call twice, in two ways', async () => {
    await using emulator = await startFast({ scenarios: ['rate-limited:retryAfter=3'] })
    for (const path of ['/files', '/batches', '/batches/batch_none', '/files/file-none/content', '/models']) {
      const first = await ask(emulator, path)
      expect(first.status).toBe(429)
      expect(first.headers.get('retry-after')).toBe('3')
      expect(await first.json()).toEqual({ statusCode: 429, message: expect.stringContaining('3 seconds') })
      const second = await ask(emulator, path)
      expect(second.status).toBe(429)
      expect(second.headers.get('retry-after')).toBeNull()
      expect(second.headers.get('content-type')).toBe('text/plain')
      expect(await second.text()).toBe('Too Many Requests')
      const third = await ask(emulator, path)
      expect(third.status).not.toBe(429)
      await third.text()
    }
  })

  it('rate-limited strikes uploads and creates too, without leaving anything', async () => {
    await using emulator = await startFast({ scenarios: ['rate-limited:header=retry-after-ms'] })
    const client = openai(emulator)
    for (let i = 0; i < 2; i += 1) expect((await refusal(upload(client, chatLines(1)))).status).toBe(429)
    const file = await upload(client, chatLines(1))
    const refused = await refusal(create(client, file.id))
    expect(refused.headers?.get('retry-after-ms')).toBe('1000')
    expect((await refusal(create(client, file.id))).status).toBe(429)
    const { id } = await create(client, file.id)
    expect(emulator.state().files).toHaveLength(1)
    expect(emulator.state().batches).toHaveLength(1)
    while (!emulator.state().calls.some(({ operation }) => operation === 'batches.retrieve'))
      await refusal(client.batches.retrieve(id))
    await refusal(client.batches.retrieve(id))
    await waitFor(client, id)
    expect((await billOf(emulator)).requests).toBe(1)
  })

  it('server-errors come in a burst and connection-cut once', async () => {
    await using emulator = await startFast({ scenarios: ['server-errors:status=502', 'connection-cut@2'] })
    const client = openai(emulator)
    const seen: (number | string)[] = []
    for (let i = 0; i < 6; i += 1) {
      await client.files.list().then(
        () => seen.push(200),
        (error: unknown) => seen.push(error instanceof APIError ? (error.status ?? 'cut') : String(error)),
      )
    }
    // What has been answered 502 cannot be cut: that is put off.
    expect(seen).toEqual([502, 502, 502, 'cut', 200, 200])
  })

  it('expired-token is a 401 once, in the words of the service', async () => {
    await using emulator = await startFast({ scenarios: ['expired-token:operation=batches.list,times=2'] })
    const azure = await refusal(
      azureV1(emulator)
        .batches.list()
        .then(({ data }) => data),
    )
    expect(azure).toMatchObject({ status: 401, code: '401' })
    expect(azure.message).toContain('Access token is missing, invalid')
    expect(
      await refusal(
        openai(emulator)
          .batches.list()
          .then(({ data }) => data),
      ),
    ).toMatchObject({
      status: 401,
      code: 'invalid_api_key',
    })
    expect((await openai(emulator).batches.list()).data).toEqual([])
    expect((await openai(emulator).files.list()).data).toEqual([])
  })

  it.each([
    ['page', 'text/html', 'Just a moment'],
    ['json', 'application/json', 'unsupported_country_region_territory'],
  ])('forbidden answers 403 with a %s as often as told', async (body, type, words) => {
    await using emulator = await startFast({ scenarios: [`forbidden@2:body=${body},times=2`] })
    const statuses: number[] = []
    for (let i = 0; i < 4; i += 1) {
      const answer = await ask(emulator, '/batches')
      statuses.push(answer.status)
      const text = await answer.text()
      if (answer.status !== 403) continue
      expect(answer.headers.get('content-type')).toBe(type)
      expect(text).toContain(words)
    }
    expect(statuses).toEqual([200, 403, 403, 200])
  })

  it('sign-in-page takes the place of JSON, or of a file', async () => {
    await using played = await play(['sign-in-page:operation=files.content'])
    const { emulator, client, batch } = played
    const page = await ask(emulator, `/files/${batch.output_file_id}/content`)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toBe('text/html')
    expect(await page.text()).toContain('Sign in')
    expect(await readResults(client, batch.output_file_id)).toHaveLength(20)
    expect(played.bill.requests).toBe(20)
    emulator.play('sign-in-page')
    expect(await (await ask(emulator, '/batches')).text()).toContain('Sign in')
    expect(await (await ask(emulator, '/batches')).json()).toMatchObject({ object: 'list' })
  })

  it.each([
    ['400', 'quota for number of files'],
    ['413', '209715200'],
  ])('upload-refused is a %s each time', async (status, words) => {
    await using emulator = await startFast({ scenarios: [`upload-refused:status=${status}`] })
    for (let i = 0; i < 3; i += 1) {
      const refused = await refusal(upload(azureDated(emulator), chatLines(3)))
      expect(refused.status).toBe(Number(status))
      expect(refused.message).toContain(words)
    }
    expect(emulator.state().files).toEqual([])
  })

  it('lost-upload keeps the file', async () => {
    await using emulator = await startFast({ scenarios: ['lost-upload', 'lost-upload@2:answer=504'] })
    const client = openai(emulator)
    await expect(upload(client, chatLines(1))).rejects.toBeInstanceOf(APIConnectionError)
    expect((await refusal(upload(client, chatLines(1)))).status).toBe(504)
    await upload(client, chatLines(1))
    expect((await client.files.list()).data).toHaveLength(3)
  })

  it.each([['500'], ['502'], ['504'], ['cut']])(
    'lost-create makes a batch that runs and is billed, and answers %s',
    async (answer) => {
      await using emulator = await startFast({ scenarios: [`lost-create@2:answer=${answer}`] })
      const client = openai(emulator)
      const file = await upload(client, chatLines(3))
      expect(await refusal(create(client, 'file-none'))).toMatchObject({ status: 400 })
      await create(client, file.id)
      const lost = create(client, file.id, { metadata: { nonce: 'n-2' } })
      if (answer === 'cut') await expect(lost).rejects.toBeInstanceOf(APIConnectionError)
      else expect((await refusal(lost)).status).toBe(Number(answer))
      const listed = (await client.batches.list()).data
      expect(listed).toHaveLength(2)
      for (const { id } of listed) await waitFor(client, id)
      expect(await billOf(emulator)).toMatchObject({ requests: 6, duplicate_requests: 3 })
    },
  )

  it('create-200-error makes nothing', async () => {
    await using emulator = await startFast({ scenarios: ['create-200-error'] })
    const client = openai(emulator)
    const file = await upload(client, chatLines(1))
    for (let i = 0; i < 2; i += 1) {
      const answered = await create(client, file.id)
      expect(answered).toMatchObject({ error: { message: expect.stringContaining('refused') } })
      expect(answered.id).toBeUndefined()
    }
    expect((await client.batches.list()).data).toEqual([])
    expect((await billOf(emulator)).requests).toBe(0)
  })
})
