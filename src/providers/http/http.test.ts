import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json, serve, serveRaw, type TestServer } from '../../../test/serve.ts'
import { openHttp, type Http, type HttpOptions } from './http.ts'
import { maxAnswerBytes } from './bodies/read-json.ts'
import { parseOrigin } from './origin.ts'

const key = 'sk-very-secret-0123456789'
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offpeak-http-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function client(server: Pick<TestServer, 'url'>, more: Partial<HttpOptions> = {}): Http {
  return openHttp({
    origin: parseOrigin(`${server.url}/v1`),
    authorize: async () => ({ authorization: `Bearer ${key}` }),
    ...more,
  })
}

const get = { method: 'GET', path: '/things' } as const
const post = { method: 'POST', path: '/things', body: { a: 1 }, alone: true } as const

describe('one attempt', () => {
  test('sends the body with its length, the key and the fixed query, and reads the JSON answer', async () => {
    await using server = await serve((_request, response) => json(response, 200, { ok: true }))
    const answer = await client(server, { query: { 'api-version': '2024-10-21' } }).json({
      ...post,
      query: { limit: '5' },
    })
    expect(answer).toMatchObject({ kind: 'answered', status: 200, json: { ok: true }, retryAfterMs: null })
    expect(server.seen).toHaveLength(1)
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      url: '/v1/things?api-version=2024-10-21&limit=5',
      body: '{"a":1}',
    })
    expect(server.seen[0]?.headers).toMatchObject({ authorization: `Bearer ${key}`, 'content-length': '7' })
  })

  test('never follows a redirect, so that the key stays with the service it was meant for', async () => {
    await using thief = await serve((_request, response) => json(response, 200, {}))
    await using server = await serve((_request, response) => {
      response.writeHead(307, { location: `${thief.url}/v1/things` })
      response.end()
    })
    expect(await client(server).json(post)).toMatchObject({ kind: 'answered', status: 307 })
    expect(server.seen).toHaveLength(1)
    expect(thief.seen).toHaveLength(0)
  })

  test('is sent exactly once when the connection is reset', async () => {
    await using server = await serve((request) => request.socket.resetAndDestroy())
    expect(await client(server).json(post)).toMatchObject({ kind: 'failed', sent: true, whole: true })
    expect(server.seen).toHaveLength(1)
  })

  test('fails as sent when nothing answers in time', async () => {
    await using server = await serve(() => {})
    const answer = await client(server, { access: { timeouts: { answerMs: 50 } } }).json(post)
    expect(answer).toMatchObject({
      kind: 'failed',
      sent: true,
      message: expect.stringContaining('no answer within 50 ms'),
    })
  })

  test('fails when a body stops half-way, and when it ends early', async () => {
    await using stalled = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"id":')
    })
    expect(await client(stalled, { access: { timeouts: { stallMs: 50 } } }).json(get)).toMatchObject({
      kind: 'failed',
      sent: true,
    })
    await using cut = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"id":"batch_1"}', () => request.socket.destroy())
    })
    expect(await client(cut).json(get)).toMatchObject({ kind: 'failed', sent: true })
  })

  test('has a deadline for the whole call, whatever trickles in', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write(' '), 10)
      response.on('close', () => clearInterval(timer))
    })
    const answer = await client(server, { access: { timeouts: { callMs: 120 } } }).json(get)
    expect(answer).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('not done after 120 ms'),
    })
  })

  test('fails as not sent when nobody listens, when the name is unknown and when the handshake hangs', async () => {
    const closed = await serve(() => {})
    await closed[Symbol.asyncDispose]()
    expect(await client(closed).json(post)).toMatchObject({ kind: 'failed', sent: false })
    const nowhere = openHttp({
      origin: parseOrigin('https://offpeak-nowhere.invalid'),
      authorize: async () => ({}),
    })
    expect(await nowhere.json(post)).toMatchObject({ kind: 'failed', sent: false })
    // Takes the connection and says nothing, so that a TLS handshake never ends and nothing of ours is sent.
    const silent = createTcpServer(() => {})
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve)
    })
    const address = silent.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const secure = openHttp({
      origin: parseOrigin(`https://127.0.0.1:${port}`),
      authorize: async () => ({}),
      access: { timeouts: { connectMs: 50 } },
    })
    expect(await secure.json(post)).toMatchObject({ kind: 'failed', sent: false })
    silent.close()
  })

  test('fails as not sent and as a matter of keys when no token can be had', async () => {
    await using server = await serve((_request, response) => json(response, 200, {}))
    const http = client(server, { authorize: () => Promise.reject(new Error('login expired')) })
    expect(await http.json(post)).toMatchObject({ kind: 'failed', sent: false, at: 'token' })
    expect(server.seen).toHaveLength(0)
  })

  test('answers with undefined for a web page and for broken JSON', async () => {
    await using server = await serve((_request, response) => response.end('<html>502</html>'))
    expect(await client(server).json(get)).toMatchObject({ kind: 'answered', status: 200, json: undefined })
  })

  test('fails on headers beyond all measure and on an answer beyond all measure', async () => {
    await using wide = await serve((_request, response) =>
      json(response, 200, {}, { 'x-long': 'x'.repeat(100_000) }),
    )
    expect(await client(wide).json(post)).toMatchObject({ kind: 'failed', sent: true })
    await using long = await serve((_request, response) => {
      const piece = Buffer.alloc(1_048_576, 0x20)
      const more = (): void => {
        while (!response.destroyed && response.write(piece)) continue
      }
      response.on('drain', more)
      more()
    })
    const answer = await client(long).json(get)
    expect(answer).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining(String(maxAnswerBytes)),
    })
  })

  test('stops when asked: before sending as not sent, afterwards as sent', async () => {
    const stop = new AbortController()
    await using server = await serve(() => stop.abort())
    expect(await client(server).json({ ...post, signal: stop.signal })).toMatchObject({
      kind: 'failed',
      sent: true,
    })
    expect(await client(server).json({ ...post, signal: stop.signal })).toMatchObject({
      kind: 'failed',
      sent: false,
    })
    expect(server.seen).toHaveLength(1)
  })

  test('keeps a connection for what may be repeated and opens a fresh one for what may not', async () => {
    await using server = await serve((_request, response) => json(response, 200, {}))
    const http = client(server)
    for (let call = 0; call < 3; call += 1) await http.json(get)
    expect(server.connections()).toBe(1)
    await http.json(post)
    await http.json(post)
    expect(server.connections()).toBe(3)
  })

  test('shows the key in no failure, even where the service repeats it', async () => {
    await using server = await serve((request, response) => {
      if (request.method === 'POST')
        json(response, 401, { error: { message: `bad key ${key}`, code: 'invalid_api_key' } })
      else request.socket.destroy()
    })
    const results = [await client(server).json(post), await client(server).json(get)]
    expect(inspect(results, { depth: 9 })).not.toContain(key)
    expect(results[0]).toMatchObject({ json: { error: { message: 'bad key [redacted]' } } })
  })
})

