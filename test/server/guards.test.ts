import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serve } from '../../src/server/serve.ts'
import { openKit } from '../engine/run-kit.ts'
import { documentOf, openServed, send, type ServedProject } from './server-kit.ts'

let project: ServedProject
let revoked = ''
let expired = ''

beforeAll(async () => {
  project = await openServed()
  revoked = await project.addKey({ scope: 'admin', revokedAt: 1 })
  expired = await project.addKey({ scope: 'admin', expiresAt: 1 })
})
afterAll(() => project[Symbol.asyncDispose]())

/** A path of the table with something in its braces. */
function filled(path: string): string {
  return path.replaceAll(/\{\w+\}/g, 'x1')
}

function hostOf({ server }: ServedProject): string {
  return new URL(server.url).host
}

test('every route that is not open is closed to everybody without a valid key, with one answer', async () => {
  const { server, keys } = project
  const [id = ''] = /(?<=^op_live_)[a-z0-9]+/.exec(keys.admin) ?? []
  const left = await project.ask('DELETE', '/api/v1/session', { key: null })
  const [cookieName = ''] = (left.headers['set-cookie'] ?? '').split('=')
  const wrong: readonly Readonly<Record<string, string>>[] = [
    {},
    { 'x-api-key': revoked },
    { 'x-api-key': expired },
    { 'x-api-key': 'garbage' },
    { 'x-api-key': '' },
    { 'x-api-key': `op_live_${id}_${'A'.repeat(43)}` },
    { 'x-api-key': `op_live_${id}_` },
    { 'x-api-key': keys.admin.slice(0, -1) },
    { 'x-api-key': `${keys.admin}A` },
    { 'x-api-key': 'x'.repeat(5_000) },
    { authorization: 'Bearer garbage' },
    { authorization: `Basic ${keys.admin}` },
    { cookie: `${cookieName}=garbage` },
    { cookie: `${cookieName}=${keys.admin}` },
  ]
  const bodies = new Set<string>()
  for (const { method, path, scope } of server.routes) {
    if (scope === 'open') continue
    for (const headers of wrong) {
      const { status, text } = await send(server.url, method.toUpperCase(), filled(path), headers)
      expect(status, `${method} ${path} ${JSON.stringify(headers).slice(0, 80)}`).toBe(401)
      bodies.add(text)
    }
    const { status } = await send(
      server.url,
      method.toUpperCase(),
      `${filled(path)}?key=${keys.admin}&x-api-key=${keys.admin}&api_key=${keys.admin}`,
      {},
    )
    expect(status, `${method} ${path} with the key in the address`).toBe(401)
  }
  expect([...bodies], 'nothing tells what was wrong').toHaveLength(1)
})

test('a key may do what is within its scope and nothing else', async () => {
  const { server, ask, keys } = project
  const order = ['read', 'run', 'admin'] as const
  for (const { method, path, scope, answers } of server.routes) {
    if (scope === 'open' || path.endsWith('/events')) continue
    for (const has of order) {
      const { status, json } = await ask(method.toUpperCase(), filled(path), { key: keys[has] })
      const allowed = order.indexOf(has) >= order.indexOf(scope)
      if (allowed) expect([401, 403], `${method} ${path} as ${has}`).not.toContain(status)
      else {
        expect(status, `${method} ${path} as ${has}`).toBe(403)
        expect(json).toMatchObject({ code: 'E_SCOPE' })
      }
    }
    expect(Object.keys(answers).length).toBeGreaterThan(0)
  }
})

test('what is served is what the document says, and the other way round', async () => {
  const { server } = project
  const { paths } = await documentOf(server.url)
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  )
  expect(documented.toSorted()).toEqual(
    server.routes.map(({ method, path }) => `${method} ${path}`).toSorted(),
  )
  for (const { path } of server.routes) {
    const known = new Set(server.routes.filter((route) => route.path === path).map(({ method }) => method))
    for (const method of ['get', 'post', 'put', 'patch', 'delete', 'options'] as const) {
      if (
        method === 'get'
          ? known.has('get')
          : method === 'post'
            ? known.has('post')
            : known.has('delete') && method === 'delete'
      )
        continue
      const { status, headers } = await send(server.url, method.toUpperCase(), filled(path), {})
      expect(status, `${method} ${path}`).toBe(405)
      expect(headers['allow']).toContain([...known][0]?.toUpperCase())
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
  }
})

