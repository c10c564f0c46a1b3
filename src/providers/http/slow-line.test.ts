import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewBatch } from '../../ports/provider/batch-service.ts'
import { anthropicProvider } from '../anthropic/anthropic.ts'
import { xaiProvider } from '../xai/xai.ts'

/*
 * A create that carries its requests, and an upload, over a line that is slow, that stands still, and that is cut. The server
 * reads as much as it is told to, so that what does not flow is held by the systems in between.
 */

const folder = mkdtempSync(join(tmpdir(), 'offpeak-slow-'))
const path = join(folder, 'requests.jsonl')
const line = `${JSON.stringify({ custom_id: 'abcd-0', params: { text: 'x'.repeat(1_000) } })}\n`
const bytes = 8_192 * line.length
const file = { path, bytes, filename: 'offpeak-nonce.jsonl' }

beforeAll(() => writeFile(path, line.repeat(8_192)))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const batch: NewBatch = {
  staged: 'inline/offpeak-nonce.jsonl',
  file: { ...file, requests: 8_192 },
  endpoint: '/v1/messages',
  model: 'claude-haiku-5-5',
  metadata: { offpeak_nonce: 'nonce' },
  idempotencyKey: 'nonce',
}

/** A megabyte in a second is the slowest; a call without a body of its own would have no time at all. */
const timeouts = { transferMs: 200_000, stallMs: 50, callMs: 200, answerMs: 200 }

interface SlowServer extends AsyncDisposable {
  readonly url: string
  /** How many have been opened. */
  readonly connections: () => number
}

/** Takes a body as `take` reads it, and then does what `then` says. */
async function serving(
  take: (request: IncomingMessage) => Promise<void>,
  then: (response: ServerResponse) => void,
): Promise<SlowServer> {
  const server: Server = createServer((request, response) => {
    request.on('error', () => undefined)
    if (request.method === 'GET')
      return answer({ id: 'file-1', filename: 'offpeak-nonce.jsonl', bytes: 1, created_at: 1 })(response)
    void take(request).then(
      () => then(response),
      () => undefined,
    )
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>((listens) => void server.listen(0, '127.0.0.1', listens))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    connections: () => sockets.size,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((done) => void server.close(() => done()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Reads up to `most` bytes, a piece of `pieceBytes` every so often. */
function reading(
  pieceBytes: number,
  restMs: number,
  most = Infinity,
): (request: IncomingMessage) => Promise<void> {
  return async (request) => {
    let [taken, piece] = [0, 0]
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const { length } = Buffer.from(chunk)
      taken += length
      piece += length
      if (taken >= most) {
        await new Promise<void>((gone) => void request.on('close', gone))
        return
      }
      if (piece < pieceBytes) continue
      piece = 0
      await sleep(restMs)
    }
  }
}

const slowly = reading(262_144, 50)
const atOnce = reading(Infinity, 0)
const upToAMegabyte = reading(Infinity, 0, 1_000_000)

function answer(json: object): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(json))
  }
}
const hangUp = (response: ServerResponse): void => void response.destroy()

const made = {
  id: 'msgbatch_1',
  type: 'message_batch',
  processing_status: 'in_progress',
  request_counts: { processing: 8_192, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
  created_at: '2026-11-30T12:00:00Z',
  expires_at: '2026-12-01T12:00:00Z',
  results_url: null,
}
const stored = { id: 'file-1', object: 'file', filename: file.filename, bytes, created_at: 1_800_000_000 }

const claude = ({ url }: SlowServer) =>
  anthropicProvider({ credentials: { kind: 'key', value: 'sk-ant-any-key' }, baseUrl: url, timeouts })
const grok = ({ url }: SlowServer) => xaiProvider({ apiKey: 'xai-any-key', baseUrl: `${url}/v1`, timeouts })

describe('a create that carries its requests', () => {
  test('goes through over a slow line that flows', async () => {
    await using server = await serving(slowly, answer(made))
    expect(await claude(server).create(batch)).toMatchObject({
      kind: 'accepted',
      value: { id: 'msgbatch_1' },
    })
  })

  test('is cut off on one that stands still, and was certainly not done', async () => {
    await using server = await serving(upToAMegabyte, hangUp)
    expect(await claude(server).create(batch)).toMatchObject({
      kind: 'refused',
      cause: 'away',
      message: expect.stringContaining('no progress'),
    })
  })

  test('is unknown if all of it has gone, and nobody answers', async () => {
    await using server = await serving(atOnce, hangUp)
    expect(await claude(server).create(batch)).toMatchObject({ kind: 'unknown' })
  })

  test('was certainly not done if we stop in the middle of it, and is unknown behind its end', async () => {
    for (const [take, kind] of [
      [upToAMegabyte, 'refused'],
      [atOnce, 'unknown'],
    ] as const) {
      const stop = new AbortController()
      await using server = await serving(
        async (request) => {
          if (kind === 'refused') request.once('data', () => stop.abort())
          await take(request)
        },
        () => stop.abort(),
      )
      expect(await claude(server).create(batch, stop.signal)).toMatchObject({ kind })
    }
  })
})

describe('an upload', () => {
  test('goes through over a slow line that flows', async () => {
    await using server = await serving(slowly, answer(stored))
    expect(await grok(server).stage(file)).toMatchObject({ kind: 'accepted', value: { id: 'file-1' } })
  })

  test('is cut off on one that stands still, and is looked for by its name', async () => {
    await using server = await serving(upToAMegabyte, hangUp)
    expect(await grok(server).stage(file)).toMatchObject({
      kind: 'unknown',
      message: expect.stringContaining('no progress'),
    })
  })

  test('is cut off as soon on a connection that an earlier call has left open', async () => {
    await using server = await serving(upToAMegabyte, hangUp)
    const client = grok(server)
    expect(await client.staged('file-1')).toMatchObject({ kind: 'accepted' })
    expect(await client.stage(file)).toMatchObject({
      kind: 'unknown',
      message: expect.stringContaining('no progress'),
    })
    expect(server.connections()).toBe(1)
  })
})