describe('upload', () => {
  async function file(
    name: string,
    text: string,
  ): Promise<{ path: string; bytes: number; filename: string }> {
    const path = join(folder, name)
    await writeFile(path, text)
    return { path, bytes: Buffer.byteLength(text), filename: name }
  }
  const call = {
    method: 'POST',
    path: '/files',
    fields: { purpose: 'batch' },
    fileType: 'application/jsonl',
  } as const

  test('sends the fields and every byte of the file with the exact length, again and again from the start', async () => {
    const text = `{"custom_id":"a-1","body":"判決 \u2028"}\n`.repeat(40_000)
    const upload = await file('job.jsonl', text)
    const digests: string[] = []
    await using server = await serveRaw((request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => {
        const body = Buffer.concat(pieces)
        expect(body.length).toBe(Number(request.headers['content-length']))
        const [head, rest] = cut(body, Buffer.from('\r\n\r\n{'))
        expect(head.toString()).toContain('name="purpose"\r\n\r\nbatch\r\n')
        expect(head.toString()).toContain(
          'name="file"; filename="job.jsonl"\r\nContent-Type: application/jsonl',
        )
        const boundary = /boundary=(.+)$/.exec(request.headers['content-type'] ?? '')?.[1] ?? ''
        const content = Buffer.concat([
          Buffer.from('{'),
          cut(rest, Buffer.from(`\r\n--${boundary}--\r\n`))[0],
        ])
        digests.push(createHash('sha256').update(content).digest('hex'))
        json(response, 200, { id: 'file-1' })
      })
    })
    const http = client(server)
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await http.upload({ ...call, file: upload })).toMatchObject({
        kind: 'answered',
        json: { id: 'file-1' },
      })
    }
    const digest = createHash('sha256').update(text).digest('hex')
    expect(digests).toEqual([digest, digest])
  })

  test('sends an empty file as an empty part', async () => {
    await using server = await serve((_request, response) => json(response, 200, { id: 'file-1' }))
    expect(await client(server).upload({ ...call, file: await file('empty.jsonl', '') })).toMatchObject({
      kind: 'answered',
    })
    expect(server.seen[0]?.body).toContain('Content-Type: application/jsonl\r\n\r\n\r\n--offpeak-')
  })

  test('stops sending and takes the answer when the service answers early', async () => {
    const large = await file('large.jsonl', 'x'.repeat(30_000_000))
    await using server = await serveRaw((request, response) => {
      request.once('data', () => {
        request.pause()
        json(response, 401, { error: { message: 'no', code: 'invalid_api_key' } })
      })
    })
    expect(await client(server).upload({ ...call, file: large })).toMatchObject({
      kind: 'answered',
      status: 401,
    })
  })

  test('fails when the service stops taking the file', async () => {
    const large = await file('stall.jsonl', 'x'.repeat(30_000_000))
    await using server = await serveRaw((request) => request.pause())
    const answer = await client(server, {
      access: { timeouts: { stallMs: 100, transferMs: 10_000 } },
    }).upload({
      ...call,
      file: large,
    })
    expect(answer).toMatchObject({ kind: 'failed', sent: true })
  })

  test('throws E_DISK without calling when the file is missing or not the one that was recorded', async () => {
    await using server = await serve((_request, response) => json(response, 200, {}))
    const there = await file('other.jsonl', 'abc')
    const http = client(server)
    await expect(http.upload({ ...call, file: { ...there, bytes: 4 } })).rejects.toMatchObject({
      code: 'E_DISK',
    })
    await expect(
      http.upload({ ...call, file: { ...there, path: `${there.path}.no` } }),
    ).rejects.toMatchObject({
      code: 'E_DISK',
      money: 'no',
    })
    expect(server.seen).toHaveLength(0)
  })
})

