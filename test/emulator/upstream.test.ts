import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../src/emulator/index.ts'
import { type ChatServer, chatServer, type ChatServerOptions } from '../cli/chat-server.ts'
import { chatLines, readResults, submit, waitFor } from './emulator-kit.ts'

let dataDir = ''
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'offpeak-upstream-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

interface Behind {
  readonly server: ChatServer
  readonly emulator: Emulator
  readonly client: OpenAI
}

async function start(
  server: ChatServer,
  upstream: { readonly concurrency?: number; readonly apiKey?: string } = {},
): Promise<Behind> {
  const emulator = await startEmulator({
    dataDir,
    upstream: { url: server.url, concurrency: 3, ...upstream },
  })
  const client = new OpenAI({ apiKey: 'any', baseURL: emulator.openaiBaseUrl, maxRetries: 0 })
  return { server, emulator, client }
}

async function withServer(
  options: ChatServerOptions,
  then: (behind: Behind) => Promise<void>,
): Promise<void> {
  await using server = await chatServer(options)
  const behind = await start(server)
  try {
    await then(behind)
  } finally {
    server.release()
    await behind.emulator.close()
  }
}

const lines = (count: number): string => chatLines(count, { model: 'llama3.2' })

async function submitted(client: OpenAI, text: string): Promise<string> {
  return (await submit(client, text)).id
}

test("a server's own answers come back through the files and batches of the official client", () =>
  withServer({}, async ({ server, client, emulator }) => {
    const id = await submitted(client, lines(12))
    const batch = await waitFor(client, id, ['completed'])
    expect(batch.request_counts).toEqual({ total: 12, completed: 12, failed: 0 })
    const results = await readResults(client, batch.output_file_id)
    expect(results.map(({ custom_id }) => custom_id).toSorted()).toEqual(
      Array.from({ length: 12 }, (_, at) => `record-${at}`).toSorted(),
    )
    for (const { response } of results) {
      expect(response?.body).toMatchObject({ model: 'llama3.2', usage: { prompt_tokens: 20 } })
      expect(JSON.stringify(response?.body)).toContain('of Say something about record')
    }
    expect([...server.asked.values()]).toEqual(Array(12).fill(1))
    expect(server.mostAtOnce).toBe(3)
    expect(emulator.bill()).toMatchObject({ requests: 12, cost_micro_usd: 0 })
    expect(Object.keys(emulator.baseUrls)).toEqual(['openai'])
  }))

test('what it answers is not said to be invented, and what it has not is not made up', () =>
  withServer({}, async ({ server, client, emulator }) => {
    const { headers } = await fetch(`${emulator.url}/v1/files`, { headers: { authorization: 'Bearer k' } })
    expect(headers.get('offpeak-relay')).toBe('upstream')
    expect(headers.has('offpeak-emulator')).toBe(false)
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['llama3.2'])
    const chat = await client.chat.completions.create({
      model: 'llama3.2',
      messages: [{ role: 'user', content: 'A word, please. [[line_missing]]' }],
    })
    expect(chat.choices[0]?.message.content).toContain('of A word, please.')
    const vectors = await client.embeddings.create({ model: 'v', input: 'port', encoding_format: 'float' })
    expect(vectors.data[0]?.embedding).toEqual([0.25, 4])
    await expect(
      client.responses.create({ model: 'llama3.2', input: 'A word, please.' }),
      'this server has no such path, and says so itself',
    ).rejects.toMatchObject({ status: 404, message: expect.stringContaining('no /v1/responses here') })
    expect(server.unknownPaths).toEqual(['POST /v1/responses'])
    const elsewhere = await fetch(`${emulator.url}/anthropic/v1/messages`, { method: 'POST', body: '{}' })
    expect(elsewhere.status).toBe(404)
  }))

test("a prompt with a word for the emulator in it is the caller's text and nothing else", () =>
  withServer({}, async ({ client }) => {
    const id = await submitted(
      client,
      chatLines(2, { model: 'llama3.2', text: '[[line_missing]] [[refusal]]' }),
    )
    const batch = await waitFor(client, id, ['completed'])
    expect(await readResults(client, batch.output_file_id)).toHaveLength(2)
  }))

test('after a kill what was answered is not asked again, and what was on the wire is', async () => {
  await using server = await chatServer({ answersBefore: 5 })
  const first = await start(server)
  const id = await submitted(first.client, lines(12))
  await server.waiting(3)
  // Closing writes nothing that a kill would not have left: the answers are on the disk one by one.
  await first.emulator.close()
  const kept = (await readFile(join(dataDir, 'batches', `${id}.answers`), 'utf8')).trimEnd().split('\n')
  expect(kept).toHaveLength(5)
  server.release()
  const second = await start(server)
  try {
    const batch = await waitFor(second.client, id, ['completed'])
    expect(batch.request_counts).toEqual({ total: 12, completed: 12, failed: 0 })
    const times = [...server.asked.values()]
    expect(times.filter((asked) => asked === 1)).toHaveLength(9)
    expect(times.filter((asked) => asked === 2)).toHaveLength(3)
    expect(await readResults(second.client, batch.output_file_id)).toHaveLength(12)
  } finally {
    await second.emulator.close()
  }
})

test('what the server refuses is an error of its line, what breaks off is asked again', () =>
  withServer(
    {
      instead: (prompt, asked) => {
        if (prompt.includes('record 1.')) return { status: 400, body: { error: { message: 'too long' } } }
        if (prompt.includes('record 2.')) return asked < 3 ? 'cut' : null
        if (prompt.includes('record 3.')) return 'cut'
        if (prompt.includes('record 4.'))
          return asked < 2 ? { status: 503, body: { error: { message: 'Loading model' } } } : null
        if (prompt.includes('record 5.'))
          return { status: 200, body: { error: { message: 'out of memory' } } }
        return null
      },
    },
    async ({ server, client }) => {
      const batch = await waitFor(client, await submitted(client, lines(6)), ['completed'])
      expect(batch.request_counts).toEqual({ total: 6, completed: 3, failed: 3 })
      const failed = await readResults(client, batch.error_file_id)
      const told = new Map(failed.map(({ custom_id, response }) => [custom_id, response]))
      expect(told.get('record-1')).toMatchObject({
        status_code: 400,
        body: { error: { message: 'too long' } },
      })
      expect(told.get('record-3')).toMatchObject({ status_code: 502 })
      expect(told.get('record-5')).toMatchObject({ status_code: 500 })
      const asked = new Map(
        [...server.asked].map(([prompt, times]) => [/record \d/.exec(prompt)?.[0], times]),
      )
      expect(asked.get('record 3')).toBe(3)
      expect(asked.get('record 1')).toBe(1)
    },
  ))

test('a batch that is cancelled keeps what was answered, and asks no more', () =>
  withServer({ answersBefore: 4 }, async ({ server, client }) => {
    const id = await submitted(client, lines(12))
    await server.waiting(3)
    await client.batches.cancel(id)
    server.release()
    const batch = await waitFor(client, id, ['cancelled'])
    expect(batch.request_counts).toEqual({ total: 12, completed: 7, failed: 0 })
    expect(server.asked.size).toBe(7)
    expect(await readResults(client, batch.output_file_id)).toHaveLength(7)
  }))

test('invented answers and those of a server are never kept together', async () => {
  await using server = await chatServer()
  const { emulator, client } = await start(server)
  await waitFor(client, await submitted(client, lines(1)), ['completed'])
  await emulator.close()
  await expect(startEmulator({ dataDir })).rejects.toThrow(/needs --upstream/)
})
