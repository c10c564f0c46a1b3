import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseCustomId } from '../src/domain/request.ts'
import { startEmulator, type Emulator } from '../src/emulator/index.ts'
import type { Ask } from '../src/ports/provider/realtime.ts'
import type { Provider } from '../src/ports/provider/provider.ts'
import type { RemoteBatch, StagedFile, InputFile } from '../src/ports/provider/batch-service.ts'
import type { Reply } from '../src/ports/provider/reply.ts'
import { azureProvider } from '../src/providers/azure/azure.ts'
import { openaiProvider } from '../src/providers/openai/openai.ts'

const model = 'gpt-4o-mini'
const key = 'sk-emulated-0123456789'
const lines = 5
let folder = ''
let emulator: Emulator

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offpeak-drive-'))
  emulator = await startEmulator({ speed: 1_000, apiKeys: [key], filesPendingMs: 20_000 })
})
afterAll(async () => {
  await emulator.close()
  await rm(folder, { recursive: true, force: true })
})

const providers: readonly (readonly [string, () => Provider])[] = [
  ['openai', () => openaiProvider({ apiKey: key, baseUrl: emulator.openaiBaseUrl })],
  [
    'azure, dated',
    () => azureProvider({ apiKey: key, endpoint: emulator.azureEndpoint, apiVersion: '2024-10-21' }),
  ],
  ['azure, v1', () => azureProvider({ token: async () => key, endpoint: emulator.azureEndpoint })],
]

/** The value of an accepted reply; fails with the provider's words otherwise. */
function accepted<Value>(reply: Reply<Value>): Value {
  if (reply.kind === 'accepted') return reply.value
  throw new Error(`${reply.kind === 'refused' ? reply.cause : reply.kind}: ${reply.message}`)
}

function askOf(provider: Provider): Ask {
  const request = {
    model,
    messages: [{ role: 'user', content: 'Hello' }],
    maxTokens: 50,
    temperature: null,
    schema: null,
    extra: {},
  } as const
  const endpoint = '/v1/chat/completions'
  return { endpoint, model, body: JSON.stringify(provider.body(request, endpoint)), deliveryMode: 'realtime' }
}

async function requestFile(provider: Provider, tag: string): Promise<InputFile> {
  const text = Array.from({ length: lines }, (_line, index) => {
    const body = provider.body(
      {
        model,
        messages: [{ role: 'user', content: `Case ${index}: the appeal is dismissed.` }],
        maxTokens: 200,
        temperature: 0,
        schema: null,
        extra: {},
      },
      '/v1/chat/completions',
    )
    const { beforeId, beforeBody } = provider.lineFrame('/v1/chat/completions')
    return `${beforeId}${tag}-${index}${beforeBody}${JSON.stringify(body)}}\n`
  }).join('')
  const filename = `offpeak-${tag}.jsonl`
  const path = join(folder, filename)
  await writeFile(path, text)
  return { path, bytes: Buffer.byteLength(text), filename }
}

async function ready(provider: Provider, file: StagedFile): Promise<StagedFile> {
  let found = file
  while (found.status === 'pending') {
    await sleep(5)
    found = accepted(await provider.staged(file.id))
  }
  return found
}

async function ended(provider: Provider, batch: RemoteBatch): Promise<RemoteBatch> {
  let found = batch
  while (!['completed', 'failed', 'expired', 'cancelled'].includes(found.state)) {
    await sleep(10)
    found = accepted(await provider.batch(batch.id))
  }
  return found
}

async function uploaded(provider: Provider, tag: string): Promise<StagedFile> {
  return await ready(provider, accepted(await provider.stage(await requestFile(provider, tag))))
}

