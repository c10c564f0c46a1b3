import { describe, expect, test } from 'vitest'
import { parseSettings } from '../../src/config/settings.ts'
import { readTrustedProxy } from '../../src/config/trusted-proxies.ts'
import { clientOf, proxiesOf } from '../../src/server/guard/client.ts'
import { openServed, send } from './server-kit.ts'

type Headers = Readonly<Record<string, string>>

function addressBehind(trusted: readonly string[], peer: string, headers: Headers): string {
  return clientOf(proxiesOf(trusted), peer, (name) => headers[name]).address
}

describe('the client behind proxies', () => {
  test.for<readonly [string, readonly string[], string, Headers, string]>([
    ['the peer, when no proxy is believed', [], '10.0.0.7', { 'x-forwarded-for': '1.1.1.1' }, '10.0.0.7'],
    ['the peer, when it is no proxy', ['10.0.0.7'], '10.0.0.8', { 'x-forwarded-for': '1.1.1.1' }, '10.0.0.8'],
    ['the last hop', ['10.0.0.7'], '10.0.0.7', { 'x-forwarded-for': '9.9.9.9, 1.1.1.1' }, '1.1.1.1'],
    [
      'the last hop that is no proxy',
      ['10.0.0.0/24'],
      '10.0.0.7',
      { 'x-forwarded-for': '9.9.9.9, 1.1.1.1, 10.0.0.9' },
      '1.1.1.1',
    ],
    [
      'the first, when all are proxies',
      ['loopback'],
      '::1',
      { 'x-forwarded-for': '127.0.0.3, ::1' },
      '127.0.0.3',
    ],
    [
      'the proxy, when the hop is no address',
      ['loopback'],
      '127.0.0.1',
      { 'x-forwarded-for': '1.1.1.1, unknown' },
      '127.0.0.1',
    ],
    ['the proxy, when nothing is told', ['loopback'], '127.0.0.1', {}, '127.0.0.1'],
    [
      'found through IPv4 in IPv6',
      ['loopback'],
      '::ffff:127.0.0.1',
      { 'x-forwarded-for': '::ffff:1.1.1.1' },
      '1.1.1.1',
    ],
    ['found with a port', ['loopback'], '127.0.0.1', { 'x-forwarded-for': '1.1.1.1:4711' }, '1.1.1.1'],
    ['found in brackets', ['fd00::/8'], 'fd00::7', { 'x-forwarded-for': '[2001:db8::1]:80' }, '2001:db8::1'],
    [
      'in the standard header',
      ['loopback'],
      '127.0.0.1',
      { forwarded: 'for=9.9.9.9, for="[2001:db8::1]:80";proto=https;by=_x' },
      '2001:db8::1',
    ],
    ['hidden on purpose', ['loopback'], '127.0.0.1', { forwarded: 'for=_secret' }, '127.0.0.1'],
    [
      'not believed when the two headers differ',
      ['loopback'],
      '127.0.0.1',
      { 'x-forwarded-for': '1.1.1.1', forwarded: 'for=2.2.2.2' },
      '127.0.0.1',
    ],
    [
      'told twice alike',
      ['loopback'],
      '127.0.0.1',
      { 'x-forwarded-for': '1.1.1.1', forwarded: 'for=1.1.1.1' },
      '1.1.1.1',
    ],
    [
      'behind a comma in quotes',
      ['loopback'],
      '127.0.0.1',
      { forwarded: 'for="a\\",for=2.2.2.2"' },
      '127.0.0.1',
    ],
  ])('is %s', ([, trusted, peer, headers, address]) => {
    expect(addressBehind(trusted, peer, headers)).toBe(address)
  })

  test.for([
    '',
    '10.0.0',
    '10.0.0.0/33',
    '10.0.0.0/0',
    '::/0',
    'fe80::1%eth0',
    'proxy.example',
    '010.0.0.1',
    '*',
    '1',
  ])('is not looked for behind "%s"', (text) =>
    expect(() => readTrustedProxy(text)).toThrow(/is no address of a proxy/),
  )
})

test('what the config calls a proxy is one, or is named as what it is not', () => {
  const read = (...trustedProxies: readonly string[]): readonly string[] =>
    parseSettings({ api: { trustedProxies } }, 'offpeak.config.ts').api.trustedProxies
  expect(read('loopback', '10.0.0.0/8', '2001:db8::7')).toHaveLength(3)
  expect(() => read('loopback', '10.0.0.0/40')).toThrow(
    /api\.trustedProxies\.1.*"10\.0\.0\.0\/40" is no address/,
  )
})

const proxied = { host: 'offpeak.example.com', 'x-forwarded-proto': 'https' }