describe('a request under another name or from another page', () => {
  const everywhere = ['/', '/index.html', '/assets/app.js', '/nope', '/openapi.json', '/healthz']

  test('is refused on every path when its Host is not ours', async () => {
    const { server, keys } = project
    const paths = [
      ...everywhere.map((path) => ['GET', path] as const),
      ...server.routes.map(({ method, path }) => [method.toUpperCase(), filled(path)] as const),
    ]
    for (const [method, path] of paths)
      for (const host of [
        'evil.example',
        'evil.example:4100',
        '127.0.0.1.evil.example',
        'localhost.evil.example',
        '169.254.169.254',
        'localhost@evil.example',
      ]) {
        const { status, headers, text } = await send(server.url, method, path, {
          host,
          'x-api-key': keys.admin,
        })
        expect([403, 400], `${method} ${path} as ${host}`).toContain(status)
        expect(text).not.toContain(server.url)
        expect(headers['content-security-policy']).toContain("default-src 'none'")
      }
    for (const host of ['localhost', 'LOCALHOST:1', '127.0.0.1:9', '[::1]:4100'])
      expect((await send(server.url, 'GET', '/healthz', { host })).status, host).toBe(200)
  })

  test('is refused when a page of another origin sends it', async () => {
    const { server, keys } = project
    const host = hostOf(project)
    const foreign: readonly Readonly<Record<string, string>>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:1' },
      { origin: `http://${host}.evil.example` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: `http://${host}`, 'sec-fetch-site': 'cross-site' },
    ]
    for (const { method, path } of server.routes)
      for (const headers of foreign) {
        if (method === 'get' && !path.startsWith('/api') && path !== '/metrics') continue
        const answer = await send(server.url, method.toUpperCase(), filled(path), {
          ...headers,
          'x-api-key': keys.admin,
        })
        expect(answer.status, `${method} ${path} ${JSON.stringify(headers)}`).toBe(403)
        expect(answer.json).toMatchObject({ code: 'E_ORIGIN' })
      }
    const own = { origin: `http://${host}`, 'sec-fetch-site': 'same-origin', 'x-api-key': keys.admin }
    expect((await send(server.url, 'GET', '/api/v1/session', own)).status).toBe(200)
    expect((await send(server.url, 'DELETE', '/api/v1/session', own)).status).toBe(204)
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', accept: 'text/html' }
    expect((await send(server.url, 'GET', '/', link)).status, 'a link may lead here').toBe(200)
  })
})