describe.for(providers)('%s', ([name, make]) => {
  const tag = `drive${createHash('sha256').update(name).digest('hex').slice(0, 6)}`
  const newBatch = (file: StagedFile) =>
    ({
      staged: file.id,
      file: { path: '', bytes: 0, filename: '', requests: 0 },
      endpoint: '/v1/chat/completions',
      model,
      metadata: { offpeak_nonce: tag },
      idempotencyKey: tag,
    }) as const

  test('takes a file from upload to answers, finds it again, and detaches from it', async () => {
    const provider = make()
    const local = await requestFile(provider, tag)
    const file = accepted(await provider.stage(local))
    expect(file).toMatchObject({ filename: local.filename, bytes: local.bytes })
    expect(accepted(await provider.findStaged(local.filename)).map((found) => found.id)).toEqual([file.id])
    expect((await ready(provider, file)).status).toBe('ready')

    const created = accepted(await provider.create(newBatch(file)))
    expect(created).toMatchObject({ staged: file.id, metadata: { offpeak_nonce: tag } })
    const listed = accepted(await provider.batches((created.createdAtMs ?? 0) - 600_000))
    expect(listed.find((batch) => batch.id === created.id)).toMatchObject({ staged: file.id })

    const batch = await ended(provider, created)
    expect(batch).toMatchObject({ state: 'completed', counts: { total: lines, completed: lines, failed: 0 } })
    const path = join(folder, `${tag}-out.jsonl`)
    const saved = accepted(await provider.fetch(batch.outputPart ?? '', path))
    const text = await readFile(path, 'utf8')
    const bytes = Buffer.byteLength(text)
    expect(saved).toEqual({ bytes, announcedBytes: bytes, whole: true })
    const answers = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => provider.line(JSON.parse(line)))
    const seen = answers.map((line) => parseCustomId(line?.customId ?? '')?.line ?? -1)
    expect(seen.sort((one, other) => one - other)).toEqual([0, 1, 2, 3, 4])
    for (const line of answers) {
      expect(line?.answer).toMatchObject({
        kind: 'text',
        cut: false,
        usage: { inputTokens: expect.any(Number) },
      })
    }

    expect(await provider.cancel(batch.id)).toMatchObject({ kind: 'refused', cause: 'conflict' })
    for (const id of [file.id, batch.outputPart ?? ''])
      expect(accepted(await provider.discard(id))).toBeNull()
    expect(await provider.fetch(file.id, path)).toMatchObject({ kind: 'refused', cause: 'gone' })
    expect(await provider.batch('batch_that_never_was')).toMatchObject({ kind: 'refused', cause: 'gone' })
  })

  test.for([
    ['is dropped', { type: 'drop' }],
    ['is a web page', { type: 'html' }],
    ['is cut', { type: 'truncate', bytes: 20 }],
    ['is a server error', { type: 'status', status: 500, body: { error: { message: 'oops' } } }],
    ['is a gateway error', { type: 'status', status: 504 }],
    ['is a 429 of no provider', { type: 'status', status: 429, body: 'slow down' }],
  ] as const)('is created once, and found by its file, when the answer to create %s', async ([, action]) => {
    const provider = make()
    const file = await uploaded(provider, `${tag}b`)
    emulator.addFault({ operation: 'batches.create', when: 'after', action })
    expect(await provider.create(newBatch(file))).toMatchObject({ kind: 'unknown' })
    const found = accepted(await provider.batches(0)).filter((batch) => batch.staged === file.id)
    expect(found).toHaveLength(1)
    expect(found[0]?.metadata).toEqual({ offpeak_nonce: tag })
  })

  test('is refused for its key, and answers a synchronous request', async () => {
    const provider = make()
    const completed = accepted(await provider.complete(askOf(provider)))
    const answer = provider.line(provider.outputLine('tag0-0', completed))?.answer
    expect(answer).toMatchObject({ kind: 'text' })
    expect(accepted(await provider.probe(model)).words).toContain('the key works')
    const stranger =
      name === 'openai'
        ? openaiProvider({ apiKey: 'sk-other', baseUrl: emulator.openaiBaseUrl })
        : azureProvider({ apiKey: 'sk-other', endpoint: emulator.azureEndpoint })
    for (const reply of [
      await stranger.probe(model),
      await stranger.batches(0),
      await stranger.complete(askOf(stranger)),
    ]) {
      expect(reply).toMatchObject({ kind: 'refused', cause: 'auth', status: 401 })
    }
  })
})

test('Azure is told not_ready while the uploaded file is still pending', async () => {
  await using slow = await startEmulator({ filesPendingMs: 600_000 })
  const provider = azureProvider({ apiKey: key, endpoint: slow.azureEndpoint, apiVersion: '2024-10-21' })
  const file = accepted(await provider.stage(await requestFile(provider, 'pending1')))
  expect(file.status).toBe('pending')
  const refused = await provider.create({
    staged: file.id,
    file: { path: '', bytes: 0, filename: '', requests: 0 },
    endpoint: '/v1/chat/completions',
    model,
    metadata: {},
    idempotencyKey: 'x',
  })
  expect(refused).toMatchObject({ kind: 'refused', cause: 'not_ready', status: 400 })
})

test('a quota that is told at once is a refusal of cause quota', async () => {
  await using small = await startEmulator({ enqueuedTokenLimit: 10, enqueuedTokenRefusal: 'sync' })
  const provider = openaiProvider({ apiKey: key, baseUrl: small.openaiBaseUrl })
  const file = await uploaded(provider, 'quota1')
  const refused = await provider.create({
    staged: file.id,
    file: { path: '', bytes: 0, filename: '', requests: 0 },
    endpoint: '/v1/chat/completions',
    model,
    metadata: {},
    idempotencyKey: 'x',
  })
  expect(refused).toMatchObject({ kind: 'refused', cause: 'quota' })
})
