import { createReadStream } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from './reply.ts'

/** What a fault does to the sending of an answer. */
export interface Delivery {
  /** The connection is cut after this many bytes of the body. */
  readonly cutAfterBytes?: number
  readonly bytesPerSecond?: number
}

const SLOW_STEP_MS = 50

export async function send(
  response: ServerResponse,
  reply: Reply,
  requestId: string,
  delivery: Delivery = {},
): Promise<void> {
  const { body } = reply
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.bytes
  response.writeHead(reply.status, {
    'x-request-id': requestId,
    'openai-processing-ms': '1',
    'content-length': bytes,
    ...reply.headers,
  })
  const plain = delivery.cutAfterBytes === undefined && delivery.bytesPerSecond === undefined
  if (typeof body === 'string' && plain) {
    response.end(body)
    return
  }
  const end = Math.min(delivery.cutAfterBytes ?? Infinity, bytes)
  if (typeof body === 'string') {
    await sendBuffer(response, Buffer.from(body).subarray(0, end), delivery)
  } else if (end > 0) {
    await pipeline(createReadStream(body.path, { end: end - 1 }), throttle(delivery), response, {
      end: end === bytes,
    })
  }
  if (end < bytes) {
    // The bytes sent so far must leave before the connection is cut.
    await sleep(SLOW_STEP_MS)
    response.destroy()
  } else if (!response.writableEnded) {
    response.end()
  }
}

async function sendBuffer(response: ServerResponse, bytes: Buffer, delivery: Delivery): Promise<void> {
  const piece = delivery.bytesPerSecond ? slowStep(delivery.bytesPerSecond) : bytes.length
  for (let at = 0; at < bytes.length && !response.destroyed; at += piece) {
    response.write(bytes.subarray(at, at + piece))
    if (delivery.bytesPerSecond) await sleep(SLOW_STEP_MS)
  }
}

function slowStep(bytesPerSecond: number): number {
  return Math.max(1, Math.floor((bytesPerSecond * SLOW_STEP_MS) / 1000))
}

function throttle(delivery: Delivery): (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  return async function* slowly(source) {
    for await (const chunk of source) {
      const piece = delivery.bytesPerSecond ? slowStep(delivery.bytesPerSecond) : chunk.length
      for (let at = 0; at < chunk.length; at += piece) {
        yield chunk.subarray(at, at + piece)
        if (delivery.bytesPerSecond) await sleep(SLOW_STEP_MS)
      }
    }
  }
}