describe('download', () => {
  const call = { method: 'GET', path: '/files/f/content' } as const

  test('leaves the whole file, and nothing half-done next to it', async () => {
    const body = Buffer.alloc(5_000_001, 'offpeak\n')
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': String(body.length) })
      response.end(body)
    })
    const home = await mkdtemp(join(folder, 'down-'))
    const answer = await client(server).download({ ...call, to: join(home, 'out.jsonl') })
    expect(answer).toMatchObject({
      kind: 'answered',
      saved: { bytes: body.length },
    })
    expect((await readFile(join(home, 'out.jsonl'))).equals(body)).toBe(true)
    expect(await readdir(home)).toEqual(['out.jsonl'])
  })

  test('takes zero bytes for a file', async () => {
    await using server = await serve((_request, response) => response.end())
    const to = join(folder, 'zero.jsonl')
    expect(await client(server).download({ ...call, to })).toMatchObject({ saved: { bytes: 0 } })
    expect(await readFile(to, 'utf8')).toBe('')
  })

  test.for([
    ['is cut with a length announced', { 'content-length': '1000' }],
    ['is cut in pieces of unknown number', {}],
  ] as const)('leaves nothing when the body %s', async ([, headers]) => {
    await using server = await serve((request, response) => {
      response.writeHead(200, headers)
      response.write('{"custom_id":"a-1"}\n', () => request.socket.destroy())
    })
    const home = await mkdtemp(join(folder, 'cut-'))
    expect(await client(server).download({ ...call, to: join(home, 'out.jsonl') })).toMatchObject({
      kind: 'failed',
    })
    expect(await readdir(home)).toEqual([])
  })

  test('keeps no web page and no compressed body as a file', async () => {
    await using server = await serve((request, response) => {
      if (request.url?.includes('page') === true)
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      else response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end('<html></html>')
    })
    const home = await mkdtemp(join(folder, 'page-'))
    for (const path of ['/files/page/content', '/files/zip/content']) {
      expect(await client(server).download({ ...call, path, to: join(home, 'out') })).toMatchObject({
        saved: null,
      })
    }
    expect(await readdir(home)).toEqual([])
  })

  test('throws E_DISK when the folder is not there', async () => {
    await using server = await serve((_request, response) => response.end('x'))
    const to = join(folder, 'no', 'such', 'folder', 'out')
    await expect(client(server).download({ ...call, to })).rejects.toMatchObject({
      code: 'E_DISK',
      where: to,
    })
  })
})

function cut(buffer: Buffer, at: Buffer): readonly [Buffer, Buffer] {
  const index = buffer.indexOf(at)
  expect(index).toBeGreaterThanOrEqual(0)
  return [buffer.subarray(0, index), buffer.subarray(index + at.length)]
}
