import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json, serve, type TestServer } from '../../../test/serve.ts'
import { type Authority, hasOpenssl, makeAuthority } from '../../../test/support/certificates.ts'
import { startProxy } from '../../../test/support/connect-proxy.ts'
import type { NewBatch } from '../../ports/provider/batch-service.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { Access } from './access.ts'
import { azureProvider } from '../azure/azure.ts'
import { openaiProvider } from '../openai/openai.ts'
import type { Proxies } from './proxy.ts'
import { Secret } from './secret.ts'

const key = 'sk-test-0123456789abcdef'
const gateway = 'llm.gateway.invalid'
const newBatch: NewBatch = {
  staged: 'file-1',
  file: { path: '', bytes: 0, filename: '', requests: 0 },
  endpoint: '/v1/chat/completions',
  model: 'gpt-4o-mini',
  metadata: {},
  idempotencyKey: 'n1',
}
const batch = { id: 'batch_1', status: 'in_progress' }

const through = (https: string, more: Partial<Proxies> = {}): Proxies => ({
  https: { name: 'HTTPS_PROXY', value: https },
  http: null,
  except: null,
  loopback: false,
  ...more,
})
const client = (baseUrl: string, access: Access): Provider =>
  openaiProvider({ apiKey: key, baseUrl, ...access })

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe.skipIf(!hasOpenssl)('a service with a certificate of a company', () => {
  let folder = ''
  let authority: Authority
  let service: TestServer
  let expired: TestServer
  let foreign: TestServer
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'offpeak-tls-'))
    authority = makeAuthority(folder)
    const answer = (_request: unknown, response: Parameters<typeof json>[0]): void =>
      json(response, 200, batch)
    service = await serve(answer, authority.sign([gateway, 'localhost', '127.0.0.1']))
    expired = await serve(answer, authority.sign(['127.0.0.1'], -1))
    foreign = await serve(answer, authority.sign(['elsewhere.example']))
  })
  afterAll(async () => {
    for (const server of [service, expired, foreign]) await server[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  test('is refused in words that name it and what to do, and certainly not paid', async () => {
    const reply = await client(`${service.url}/v1`, {}).create(newBatch)
    expect(reply).toMatchObject({ kind: 'refused', cause: 'away', layer: 'network', lasting: true })
    expect(reply).toHaveProperty(
      'message',
      expect.stringMatching(/certificate of 127\.0\.0\.1:\d+ is not trusted .*NODE_EXTRA_CA_CERTS=/),
    )
  })

  test('is taken with the certificate of its signer', async () => {
    expect(await client(`${service.url}/v1`, { extraCa: authority.pem }).create(newBatch)).toMatchObject({
      kind: 'accepted',
    })
  })

  test('is refused for another name and after its end, in other words', async () => {
    for (const [url, words] of [
      [foreign.url, /is for another name/],
      [expired.url, /has expired, or the clock of this machine is wrong/],
    ] as const) {
      const reply = await client(`${url}/v1`, { extraCa: authority.pem }).create(newBatch)
      expect(reply).toMatchObject({ kind: 'refused', cause: 'away', lasting: true })
      expect(reply).toHaveProperty('message', expect.stringMatching(words))
    }
  })

  describe('behind a proxy', () => {
    const url = `https://${gateway}/v1`

    test('is reached through it, encrypted all the way, on connections that are kept', async () => {
      await using proxy = await startProxy({ to: service.port })
      const provider = client(url, { proxies: through(proxy.url), extraCa: authority.pem })
      for (let call = 0; call < 3; call += 1)
        expect(await provider.batch('batch_1')).toMatchObject({ kind: 'accepted' })
      expect(proxy.asked.map(({ line }) => line)).toEqual([`CONNECT ${gateway}:443`])
      expect(await provider.create(newBatch)).toMatchObject({ kind: 'accepted' })
      expect(proxy.asked).toHaveLength(2)
      expect(service.seen.at(-1)?.headers.authorization).toBe(`Bearer ${key}`)
    })

    test('that asks for a name and a password gets those of its address, and nobody else does', async () => {
      await using proxy = await startProxy({ to: service.port, password: 'me:p@ss' })
      const named = (user: string): Access => ({
        proxies: through(`http://${user}@127.0.0.1:${proxy.port}`),
        extraCa: authority.pem,
      })
      expect(await client(url, named('me:p%40ss')).create(newBatch)).toMatchObject({ kind: 'accepted' })
      const reply = await client(url, named('me:wrong-one')).create(newBatch)
      expect(reply).toMatchObject({
        kind: 'refused',
        cause: 'away',
        layer: 'network',
        lasting: true,
        message: expect.stringMatching(/the proxy http:\/\/127\.0\.0\.1:\d+ asks for a name and a password/),
      })
      expect(inspect(reply)).not.toContain('wrong-one')
    })

    test.for([
      ['502 Bad Gateway', /did not open the way to llm\.gateway\.invalid: 502 Bad Gateway/],
      ['403 Forbidden', /did not open the way to llm\.gateway\.invalid: 403 Forbidden/],
    ] as const)('that answers %s is told, and nothing was paid', async ([answer, words]) => {
      await using proxy = await startProxy({ answer })
      const reply = await client(url, { proxies: through(proxy.url) }).create(newBatch)
      expect(reply).toMatchObject({ kind: 'refused', cause: 'away', layer: 'network' })
      expect(reply).toHaveProperty('message', expect.stringMatching(words))
    })

    test('that ends the connection, never answers or is not there is told, and nothing was paid', async () => {
      const reply = async (proxyUrl: string): Promise<unknown> =>
        client(url, { proxies: through(proxyUrl), timeouts: { connectMs: 60 } }).create(newBatch)
      await using gone = await startProxy('gone')
      await using silent = await startProxy('silent')
      const closed = await startProxy('gone')
      await closed[Symbol.asyncDispose]()
      for (const [proxy, words] of [
        [gone, /the proxy http:\/\/127\.0\.0\.1:\d+ did not open the way/],
        [silent, /no way through the proxy http:\/\/127\.0\.0\.1:\d+ within 60 ms/],
        [closed, /nobody listens at 127\.0\.0\.1:\d+ .*proxy/],
      ] as const) {
        const said = await reply(proxy.url)
        expect(said).toMatchObject({ kind: 'refused', cause: 'away', layer: 'network' })
        expect(said).toHaveProperty('message', expect.stringMatching(words))
      }
    })

    test('that opens a way on which nobody speaks TLS is given up in time, and nothing was paid', async () => {
      const held: Socket[] = []
      const mute = createTcpServer((socket) => void held.push(socket))
      await using proxy = await startProxy({ to: await listen(mute) })
      const provider = client(url, { proxies: through(proxy.url), timeouts: { connectMs: 60 } })
      expect(await provider.create(newBatch)).toMatchObject({ kind: 'refused', cause: 'away' })
      for (const socket of held) socket.destroy()
      mute.close()
    })

    test('whose certificate is not trusted is refused, and nothing was paid', async () => {
      await using proxy = await startProxy({ to: service.port })
      const reply = await client(url, { proxies: through(proxy.url) }).create(newBatch)
      expect(reply).toMatchObject({ kind: 'refused', cause: 'away', lasting: true })
      expect(reply).toHaveProperty(
        'message',
        expect.stringMatching(/certificate of llm\.gateway\.invalid through the proxy .* is not trusted/),
      )
    })

    test('is not looked for on this machine unless asked', async () => {
      await using proxy = await startProxy({ to: service.port })
      const direct = client(`${service.url}/v1`, { proxies: through(proxy.url), extraCa: authority.pem })
      expect(await direct.batch('batch_1')).toMatchObject({ kind: 'accepted' })
      expect(proxy.asked).toHaveLength(0)
      const asked = client(`${service.url}/v1`, {
        proxies: through(proxy.url, { loopback: true }),
        extraCa: authority.pem,
      })
      expect(await asked.batch('batch_1')).toMatchObject({ kind: 'accepted' })
      expect(proxy.asked).toHaveLength(1)
    })
  })
})

test('plain http in a private network goes through its own proxy, where there is one', async () => {
  await using proxy = await startProxy('gone')
  const proxies: Proxies = {
    https: null,
    http: { name: 'http_proxy', value: `127.0.0.1:${proxy.port}` },
    except: null,
    loopback: false,
  }
  const provider = client('http://litellm:4000/v1', { proxies, insecureHttp: true })
  expect(await provider.batch('batch_1')).toMatchObject({
    kind: 'accepted',
    value: { id: 'through-the-proxy' },
  })
  expect(proxy.asked.map(({ line }) => line)).toEqual(['GET http://litellm:4000/v1/batches/batch_1'])
})

describe('further headers', () => {
  const subscription = 'apim-subscription-0123456789'

  test('go with every call, and are never shown', async () => {
    await using server = await serve((request, response) => {
      if (request.url?.includes('batch_1') === true)
        json(response, 401, { error: { code: 'x', message: `${subscription} and ${key} are wrong` } })
      else json(response, 200, { id: 'batch_2', data: [], has_more: false })
    })
    const provider = azureProvider({
      endpoint: server.url,
      apiKey: key,
      headers: { 'ocp-apim-subscription-key': new Secret(subscription), 'x-team': new Secret('law') },
    })
    const refused = await provider.batch('batch_1')
    expect(refused).toMatchObject({ cause: 'auth', message: '401 x: [redacted] and [redacted] are wrong' })
    await provider.create(newBatch)
    await provider.batches(0)
    await provider.probe('d')
    for (const { headers } of server.seen)
      expect(headers).toMatchObject({
        'api-key': key,
        'ocp-apim-subscription-key': subscription,
        'x-team': 'law',
      })
    expect(inspect(provider, { depth: 9, showHidden: true })).not.toContain(subscription)
    expect(provider.account).toBe(azureProvider({ endpoint: server.url, apiKey: key }).account)
  })

  test('take the place of the key where they are named like it, or where there is none', async () => {
    await using server = await serve((_request, response) => json(response, 200, batch))
    const own = { authorization: new Secret('Basic Z2F0ZXdheQ==') }
    await openaiProvider({ apiKey: key, baseUrl: `${server.url}/v1`, headers: own }).batch('b')
    expect(server.seen[0]?.headers.authorization).toBe('Basic Z2F0ZXdheQ==')
    const keyless = azureProvider({
      endpoint: server.url,
      headers: { 'ocp-apim-subscription-key': new Secret(subscription) },
    })
    await keyless.batch('b')
    expect(server.seen[1]?.headers['api-key']).toBeUndefined()
  })

  test('are what is told to give where a gateway misses its subscription key', async () => {
    await using server = await serve((_request, response) =>
      json(response, 401, {
        statusCode: 401,
        message: 'Access denied due to missing subscription key. Make sure to include subscription key.',
      }),
    )
    expect(await azureProvider({ endpoint: server.url, apiKey: key }).batch('b')).toMatchObject({
      cause: 'auth',
      message: expect.stringMatching(/azure: \{ headers: \{ 'Ocp-Apim-Subscription-Key': \{ env: /),
    })
  })
})

test('organisation and project go with every call to OpenAI, and are part of the account', async () => {
  await using server = await serve((_request, response) => json(response, 200, { ...batch, data: [] }))
  const options = { apiKey: key, baseUrl: `${server.url}/v1` }
  const provider = openaiProvider({ ...options, organization: 'org-example', project: 'proj_example' })
  await provider.create(newBatch)
  await provider.batches(0)
  await provider.probe('gpt-4o-mini')
  for (const { headers } of server.seen)
    expect(headers).toMatchObject({
      'openai-organization': 'org-example',
      'openai-project': 'proj_example',
    })
  expect(provider.account).toBe(`${openaiProvider(options).account}/org-example/proj_example`)
})
