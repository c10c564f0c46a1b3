import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, test } from 'vitest'
import { parseSettings } from '../../../src/config/settings.ts'
import { reachOf } from '../../../src/planning/addresses/address-reach.ts'
import { callEndpoint, type Resolve } from '../../../src/server/hooks/call.ts'
import { type Endpoint, endpointsOf } from '../../../src/server/hooks/endpoints.ts'
import { openReceiver } from './receiver.ts'

const never = [
  'no address',
  '',
  ...`0.0.0.0 0.1.2.3 169.254.169.254 169.254.0.1 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1
    198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
    100.100.100.200 168.63.129.16 :: fe80::1 fe80::1%eth0 fec0::1 ff02::1 fd00:ec2::254 100::1
    2001::1 2001:db8::1 3fff::1 5f00::1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1::1 ::127.0.0.1
    ::ffff:169.254.169.254 ::ffff:a9fe:a9fe 0:0:0:0:0:ffff:a9fe:a9fe ::ffff:0.0.0.0 ::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8 4000::1 1::1 100:0:0:1::1 64:ff9b::8.8.8.8 2002:808:808::1 127.1 0x7f.1`.split(
    /\s+/,
  ),
]
const inside = `10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 fc00::1 fd12:3456::1
    ::ffff:10.0.0.1 ::ffff:c0a8:101`.split(/\s+/)
const here = `127.0.0.1 127.255.255.254 ::1 [::1] ::ffff:127.0.0.1 0:0:0:0:0:0:0:1`.split(/\s+/)
const outside = `8.8.8.8 172.32.0.1 100.128.0.1 2606:4700::1111 2a00:1450::1 ::ffff:8.8.8.8`.split(/\s+/)

test.each([
  ['never', never],
  ['private', inside],
  ['loopback', here],
  ['public', outside],
] as const)('addresses that are %s are known as that', (reach, addresses) => {
  for (const address of addresses) expect(`${address} ${reachOf(address)}`).toBe(`${address} ${reach}`)
})

const settingsOf = (entry: object) => parseSettings({ notify: [entry] }, 'offpeak.config.ts')
const endpointOf = (entry: object): Endpoint => {
  const [endpoint] = endpointsOf({ settings: settingsOf(entry), environment: { get: () => null } })
  if (!endpoint) throw new Error('there is none')
  return endpoint
}

describe('an address of the config', () => {
  test.each([
    ['http://hooks.example/in', 'https'],
    ['http://10.0.0.1/', 'https'],
    ['http://0x7f.1.example/', 'https'],
    ['ftp://hooks.example/', 'http(s)'],
    ['no address', 'http(s)'],
    ['https://user:pass@hooks.example/', 'user name'],
  ])('%s is refused, in words that do not repeat it', (url, words) => {
    const refused = (): unknown => settingsOf({ url })
    expect(refused).toThrow(words)
    expect(refused).not.toThrow(url)
  })

  const spellings = [
    '2130706433',
    '0x7f000001',
    '017700000001',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '127.1',
    '127.0.1',
    '127.0.0.1.',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:0:0:1]',
    '[::0001]',
    '１２７.0.0.1',
    '127。0。0。1',
  ]
  test.each(spellings)('%s is this machine, and is not called: who means it writes it plainly', (host) => {
    expect(() => settingsOf({ url: `http://${host}/` })).toThrow('https')
    expect(() => endpointOf({ url: `https://${host}/` })).toThrow('this machine, written in another way')
    expect(() => endpointOf({ url: `https://x@${host}/` })).toThrow('user name')
  })

  test.each([
    '3232235521',
    '0xc0.0xa8.0.1',
    '0300.0250.0.1',
    '192.168.1',
    '10.1',
    '[::ffff:10.0.0.1]',
    '[fd00::1]',
    '100.64.0.1.',
  ])('%s is in a private network, however it is written', (host) =>
    expect(() => endpointOf({ url: `https://${host}/` })).toThrow('private network'),
  )

  test.each([
    '0',
    '0.0.0.0',
    '[::]',
    '0x0',
    '2852039166',
    '0251.0376.0251.0376',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:7f00:1::]',
    '[::ffff:0:7f00:1]',
    '[::7f00:1]',
    '169.254.169.254.',
  ])('%s is nowhere, however it is written', (host) =>
    expect(() => endpointOf({ url: `https://${host}/`, allowPrivate: true })).toThrow('nobody is told'),
  )

  test.each([
    'https://hooks.example/in',
    'http://localhost:1/',
    'http://LOCALHOST/x',
    'http://127.0.0.7:1?a',
    'http://127.0.0.1:1/',
    'http://[::1]:1/',
  ])('%s is taken', (url) => expect(endpointOf({ url }).host).toBe(new URL(url).host))

  // However an address is written, the URL has one form of it.
  test.each(['https://169.254.169.254/', 'https://2852039166/', 'https://0xa9fea9fe/', 'https://[fe80::1]/'])(
    '%s is never called',
    (url) => expect(() => endpointOf({ url, allowPrivate: true })).toThrow('nobody is told'),
  )

  test('a private one needs to be meant', () => {
    expect(() => endpointOf({ url: 'https://192.168.0.7/' })).toThrow('private network')
    expect(endpointOf({ url: 'https://192.168.0.7/', allowPrivate: true }).host).toBe('192.168.0.7')
  })

  test('has one entry, known events, and a secret that is one', () => {
    const url = 'https://hooks.example/'
    expect(() => parseSettings({ notify: [{ url }, { url }] }, 'x')).toThrow('named twice')
    expect(() => settingsOf({ url, events: ['run.exploded'] })).toThrow('notify.0.events')
    expect(() => settingsOf({ url, secret: 'hunter2' })).toThrow('neither whsec_')
    expect(() => endpointOf({ url, secret: 'NOT_SET_ANYWHERE' })).toThrow('NOT_SET_ANYWHERE')
  })
})