test('every answer tells browsers to trust nothing but this server', async () => {
  const { server } = project
  for (const path of ['/', '/api/v1/jobs', '/nope', '/healthz', '/%zz', '/\\x']) {
    const { headers } = await send(server.url, 'GET', path, {})
    expect(headers, path).toMatchObject({
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; script-src 'self'; (?!.*unsafe).*frame-ancestors 'none'$/,
      ),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    expect(
      Object.keys(headers).filter((name) => /^access-control|^x-powered-by$|^server$/.test(name)),
    ).toEqual([])
  }
})

test('a body is at most a megabyte, of JSON, and not nested for ever', async () => {
  const { ask, server, keys } = project
  const path = '/api/v1/compare/preferences'
  const large = await ask('POST', path, { body: JSON.stringify({ a: 'x'.repeat(1_000_000) }) })
  expect(large.status).toBe(413)
  const chunked = {
    'transfer-encoding': 'chunked',
    'content-type': 'application/json',
    'x-api-key': keys.admin,
  }
  expect((await send(server.url, 'POST', path, chunked, `"${'x'.repeat(1_000_001)}"`)).status).toBe(413)
  expect(
    (await send(server.url, 'POST', path, { ...chunked, 'content-type': 'text/plain' }, '{}')).status,
  ).toBe(415)
  for (const body of ['{', 'nope', '"\\u0000"', '['.repeat(60) + ']'.repeat(60), '['.repeat(400_000)])
    expect((await ask('POST', path, { body })).json, body.slice(0, 20)).toMatchObject({
      status: 422,
      code: 'E_USAGE',
    })
  expect(
    (await ask('POST', path, { body: { a: 'x', b: 'y', key: 'k', preference: 'a', more: 1 } })).json,
  ).toMatchObject({
    status: 422,
    issues: [
      { path: 'body', message: expect.stringMatching(/^there is no entry `more`: the entries are a, b/) },
    ],
  })
  expect((await ask('GET', '/api/v1/compare?a=x&b=y&c=z')).json).toMatchObject({
    status: 422,
    where: 'the query',
  })
  expect((await ask('GET', '/api/v1/compare?a=x&a=y&b=z')).status).toBe(422)
  expect((await ask('GET', '/api/v1/compare?a=x&b=y&sample=1e9')).status).toBe(422)
})

test('the link signs in for thirty days, also over a restart, and signing out ends it', async () => {
  const { server, ask, offpeak, dir } = project
  const token = new URL(server.link).hash.replace('#token=', '')
  const login = await ask('POST', '/api/v1/session', { key: null, body: { token } })
  expect(login.json).toMatchObject({ name: 'local', scope: 'admin', jobs: null, version: '1.2.3' })
  const cookie = login.headers['set-cookie'] ?? ''
  expect(cookie).toMatch(
    /^offpeak_session_[\w-]{8}=[^;]+; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
  )
  const [pair = ''] = cookie.split(';')
  expect((await ask('GET', '/api/v1/session', { key: null, headers: { cookie: pair } })).status).toBe(200)
  const altered = pair.replace(/=./, '=X')
  expect((await ask('GET', '/api/v1/session', { key: null, headers: { cookie: altered } })).status).toBe(401)
  const again = await serve(offpeak, { port: 0, version: '1.2.3' })
  try {
    expect(new URL(again.link).hash, 'the link stays the same').toBe(new URL(server.link).hash)
    expect((await send(again.url, 'GET', '/api/v1/session', { cookie: pair })).status).toBe(200)
  } finally {
    await again.close()
  }
  const secret = join(dir, '.offpeak', 'server.secret')
  expect(statSync(secret).mode & 0o777).toBe(0o600)
  expect(readFileSync(secret, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
  expect((await ask('DELETE', '/api/v1/session', { key: null })).headers['set-cookie']).toMatch(
    /=; .*Max-Age=0/,
  )
  for (const body of [{}, { token: 'x' }, { key: 'x' }, { token: '' }])
    expect((await ask('POST', '/api/v1/session', { key: null, body })).status).toBe(401)
})

test('a session that was made with a key has its rights and dies with it, within a second', async () => {
  const { ask, addKey, offpeak } = project
  const key = await addKey({ scope: 'read', name: 'reader', jobs: '["other"]' })
  const login = await ask('POST', '/api/v1/session', { key: null, body: { key } })
  expect(login.json).toMatchObject({ name: 'reader', scope: 'read', jobs: ['other'] })
  const headers = { cookie: (login.headers['set-cookie'] ?? '').split(';')[0] ?? '' }
  const look = async (): Promise<number> => (await ask('GET', '/api/v1/jobs', { key: null, headers })).status
  expect(await look()).toBe(200)
  expect((await ask('POST', '/api/v1/compare/preferences', { key: null, headers })).status).toBe(403)
  const row = await offpeak.store.key(/^op_live_([a-z0-9]+)/.exec(key)?.[1] ?? '')
  expect(row?.lastUsedAt, 'its use is noted').not.toBeNull()
  await offpeak.store.revokeKey(row?.id ?? '', offpeak.flow.clock.now())
  await expect.poll(look, { timeout: 1_000, interval: 50 }).toBe(401)
  await expect
    .poll(async () => (await ask('GET', '/api/v1/jobs', { key })).status, { timeout: 1_000 })
    .toBe(401)
})

test('who guesses keys is not heard for a while, and a good key still is', async () => {
  await using guessed = await openServed({}, { limits: { failuresPerMinute: 5, requestsPerSecond: 20 } })
  const { ask, keys } = guessed
  const statuses: number[] = []
  for (let guess = 0; guess < 7; guess++)
    statuses.push((await ask('GET', '/api/v1/jobs', { key: `guess-${guess}` })).status)
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
  const login = await ask('POST', '/api/v1/session', { key: null, body: { token: 'guess' } })
  expect(login).toMatchObject({
    status: 429,
    headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
  })
  expect((await ask('GET', '/api/v1/jobs', { key: keys.read })).status).toBe(200)
  const many = await Promise.all(Array.from({ length: 40 }, () => ask('GET', '/api/v1/jobs')))
  expect(many.filter(({ status }) => status === 429).length).toBeGreaterThan(0)
})

test('no other host is served without a key', async () => {
  await using bare = await openKit()
  await expect(serve(bare.offpeak, { host: '0.0.0.0', port: 0, version: '1' })).rejects.toMatchObject({
    code: 'E_USAGE',
    fix: expect.stringContaining('offpeak keys add'),
  })
  await bare.offpeak.store.addKey({
    id: 'someone1',
    name: 'someone',
    secretHash: '00',
    scope: 'read',
    jobs: null,
    budgetMicroUsd: null,
    createdAt: 0,
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
  })
  const server = await serve(bare.offpeak, {
    host: '0.0.0.0',
    port: 0,
    version: '1',
    hosts: ['jobs.example'],
  })
  try {
    const url = server.url.replace('0.0.0.0', '127.0.0.1')
    expect((await send(url, 'GET', '/healthz', { host: 'jobs.example' })).status).toBe(200)
    expect((await send(url, 'GET', '/healthz', { host: 'other.example' })).status).toBe(403)
  } finally {
    await server.close()
  }
})
