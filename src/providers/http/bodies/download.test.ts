import type { IncomingMessage, ServerResponse } from 'node:http'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json, serve } from '../../../../test/serve.ts'
import type { Downloaded } from '../../../ports/provider/batch-service.ts'
import type { Reply } from '../../../ports/provider/reply.ts'
import { openaiProvider } from '../../openai/openai.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offpeak-download-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const lines = (count: number, word = 'answer'): Buffer =>
  Buffer.from(
    Array.from({ length: count }, (_line, at) => `{"custom_id":"a-${at}","text":"${word} 判決"}\n`).join(''),
  )

interface Brought {
  readonly reply: Reply<Downloaded>
  /** What lies there afterwards; null: nothing, not even a part. */
  readonly file: Buffer | null
  /** The `range` of each call. */
  readonly ranges: readonly (string | undefined)[]
}

/** Downloads from a service that answers the first, second … call as it is told; the last answer stays. */
async function bring(
  answers: readonly ((response: ServerResponse, request: IncomingMessage) => void)[],
  maxBytes?: number,
): Promise<Brought> {
  const home = await mkdtemp(join(folder, 'one-'))
  const to = join(home, 'out.jsonl')
  let calls = 0
  await using server = await serve((request, response) => {
    const answer = answers[Math.min(calls, answers.length - 1)]
    calls += 1
    answer?.(response, request)
  })
  const provider = openaiProvider({ apiKey: 'sk-test-0123456789', baseUrl: `${server.url}/v1` })
  const bound = maxBytes === undefined ? undefined : { maxBytes }
  const reply = await provider.fetch('file-1', to, undefined, bound)
  const left = await readdir(home)
  expect(left).toEqual(reply.kind === 'accepted' ? ['out.jsonl'] : [])
  return {
    reply,
    file: left.length === 0 ? null : await readFile(to),
    ranges: server.seen.map((seen) => seen.headers.range),
  }
}

type Headers = Readonly<Record<string, string>>

/** All of a body, with its length and further headers. */
const all =
  (body: Buffer, headers: Headers = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(200, { 'content-length': String(body.length), ...headers }).end(body)

/** The first bytes of a body whose whole length is announced; then the connection is cut. */
const cutAfter =
  (bytes: number, body: Buffer, headers: Headers = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(200, { 'content-length': String(body.length), ...headers })
    const cut = (): unknown => response.socket?.destroy()
    if (bytes === 0) response.flushHeaders()
    if (bytes === 0) setImmediate(cut)
    else response.write(body.subarray(0, bytes), cut)
  }

/** The rest that is asked for, as a service that honours ranges gives it. */
const rest =
  (body: Buffer, headers: Headers = {}) =>
  (response: ServerResponse, request: IncomingMessage): void => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? -1)
    const piece = body.subarray(from)
    response.writeHead(206, {
      'content-length': String(piece.length),
      'content-range': `bytes ${from}-${body.length - 1}/${body.length}`,
      ...headers,
    })
    response.end(piece)
  }

const noon = 'Mon, 30 Nov 2026 12:00:00 GMT'
const tag = { etag: '"one"' }
const first = lines(3)