test('a stranger behind the proxy locks nobody else out', async () => {
  await using project = await openServed(
    {},
    { trustedProxies: ['loopback'], hosts: ['offpeak.example.com'], limits: { failuresPerMinute: 5 } },
  )
  const { server, keys } = project
  const token = new URL(server.link).hash.replace('#token=', '')
  const from = (address: string): Headers => ({ ...proxied, 'x-forwarded-for': address })
  const login = (address: string, body: object): Promise<{ readonly status: number }> =>
    send(
      server.url,
      'POST',
      '/api/v1/session',
      { ...from(address), 'content-type': 'application/json' },
      JSON.stringify(body),
    )
  const statuses: number[] = []
  for (let guess = 0; guess < 8; guess++)
    statuses.push((await login('203.0.113.9', { token: `guess-${guess}` })).status)
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
  expect((await login('203.0.113.9', { key: 'guess' })).status, 'the stranger stays refused').toBe(429)
  expect((await login('198.51.100.4', { token: 'typo' })).status, 'another one may mistype').toBe(401)
  expect((await login('198.51.100.4', { token })).status).toBe(200)
  expect(
    (await send(server.url, 'GET', '/api/v1/jobs', { ...from('198.51.100.4'), 'x-api-key': keys.read }))
      .status,
  ).toBe(200)
  for (let guess = 0; guess < 6; guess++) await login(`2001:db8:0:1::${guess + 1}`, { token: 'guess' })
  expect((await login('2001:db8:0:1:ffff::1', { token: 'x' })).status, 'a network is one client').toBe(429)
  expect((await login('2001:db8:0:2::1', { token: 'x' })).status).toBe(401)
})

test('without such a setting, wrong keys of one address do not keep good ones of it out, nor do lies in headers help', async () => {
  process.env['OFFPEAK_API_KEY'] = 'by-value'
  try {
    await using project = await openServed({}, { limits: { failuresPerMinute: 5 } })
    const { ask, keys, server } = project
    const token = new URL(server.link).hash.replace('#token=', '')
    const wrong: number[] = []
    for (let guess = 0; guess < 7; guess++)
      wrong.push(
        (
          await ask('GET', '/api/v1/jobs', {
            key: `guess-${guess}`,
            headers: { 'x-forwarded-for': `203.0.113.${guess}`, forwarded: `for=203.0.113.${guess}` },
          })
        ).status,
      )
    expect(wrong).toEqual([401, 401, 401, 401, 401, 429, 429])
    for (const key of [keys.read, keys.admin, 'by-value'])
      expect((await ask('GET', '/api/v1/jobs', { key })).status, key.slice(0, 8)).toBe(200)
    for (const body of [{ token }, { key: keys.run }, { key: 'by-value' }])
      expect((await ask('POST', '/api/v1/session', { key: null, body })).status).toBe(200)
    expect((await ask('POST', '/api/v1/session', { key: null, body: { token: 'x' } })).status).toBe(429)
  } finally {
    delete process.env['OFFPEAK_API_KEY']
  }
})

describe('the scheme and the host that a proxy was asked for', () => {
  test('make the cookie one for https, and let the pages of that host in and no others', async () => {
    await using project = await openServed(
      {},
      { trustedProxies: ['127.0.0.1'], hosts: ['offpeak.example.com'], limits: { failuresPerMinute: 100 } },
    )
    const { server, keys } = project
    const token = new URL(server.link).hash.replace('#token=', '')
    const login = (headers: Headers): Promise<{ readonly status: number; readonly headers: Headers }> =>
      send(
        server.url,
        'POST',
        '/api/v1/session',
        { 'content-type': 'application/json', ...headers },
        JSON.stringify({ token }),
      )
    const { host } = new URL(server.url)
    const rewritten = { host, 'x-forwarded-host': 'offpeak.example.com', 'x-forwarded-proto': 'https' }
    for (const headers of [
      { ...proxied, origin: 'https://offpeak.example.com' },
      { ...rewritten, origin: 'https://offpeak.example.com' },
      { ...rewritten, 'x-forwarded-host': 'offpeak.example.com:443', origin: 'https://offpeak.example.com' },
      {
        host,
        forwarded: 'for=1.1.1.1;host=offpeak.example.com;proto=https',
        origin: 'https://offpeak.example.com',
      },
    ]) {
      const answer = await login(headers)
      expect(answer.status, JSON.stringify(headers)).toBe(200)
      expect(answer.headers['set-cookie']).toMatch(/; HttpOnly; SameSite=Strict; Secure$/)
    }
    expect((await login({ ...proxied, 'x-forwarded-proto': 'http' })).headers['set-cookie']).not.toContain(
      'Secure',
    )
    for (const headers of [
      { ...proxied, origin: 'http://offpeak.example.com' },
      { ...rewritten, origin: `http://${host}` },
      { ...rewritten, origin: 'https://evil.example' },
      { ...rewritten, 'x-forwarded-host': 'evil.example', origin: 'https://evil.example' },
      { ...rewritten, 'x-forwarded-host': 'evil.example' },
      { ...rewritten, host: 'evil.example' },
    ])
      expect((await login(headers)).status, JSON.stringify(headers)).toBe(403)
    const own = { host, origin: `http://${host}`, 'x-api-key': keys.read }
    expect((await send(server.url, 'GET', '/api/v1/jobs', own)).status, 'and asked directly as ever').toBe(
      200,
    )
  })

  test('are words of the client, when no proxy is believed', async () => {
    await using project = await openServed()
    const { server } = project
    const { host } = new URL(server.url)
    const token = new URL(server.link).hash.replace('#token=', '')
    const lies = {
      host,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'content-type': 'application/json',
    }
    const answer = await send(server.url, 'POST', '/api/v1/session', lies, JSON.stringify({ token }))
    expect(answer.status).toBe(200)
    expect(answer.headers['set-cookie']).not.toContain('Secure')
    const foreign = { ...lies, origin: 'https://evil.example' }
    expect(
      (await send(server.url, 'POST', '/api/v1/session', foreign, JSON.stringify({ token }))).status,
    ).toBe(403)
  })
})
