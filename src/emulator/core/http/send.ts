import { createReadStream } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGzip, gzipSync } from 'node:zlib'
import type { Delivery, Reply } from './reply.ts'

const slowStepMs = 50

/**
 * The sending of an answer with its length, unless its delivery says otherwise. False: the connection was cut before
 * its end.
 */
export async function send(
  response: ServerResponse,
  reply: Reply,
  headers: Readonly<Record<string, string>>,
): Promise<boolean> {
  const { body, delivery = {} } = reply
  if (typeof body === 'string' && isPlain(delivery)) {
    const sent = delivery.gzip === 'packed' ? gzipSync(body) : Buffer.from(body)
    response.writeHead(reply.status, {
      ...headers,
      ...lengthOf(sent.length),
      ...coding(delivery),
      ...reply.headers,
    })
    response.end(sent)
    return true
  }
  const whole = typeof body === 'string' ? Buffer.byteLength(body) : body.bytes
  const end = Math.min(delivery.cutAfterBytes ?? Infinity, whole)
  const length = delivery.length ?? 'whole'
  const known =
    length === 'none' || delivery.gzip === 'packed' ? {} : lengthOf(length === 'sent' ? end : whole)
  if (length === 'none') {
    // Without a length and without chunks only the end of the connection tells where the body ends.
    response.useChunkedEncodingByDefault = false
    response.shouldKeepAlive = false
  }
  response.writeHead(reply.status, { ...headers, ...known, ...coding(delivery), ...reply.headers })
  const breaks = end < whole && length === 'whole'
  response.flushHeaders()
  const from = source(body, end)
  const bytes =
    delivery.bytesPerSecond === undefined ? from : Readable.from(slowly(from, delivery.bytesPerSecond))
  if (delivery.gzip === 'packed') await pipeline(bytes, createGzip(), response, { end: !breaks })
  else await pipeline(bytes, response, { end: !breaks })
  if (!breaks) return true
  // The bytes sent so far must leave before the connection is cut.
  await sleep(slowStepMs)
  response.destroy()
  return false
}

function isPlain({ cutAfterBytes, length, bytesPerSecond }: Delivery): boolean {
  return cutAfterBytes === undefined && length === undefined && bytesPerSecond === undefined
}

function lengthOf(bytes: number): Readonly<Record<string, string>> {
  return { 'content-length': String(bytes) }
}

function coding({ gzip }: Delivery): Readonly<Record<string, string>> {
  return gzip === undefined ? {} : { 'content-encoding': 'gzip', vary: 'accept-encoding' }
}

function source(body: Reply['body'], end: number): Readable {
  if (end === 0) return Readable.from([])
  if (typeof body === 'string') return Readable.from([Buffer.from(body).subarray(0, end)])
  const { path, start = 0 } = body
  return createReadStream(path, { start, end: start + end - 1 })
}

async function* slowly(source: AsyncIterable<Buffer>, bytesPerSecond: number): AsyncGenerator<Buffer> {
  const piece = Math.max(1, Math.floor((bytesPerSecond * slowStepMs) / 1000))
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += piece) {
      yield chunk.subarray(at, at + piece)
      await sleep(slowStepMs)
    }
  }
}
