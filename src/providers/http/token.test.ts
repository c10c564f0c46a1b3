import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { json, serve, type TestServer } from '../../../test/serve.ts'
import type { NewBatch } from '../../ports/provider/batch-service.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import { azureProvider } from '../azure/azure.ts'
import type { TokenCallback } from '../definition.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offpeak-token-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const newBatch: NewBatch = {
  staged: 'file-1',
  file: { path: '', bytes: 0, filename: '', requests: 0 },
  endpoint: '/v1/chat/completions',
  model: 'd',
  metadata: {},
  idempotencyKey: 'n1',
}
const client = ({ url }: TestServer, token: TokenCallback): Provider =>
  azureProvider({ endpoint: url, token, timeouts: { tokenMs: 60 } })

/** A service that takes one token only. */
const taking = (good: string): Promise<TestServer> =>
  serve((request, response) => {
    if (request.headers.authorization === `Bearer ${good}`) json(response, 200, { id: 'x', bytes: 3 })
    else json(response, 401, { error: { code: '401', message: 'The access token has expired.' } })
  })

test('a token that has run out is asked for again, by force, and the call is made again', async () => {
  const asked: boolean[] = []
  const kept: TokenCallback = async ({ forceRefresh }) => {
    asked.push(forceRefresh)
    return forceRefresh ? 'fresh-token' : 'stale-token'
  }
  const path = join(folder, 'in.jsonl')
  await writeFile(path, '{}\n')
  const calls: readonly ((provider: Provider) => Promise<unknown>)[] = [
    (provider) => provider.batch('b'),
    (provider) => provider.create(newBatch),
    (provider) => provider.stage({ path, bytes: 3, filename: 'in.jsonl' }),
    (provider) => provider.discard('f'),
    (provider) => provider.fetch('f', join(folder, 'out.jsonl')),
  ]
  for (const call of calls) {
    await using server = await taking('fresh-token')
    asked.length = 0
    expect(await call(client(server, kept))).toMatchObject({ kind: 'accepted' })
    expect(asked).toEqual([false, true])
    expect(server.seen).toHaveLength(2)
  }
  expect(await readFile(join(folder, 'out.jsonl'), 'utf8')).toBe('{"id":"x","bytes":3}')
})

test('a token that is refused twice is a matter of keys', async () => {
  await using server = await taking('another')
  const reply = await client(server, async () => 'mine').create(newBatch)
  expect(reply).toMatchObject({ kind: 'refused', cause: 'auth', status: 401 })
  expect(server.seen).toHaveLength(2)
})

test('a page that says 401 is none of the token’s business', async () => {
  await using server = await serve((_request, response) =>
    response.writeHead(401, { 'content-type': 'text/html' }).end('<html><title>Sign in</title></html>'),
  )
  const reply = await client(server, async () => 'mine').batch('b')
  expect(reply).toMatchObject({ kind: 'refused', cause: 'away', layer: 'network' })
  expect(server.seen).toHaveLength(1)
})

test('a key that is refused is not tried again', async () => {
  await using server = await taking('another')
  const provider = azureProvider({ endpoint: server.url, apiKey: 'key-0123456789' })
  expect(await provider.create(newBatch)).toMatchObject({ cause: 'auth' })
  expect(server.seen).toHaveLength(1)
})

test.for<[string, TokenCallback, RegExp]>([
  ['throws', () => Promise.reject(new Error('no response from the IMDS endpoint')), /no token: no response/],
  ['never answers', () => new Promise(() => undefined), /no token: .* within 60 ms/],
  ['gives nothing', async () => '', /no token: the API key is empty/],
  // As from JavaScript: `getToken` of Azure's own library gives an object.
  ['gives an object', async () => JSON.parse('{"token":"x"}'), /no token: .* no text/],
  [
    'throws at once',
    () => {
      throw new Error('not signed in')
    },
    /no token: not signed in/,
  ],
])('a callback that %s costs nothing but time, and the next call asks again', async ([, callback, words]) => {
  await using server = await taking('good')
  let calls = 0
  const provider = client(server, (options) => {
    calls += 1
    return calls === 1 ? callback(options) : Promise.resolve('good')
  })
  const reply = await provider.create(newBatch)
  expect(reply).toMatchObject({ kind: 'refused', cause: 'token', status: null })
  expect(reply).toHaveProperty('message', expect.stringMatching(words))
  expect(server.seen).toHaveLength(0)
  expect(await provider.create(newBatch)).toMatchObject({ kind: 'accepted' })
})

test('somebody who stops does not wait for a callback that hangs', async () => {
  await using server = await taking('good')
  const stop = new AbortController()
  const provider = azureProvider({
    endpoint: server.url,
    token: () => {
      setImmediate(() => stop.abort())
      return new Promise(() => undefined)
    },
  })
  expect(await provider.batch('b', stop.signal)).toMatchObject({
    kind: 'refused',
    cause: 'away',
    message: 'stopped by us',
  })
})
