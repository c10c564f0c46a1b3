import OpenAI, { APIConnectionError } from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator, FaultAction, FaultRule } from '../../src/emulator/index.ts'
import { chatLines, create, openai, refusal, startFast, upload } from './emulator-kit.ts'

let emulator: Emulator
let client: OpenAI
beforeEach(async () => {
  emulator = await startFast()
  client = openai(emulator)
})
afterEach(async () => {
  await emulator.close()
})

function fault(
  operation: 'files.create' | 'files.content' | 'batches.create' | 'batches.retrieve' | 'files.list',
  when: 'before' | 'after',
  action: FaultAction,
  more: object = {},
): void {
  emulator.addFault({ operation, when, action, ...more } satisfies FaultRule)
}

describe('faults of single calls', () => {
  it('answers a status in place of the work, or after it', async () => {
    const file = await upload(client, chatLines(1))
    fault('batches.create', 'before', { type: 'status', status: 503 })
    expect(await refusal(create(client, file.id))).toMatchObject({ status: 503 })
    expect(emulator.state().batches).toHaveLength(0)
    fault('batches.create', 'after', { type: 'status', status: 500, body: { error: { message: 'lost' } } })
    expect((await refusal(create(client, file.id))).message).toContain('lost')
    expect(emulator.state().batches).toHaveLength(1)
  })

  it('fires at the nth matching call and as often as asked', async () => {
    fault(
      'files.list',
      'before',
      { type: 'status', status: 429, headers: { 'retry-after': '7' } },
      { nth: 2, times: 2 },
    )
    const statuses: number[] = []
    for (let i = 0; i < 4; i += 1) {
      const answer = await fetch(`${emulator.openaiBaseUrl}/files`, {
        headers: { authorization: 'Bearer k' },
      })
      statuses.push(answer.status)
      if (answer.status === 429) expect(answer.headers.get('retry-after')).toBe('7')
      await answer.text()
    }
    expect(statuses).toEqual([200, 429, 429, 200])
    expect(emulator.state().faults).toMatchObject([{ matched: 4, fired: 2 }])
  })

  it('cuts the connection during an upload, without keeping a file', async () => {
    fault('files.create', 'before', { type: 'drop' })
    await expect(upload(client, chatLines(1))).rejects.toBeInstanceOf(APIConnectionError)
    expect((await client.files.list()).data).toEqual([])
    fault('files.create', 'after', { type: 'drop' })
    await expect(upload(client, chatLines(1))).rejects.toBeInstanceOf(APIConnectionError)
    expect((await client.files.list()).data).toHaveLength(1)
  })

  it('hangs before the work so long that the caller gives up, and does the work all the same', async () => {
    const file = await upload(client, chatLines(1))
    fault('batches.create', 'before', { type: 'hang', ms: 300 })
    const hasty = new OpenAI({ apiKey: 'k', baseURL: emulator.openaiBaseUrl, maxRetries: 0, timeout: 50 })
    await expect(create(hasty, file.id)).rejects.toBeInstanceOf(APIConnectionError)
    expect(emulator.state().batches).toHaveLength(0)
    while (emulator.state().batches.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(emulator.state().batches).toHaveLength(1)
  })

  it('answers a page of HTML with status 200', async () => {
    fault('batches.retrieve', 'after', { type: 'html' })
    const answer = await fetch(`${emulator.openaiBaseUrl}/batches/x`, {
      headers: { authorization: 'Bearer k' },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/html')
    expect(await answer.text()).toContain('<html>')
  })

  it('cuts a download short of its Content-Length, and slows one down', async () => {
    const file = await upload(client, chatLines(50))
    const url = `${emulator.openaiBaseUrl}/files/${file.id}/content`
    const headers = { authorization: 'Bearer k' }
    fault('files.content', 'after', { type: 'truncate', bytes: 100 })
    const cut = await fetch(url, { headers })
    expect(cut.headers.get('content-length')).toBe(String(file.bytes))
    await expect(cut.text()).rejects.toThrow()
    fault('files.content', 'after', { type: 'slow', bytesPerSecond: 100_000 })
    const slow = await fetch(url, { headers })
    expect((await slow.text()).length).toBe(file.bytes)
    expect(await (await fetch(url, { headers })).text()).toBe(chatLines(50))
  })

  it('refuses rules of unknown shape with words', async () => {
    const post = async (rule: object): Promise<string> => {
      const answer = await fetch(`${emulator.url}/_emulator/faults`, {
        method: 'POST',
        body: JSON.stringify(rule),
      })
      expect(answer.status).toBe(400)
      const { error }: { error: { message: string } } = JSON.parse(await answer.text())
      return error.message
    }
    expect(await post({ operation: 'files.burn', when: 'after', action: { type: 'drop' } })).toContain(
      "Unknown operation 'files.burn'",
    )
    expect(await post({ operation: 'files.list', when: 'later', action: { type: 'drop' } })).toContain(
      "'when' must be",
    )
    expect(await post({ operation: 'files.list', when: 'after', action: { type: 'explode' } })).toContain(
      "Unknown action 'explode'",
    )
    expect(await post({ operation: 'files.list', when: 'after', action: { type: 'hang' } })).toContain(
      "needs 'ms'",
    )
    expect(
      await post({ operation: 'files.list', when: 'after', action: { type: 'drop' }, nht: 1 }),
    ).toContain("Unknown field 'nht'")
    expect(await post({ operation: 'batch', action: { type: 'scenario', name: 'nonsense' } })).toContain(
      "Unknown scenario 'nonsense'",
    )
    expect(() =>
      emulator.addFault({ operation: 'files.list', nth: 0, when: 'after', action: { type: 'drop' } }),
    ).toThrow("'nth' must be")
  })
})

describe('the control surface', () => {
  it('turns the clock by duration, milliseconds and speed', async () => {
    const post = async (body: object): Promise<Response> =>
      fetch(`${emulator.url}/_emulator/clock`, { method: 'POST', body: JSON.stringify(body) })
    const before = emulator.state().clock.now_ms
    await post({ advance: '24h' })
    await post({ advance_ms: 1000 })
    const after = await (await post({ speed: 2 })).json()
    expect(emulator.state().clock.now_ms).toBeGreaterThanOrEqual(before + 86_401_000)
    expect(after).toMatchObject({ speed: 2 })
    expect((await post({ advance: 'a while' })).status).toBe(400)
    expect((await post({ forward: 1 })).status).toBe(400)
  })

  it('does not answer a foreign Host or a web page', async () => {
    const { request } = await import('node:http')
    const status = await new Promise((resolve, reject) => {
      request(`${emulator.url}/_emulator/bill`, { headers: { host: 'evil.example' } }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(403)
    const page = await fetch(`${emulator.url}/_emulator/faults`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: '{}',
    })
    expect(page.status).toBe(403)
  })

  it('expires files by the clock', async () => {
    const file = await upload(client, chatLines(1))
    const short = await client.files.create({
      file: new File([chatLines(1)], 'short.jsonl'),
      purpose: 'batch',
      expires_after: { anchor: 'created_at', seconds: 3600 },
    })
    expect(short.expires_at).toBe(short.created_at + 3600)
    emulator.advanceClock(2 * 3_600_000)
    expect(await refusal(client.files.retrieve(short.id))).toMatchObject({ status: 404 })
    expect((await client.files.list()).data.map((item) => item.id)).toEqual([file.id])
    emulator.advanceClock(31 * 86_400_000)
    expect((await client.files.list()).data).toEqual([])
  })

  it('answers 404 and 405 in the shape of errors, with a request id', async () => {
    const headers = { authorization: 'Bearer k' }
    const unknown = await fetch(`${emulator.openaiBaseUrl}/nothing`, { headers })
    expect(unknown.status).toBe(404)
    expect(unknown.headers.get('x-request-id')).toMatch(/^req_/)
    expect(await unknown.json()).toMatchObject({ error: { type: 'invalid_request_error', param: null } })
    const wrong = await fetch(`${emulator.openaiBaseUrl}/batches`, { method: 'DELETE', headers })
    expect(wrong.status).toBe(405)
    expect(wrong.headers.get('allow')).toBe('POST, GET')
    const undated = await fetch(`${emulator.url}/openai/batches`, { headers: { 'api-key': 'k' } })
    expect(undated.status).toBe(404)
    expect(await undated.json()).toEqual({ error: { code: '404', message: 'Resource not found' } })
  })
})