describe('a name', () => {
  const names =
    (...addresses: readonly string[]): Resolve =>
    async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  const post = (entry: object, resolve: Resolve) =>
    callEndpoint(endpointOf(entry), {}, '{}', { signal: AbortSignal.timeout(5_000), resolve })

  test.each([...never.filter((address) => /^[\d.:a-f]+$/.test(address)), ...inside, ...here])(
    'that is at %s is not called',
    async (address) => {
      const told = await post({ url: 'https://rebound.example/' }, names('8.8.8.8', address))
      expect(told.refused).toContain(`not called: ${address}`)
    },
  )

  test('is asked for once, and the connection goes to the address that was looked at', async () => {
    await using receiver = await openReceiver()
    const { port } = new URL(receiver.url)
    let asked = 0
    const rebinding: Resolve = async () => {
      asked += 1
      return [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]
    }
    const body = JSON.stringify({
      type: 'run.planned',
      timestamp: new Date(0).toISOString(),
      data: {
        run: 'r',
        job: 'j',
        state: 'done',
        pause: null,
        batch: null,
        counts: {},
        pending: 0,
        needsAttention: 0,
        money: {},
        link: null,
      },
    })
    const endpoint = endpointOf({ url: `http://localhost:${port}/` })
    const told = await callEndpoint(endpoint, { 'webhook-id': 'one' }, body, {
      signal: AbortSignal.timeout(5_000),
      resolve: rebinding,
    })
    expect(told).toEqual({ refused: null, retryAfterMs: null })
    expect(asked).toBe(1)
    expect(receiver.got[0]?.headers.host).toBe(`localhost:${port}`)
  })

  test.each(['localhost.', 'localhost.localdomain', 'foo.localhost', 'LOCALHOST.'])(
    '%s is looked up like any name, and not called where it leads here',
    async (host) => {
      const told = await post({ url: `https://${host}/` }, names('127.0.0.1'))
      expect(told.refused).toContain('not called: 127.0.0.1')
      expect(() => settingsOf({ url: `http://${host}/` })).toThrow('https')
    },
  )

  test('that answers with another address is not followed there', async () => {
    await using elsewhere = await openReceiver()
    for (const status of [301, 302, 303, 307, 308]) {
      const redirecting = createServer((_request, response) =>
        response.writeHead(status, { location: elsewhere.url }).end(),
      )
      redirecting.listen(0, '127.0.0.1')
      await once(redirecting, 'listening')
      const address = redirecting.address()
      const port = typeof address === 'object' ? address?.port : 0
      const told = await post({ url: `http://127.0.0.1:${port}/` }, names())
      expect(told.refused).toBe(`it answered ${status}`)
      redirecting.close()
    }
    expect(elsewhere.got).toEqual([])
  })

  test('that cannot be found, or whose server is not there, is a refusal', async () => {
    const lost = await post({ url: 'https://lost.example/' }, () => Promise.reject(new Error('ENOTFOUND')))
    expect(lost.refused).toContain('ENOTFOUND')
    expect((await post({ url: 'http://127.0.0.1:1/' }, names())).refused).toMatch(/ECONNREFUSED|bad port/i)
    expect((await post({ url: 'https://empty.example/' }, names())).refused).toContain('none')
  })
})
