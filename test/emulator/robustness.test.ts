import { connect } from 'node:net'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Emulator } from '../../src/emulator/index.ts'
import {
  azureV1,
  chatLine,
  create,
  openai,
  processed,
  readText,
  startFast,
  submit,
  upload,
  waitFor,
} from './emulator-kit.ts'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startFast()
})
afterAll(async () => {
  await emulator.close()
})

const segments = fc.constantFrom(
  'v1',
  'openai',
  'files',
  'batches',
  'content',
  'cancel',
  'deployments',
  'chat',
  'completions',
  'responses',
  'embeddings',
  'models',
  '%zz',
  '..',
  '_emulator',
  'clock',
  'faults',
  'x',
)
const bodies = fc.oneof(
  fc.json(),
  fc.string(),
  fc
    .record(
      {
        model: fc.constantFrom<unknown>('gpt-4o', 'text-embedding-3-small', 5),
        input: fc.jsonValue(),
        messages: fc.jsonValue(),
        dimensions: fc.jsonValue(),
        response_format: fc.jsonValue(),
        n: fc.jsonValue(),
        max_tokens: fc.jsonValue(),
        tools: fc.jsonValue(),
        tool_choice: fc.jsonValue(),
      },
      { requiredKeys: ['model'] },
    )
    .map((value) => JSON.stringify(value)),
  fc
    .record(
      { input_file_id: fc.jsonValue(), endpoint: fc.jsonValue(), metadata: fc.jsonValue() },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
)

describe('whatever is sent', () => {
  it('is never answered with a 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'DELETE', 'PUT'),
        fc.oneof(
          fc.array(segments, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`),
          fc.constantFrom(
            '/v1/chat/completions',
            '/v1/responses',
            '/v1/embeddings',
            '/v1/batches',
            '/v1/files',
            '/_emulator/faults',
          ),
        ),
        bodies,
        async (method, path, body) => {
          const answer = await fetch(`${emulator.url}${path}`, {
            method,
            headers: { authorization: 'Bearer k', 'content-type': 'application/json' },
            ...(method === 'GET' ? {} : { body }),
          })
          await answer.text()
          expect(answer.status).toBeLessThan(500)
          expect(answer.headers.get('x-request-id')).toMatch(/^req_/)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('is refused when it is no multipart form', async () => {
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x', 'application/json']) {
      const answer = await fetch(`${emulator.openaiBaseUrl}/files`, {
        method: 'POST',
        headers: { authorization: 'Bearer k', 'content-type': type },
        body: '--x\r\nnonsense',
      })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
    }
  })

  it('may be nested deeper than the stack', async () => {
    const deep = `${'{"a":['.repeat(20_000)}${']}'.repeat(20_000)}`
    const line = `{"custom_id":"1","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}],"response_format":${deep}}}`
    const client = openai(emulator)
    const failed = await waitFor(client, (await submit(client, `${chatLine(0)}\n${line}\n`)).id)
    expect(failed.errors?.data?.[0]).toMatchObject({ code: 'invalid_json_line', line: 2 })
  })

  it('is not pushed out of time: every later call is answered as before', async () => {
    await using own = await startFast()
    const turn = async (body: string): Promise<number> => {
      const answer = await fetch(`${own.url}/_emulator/clock`, { method: 'POST', body })
      await answer.body?.cancel()
      return answer.status
    }
    for (const wish of [
      '{"advance":"999999999d"}',
      '{"advance":"9e9d"}',
      '{"advance_ms":1e400}',
      '{"advance_ms":1e16}',
      '{"speed":1e400}',
      '{"speed":1e308}',
      '{"speed":5,"advance":"999999999d"}',
    ])
      expect(await turn(wish), wish).toBe(400)
    expect(own.state().clock.speed).not.toBe(5)
    expect(await turn('{"advance":"30d"}')).toBe(200)
    const client = openai(own)
    const batch = await waitFor(client, (await submit(client, chatLine(0))).id)
    expect(batch.status).toBe('completed')
  })

  it('leaves nothing behind when it stops in the middle of an upload', async () => {
    const before = emulator.state().files.length
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1', () => {
      socket.write(
        'POST /v1/files HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer k\r\nContent-Length: 100000\r\n' +
          'Content-Type: multipart/form-data; boundary=B\r\n\r\n--B\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n{"a":1}\n',
        () => socket.destroy(),
      )
    })
    socket.on('close', () => resolve())
    await closed
    expect((await openai(emulator).files.list()).data.length).toBe(before)
    expect(emulator.state().files).toHaveLength(before)
  })
})

describe('a failed batch at Azure', () => {
  it('names two empty files', async () => {
    const client = azureV1(emulator)
    const file = await upload(client, chatLine(0, { url: '/embeddings' }))
    await processed(client, file.id)
    const failed = await waitFor(client, (await create(client, file.id)).id)
    expect(failed.status).toBe('failed')
    expect(failed.output_file_id).toMatch(/^file-/)
    expect(await readText(client, failed.error_file_id)).toBe('')
    expect(emulator.bill().batches).toBe(0)
  })
})