describe('a download that breaks', () => {
  test('at any byte continues from there, and is whole in the end', async () => {
    for (let at = 1; at < first.length; at += 1) {
      const { reply, file, ranges } = await bring([cutAfter(at, first, tag), rest(first, tag)])
      expect(reply).toEqual({
        kind: 'accepted',
        value: { bytes: first.length, announcedBytes: first.length, whole: true },
      })
      expect(file?.equals(first)).toBe(true)
      expect(ranges).toEqual([undefined, `bytes=${at}-`])
    }
  })

  test('before its first byte has come nowhere, and is left to whoever asks again later', async () => {
    const { reply, ranges } = await bring([cutAfter(0, first, tag)])
    expect(reply).toMatchObject({ kind: 'refused', cause: 'away', layer: 'network' })
    expect(ranges).toEqual([undefined])
  })

  test('continues in pieces of unknown length as well', async () => {
    const piece = (response: ServerResponse): void => {
      response.writeHead(200, tag)
      response.write(first.subarray(0, 20), () => response.socket?.destroy())
    }
    const { reply, file } = await bring([piece, rest(first, tag)])
    expect(reply).toMatchObject({ value: { announcedBytes: first.length, whole: true } })
    expect(file?.equals(first)).toBe(true)
  })

  test('starts over when the file has become another one in between', async () => {
    const other = lines(4, 'changed')
    const { reply, file, ranges } = await bring([
      cutAfter(50, first, tag),
      // As RFC 9110 has it: `If-Range` names another version, so all of the new one comes.
      all(other, { etag: '"two"' }),
    ])
    expect(reply).toMatchObject({ value: { bytes: other.length } })
    expect(file?.equals(other)).toBe(true)
    expect(ranges).toEqual([undefined, 'bytes=50-'])
  })

  test.for<[string, (body: Buffer) => (response: ServerResponse, request: IncomingMessage) => void]>([
    ['of another tag', (body) => rest(body, { etag: '"two"' })],
    ['without a tag', (body) => rest(body)],
    ['that is compressed', (body) => rest(body, { ...tag, 'content-encoding': 'gzip' })],
    ['of a longer file', (body) => rest(Buffer.concat([body, body]), tag)],
    ['of another place', (body) => rest(body, { ...tag, 'content-range': `bytes 0-9/${body.length}` })],
    [
      'that ends early',
      (body) => (response) =>
        response
          .writeHead(206, { ...tag, 'content-range': `bytes 50-59/${body.length}` })
          .end(body.subarray(50, 60)),
    ],
    ['without a place', (body) => (response) => response.writeHead(206, tag).end(body.subarray(50))],
    ['that is refused', () => (response) => response.writeHead(416).end()],
  ])('takes no byte of a rest %s, and starts over', async ([, offer]) => {
    const { reply, file, ranges } = await bring([cutAfter(50, first, tag), offer(first), all(first)])
    expect(reply).toMatchObject({ value: { bytes: first.length, whole: true } })
    expect(file?.equals(first)).toBe(true)
    expect(ranges).toEqual([undefined, 'bytes=50-', undefined])
  })

  test.for([
    ['a weak tag', { etag: 'W/"one"' }],
    ['neither tag nor date', {}],
    ['a date that is as young as the answer', { 'last-modified': noon, date: noon }],
    ['word that ranges are not known', { ...tag, 'accept-ranges': 'none' }],
  ] as const)('is fetched from the beginning where the service gives %s', async ([, headers]) => {
    const { reply, file, ranges } = await bring([cutAfter(50, first, headers), all(first)])
    expect(reply.kind).toBe('accepted')
    expect(file?.equals(first)).toBe(true)
    expect(ranges).toEqual([undefined, undefined])
  })

  test('continues by an old date of change, unless the rest has another one', async () => {
    const old = { 'last-modified': 'Sun, 01 Nov 2026 10:00:00 GMT', date: 'Mon, 30 Nov 2026 10:00:00 GMT' }
    const { ranges, file } = await bring([cutAfter(50, first, old), rest(first)])
    expect(ranges).toEqual([undefined, 'bytes=50-'])
    expect(file?.equals(first)).toBe(true)
    const changed = { 'last-modified': 'Sun, 29 Nov 2026 10:00:00 GMT' }
    const again = await bring([cutAfter(50, first, old), rest(first, changed), all(first)])
    expect(again.ranges).toEqual([undefined, 'bytes=50-', undefined])
  })

  test('at the same byte every time is given up at the second', async () => {
    const { reply, ranges } = await bring([cutAfter(50, first)])
    expect(reply).toMatchObject({ kind: 'refused', cause: 'away', layer: 'network' })
    expect(ranges).toHaveLength(2)
  })

  test('a little further every time is given up after a few', async () => {
    const { reply, ranges } = await bring(
      Array.from({ length: 20 }, (_answer, at) => cutAfter(10 + at, first)),
    )
    expect(reply).toMatchObject({ kind: 'refused', cause: 'away' })
    expect(ranges).toHaveLength(6)
  })

  test('ends as the service says when it refuses the rest', async () => {
    for (const [status, cause] of [
      [403, 'auth'],
      [404, 'gone'],
      [429, 'rate'],
      [500, 'away'],
    ] as const) {
      const { reply } = await bring([
        cutAfter(50, first, tag),
        (response) => json(response, status, { error: { message: 'no' } }),
      ])
      expect(reply).toMatchObject({ kind: 'refused', cause, status })
    }
  })
})

