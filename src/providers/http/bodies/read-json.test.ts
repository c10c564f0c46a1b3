import type { IncomingMessage, ServerResponse } from 'node:http'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { serve } from '../../../../test/serve.ts'
import type { NewBatch } from '../../../ports/provider/batch-service.ts'
import type { Reply } from '../../../ports/provider/reply.ts'
import { openaiProvider } from '../../openai/openai.ts'
import { maxAnswerBytes } from './read-json.ts'

const newBatch: NewBatch = {
  staged: 'file-1',
  file: { path: '', bytes: 0, filename: '', requests: 0 },
  endpoint: '/v1/chat/completions',
  model: 'gpt-4o-mini',
  metadata: {},
  idempotencyKey: 'n1',
}
const made = JSON.stringify({ id: 'batch_1', status: 'validating', metadata: { note: '判決'.repeat(500) } })

async function created(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<Reply<{ readonly id: string }>> {
  await using server = await serve((request, response) => answer(response, request))
  return await openaiProvider({ apiKey: 'sk-test-0123456789', baseUrl: `${server.url}/v1` }).create(newBatch)
}

describe('the answer to a create', () => {
  test.for([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['', gzipSync],
  ] as const)('that was packed as "%s" is read, and not doubted', async ([coding, pack]) => {
    const label = coding === '' ? {} : { 'content-encoding': coding }
    const reply = await created((response) => response.writeHead(200, label).end(pack(made)))
    expect(reply).toMatchObject({ kind: 'accepted', value: { id: 'batch_1' } })
  })

  test.for(['gzip', 'deflate', 'br', 'zstd', 'none-such', 'gzip, gzip'])(
    'that only carries the label %s is read as it is',
    async (coding) => {
      const reply = await created((response) =>
        response.writeHead(200, { 'content-encoding': coding }).end(made),
      )
      expect(reply).toMatchObject({ kind: 'accepted', value: { id: 'batch_1' } })
    },
  )

  test('that is packed and cut, or broken, leaves nobody knowing', async () => {
    const packed = gzipSync(made)
    const broken = Buffer.from(packed)
    broken.fill(0xff, 20, 40)
    for (const body of [packed.subarray(0, packed.length - 9), broken]) {
      const reply = await created((response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(body),
      )
      expect(reply.kind).toBe('unknown')
    }
  })

  test('that was packed to next to nothing does not fill the memory', async () => {
    const bomb = gzipSync(Buffer.alloc(maxAnswerBytes + 1, 0x20))
    const reply = await created((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    )
    expect(reply).toMatchObject({ kind: 'unknown', message: expect.stringContaining(String(maxAnswerBytes)) })
  })

  test('that is a refusal is understood packed as well', async () => {
    const error = gzipSync(JSON.stringify({ error: { message: 'no such file', code: 'invalid' } }))
    const reply = await created((response) =>
      response.writeHead(400, { 'content-encoding': 'gzip' }).end(error),
    )
    expect(reply).toMatchObject({ kind: 'refused', cause: 'invalid', message: '400 invalid: no such file' })
  })
})