describe('the end of a file', () => {
  test('is proven by its length or by its last piece', async () => {
    expect((await bring([all(first)])).reply).toMatchObject({
      value: { bytes: first.length, announcedBytes: first.length, whole: true },
    })
    const pieces = await bring([(response) => response.writeHead(200).end(first)])
    expect(pieces.reply).toMatchObject({ value: { announcedBytes: null, whole: true } })
  })

  test('is not proven by a connection that is just closed', async () => {
    for (const status of ['HTTP/1.0 200 OK', 'HTTP/1.1 200 OK']) {
      const { reply, file } = await bring([
        (response) => response.socket?.end(`${status}\r\nconnection: close\r\n\r\n${first.toString()}`),
      ])
      expect(reply).toEqual({
        kind: 'accepted',
        value: { bytes: first.length, announcedBytes: null, whole: false },
      })
      expect(file?.equals(first)).toBe(true)
    }
  })
})

describe('a file that nobody asked to be packed', () => {
  const packings = [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const
  const large = lines(20_000)

  test.for(packings)('with %s is unpacked, and its end is proven by the packing', async ([coding, pack]) => {
    const packed = pack(large)
    for (const headers of [{ 'content-length': String(packed.length) }, {}]) {
      const { reply, file } = await bring([
        (response) => response.writeHead(200, { 'content-encoding': coding, ...headers }).end(packed),
      ])
      expect(reply).toEqual({
        kind: 'accepted',
        value: { bytes: large.length, announcedBytes: null, whole: true },
      })
      expect(file?.equals(large)).toBe(true)
    }
  })

  test.for(['gzip', 'deflate', 'br', 'zstd', 'identity', 'utf-8', 'gzip, br'])(
    'but carries the label %s as it is, is kept as it is',
    async (coding) => {
      const { reply, file } = await bring([all(first, { 'content-encoding': coding })])
      expect(reply).toMatchObject({ value: { announcedBytes: first.length, whole: true } })
      expect(file?.equals(first)).toBe(true)
    },
  )

  test('twice, without a label or with a wrong one is known by its first bytes', async () => {
    const twice = gzipSync(brotliCompressSync(first))
    for (const [packed, label] of [
      [twice, { 'content-encoding': 'br, gzip' }],
      [gzipSync(first), {}],
      [zstdCompressSync(first), { 'content-encoding': 'gzip' }],
    ] as const) {
      const { file } = await bring([all(packed, label)])
      expect(file?.equals(first)).toBe(true)
    }
  })

  test('and is cut, even with a proper end of the connection, is fetched again from the beginning', async () => {
    const packed = gzipSync(large)
    const half = packed.subarray(0, packed.length / 2)
    const label = { 'content-encoding': 'gzip', ...tag }
    const { file, ranges } = await bring([all(half, label), all(packed, label)])
    expect(file?.equals(large)).toBe(true)
    expect(ranges).toEqual([undefined, undefined])
    expect((await bring([all(half, label)])).reply).toMatchObject({ kind: 'refused', cause: 'away' })
  })
})

test('a download is not larger than its caller allows, packed or not', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000, 'offpeak\n'))
  for (const answer of [all(bomb, { 'content-encoding': 'gzip' }), all(lines(100))]) {
    const { reply, ranges } = await bring([answer], 1_000)
    expect(reply).toMatchObject({ kind: 'refused', cause: 'invalid' })
    expect(ranges).toHaveLength(1)
  }
  expect((await bring([all(first)], first.length)).reply.kind).toBe('accepted')
})

test('a page in place of a file is no file, whatever it is labelled', async () => {
  const page = Buffer.from('<!DOCTYPE html><title>Sign in\n to ACME</title>')
  for (const answer of [
    all(page, { 'content-type': 'text/html' }),
    all(page, { 'content-type': 'application/octet-stream' }),
    all(gzipSync(page), { 'content-type': 'text/html', 'content-encoding': 'gzip' }),
  ]) {
    const { reply } = await bring([answer])
    expect(reply).toMatchObject({ kind: 'refused', cause: 'away', layer: 'network' })
    expect(reply).toHaveProperty('message', expect.stringContaining('(“Sign in to ACME”)'))
  }
  // The label alone makes no page of lines.
  const { file } = await bring([all(first, { 'content-type': 'text/html' })])
  expect(file?.equals(first)).toBe(true)
})
