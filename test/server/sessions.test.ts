import { describe, expect, test } from 'vitest'
import { openProject } from '../../src/compose/open-project.ts'
import { serve, type Serving } from '../../src/server/serve.ts'
import { begin } from '../engine/run-kit.ts'
import { createDatabase } from '../support/postgres.ts'
import { readEvents } from './event-reader.ts'
import { openServed, send, type ServedProject } from './server-kit.ts'

type Cookie = Readonly<Record<'cookie', string>>

async function signIn(server: Serving, body: object, before: Partial<Cookie> = {}): Promise<Cookie> {
  const headers = { 'content-type': 'application/json', ...before }
  const answer = await send(server.url, 'POST', '/api/v1/session', headers, JSON.stringify(body))
  expect(answer.status).toBe(200)
  return { cookie: (answer.headers['set-cookie'] ?? '').split(';')[0] ?? '' }
}

async function statusOf(server: Serving, headers: Partial<Cookie>): Promise<number> {
  return (await send(server.url, 'GET', '/api/v1/session', headers)).status
}

/** Another server process of the same project: its own connections and its own memory. */
async function secondServer({ dir }: ServedProject): Promise<AsyncDisposable & { readonly server: Serving }> {
  const offpeak = await openProject({ cwd: dir, configFile: null, envFile: null, modules: {} })
  const server = await serve(offpeak, { port: 0, version: '1.2.3' })
  return {
    server,
    async [Symbol.asyncDispose]() {
      await server.close()
      await offpeak[Symbol.asyncDispose]()
    },
  }
}

describe.for(['SQLite', 'PostgreSQL'] as const)('a session, with the state in %s', (kind) => {
  async function open(): Promise<ServedProject> {
    if (kind === 'SQLite') return openServed()
    const database = await createDatabase()
    const project = await openServed({ settings: { state: database.url } })
    return {
      ...project,
      async [Symbol.asyncDispose]() {
        await project[Symbol.asyncDispose]()
        await database[Symbol.asyncDispose]()
      },
    }
  }

  test('is ended by signing out, for every copy of its cookie and on every server, within a second', async () => {
    await using project = await open()
    await using other = await secondServer(project)
    const { server } = project
    const token = new URL(server.link).hash.replace('#token=', '')
    const [session, second] = [await signIn(server, { token }), await signIn(server, { token })]
    for (const each of [server, other.server]) expect(await statusOf(each, session)).toBe(200)
    await using stream = await readEvents(server.url, '/api/v1/events', '', null, session)
    await using elsewhere = await readEvents(other.server.url, '/api/v1/events', '', null, session)
    await using kept = await readEvents(server.url, '/api/v1/events', '', null, second)
    expect([stream.status, elsewhere.status, kept.status]).toEqual([200, 200, 200])

    expect((await send(server.url, 'DELETE', '/api/v1/session', session)).status).toBe(204)
    expect(await statusOf(server, session), 'at once where it was ended').toBe(401)
    await expect.poll(() => statusOf(other.server, session), { timeout: 1_000, interval: 50 }).toBe(401)
    await Promise.all([stream.ended, elsewhere.ended])
    expect(await statusOf(server, second), 'another session of the same person continues').toBe(200)
    await project.offpeak.store.addEvent(await begin(project), Date.now(), 'test.kept', {})
    await kept.until((messages) => messages.some(({ message }) => message.type === 'event'))
    expect((await send(server.url, 'DELETE', '/api/v1/session', session)).status, 'twice is as good').toBe(
      204,
    )
  })

  test('of a key ends with the key, and so do its streams, on every server', async () => {
    await using project = await open()
    await using other = await secondServer(project)
    const { server, addKey, offpeak } = project
    const key = await addKey({ scope: 'read' })
    const session = await signIn(server, { key })
    expect(await statusOf(other.server, session)).toBe(200)
    const streams = await Promise.all(
      [server, other.server].flatMap(({ url }) => [
        readEvents(url, '/api/v1/events', '', null, session),
        readEvents(url, '/api/v1/events', key),
      ]),
    )
    await offpeak.store.revokeKey(/^op_live_([a-z0-9]+)/.exec(key)?.[1] ?? '', offpeak.flow.clock.now())
    for (const each of [server, other.server])
      await expect.poll(() => statusOf(each, session), { timeout: 1_000, interval: 50 }).toBe(401)
    await Promise.all(streams.map(({ ended }) => ended))
  })
})

test('signing in again ends the session of before, and a hundred of one key are the most', async () => {
  await using project = await openServed()
  const { server, keys, addKey } = project
  const first = await signIn(server, { key: keys.read })
  const second = await signIn(server, { key: keys.read }, first)
  expect([await statusOf(server, first), await statusOf(server, second)]).toEqual([401, 200])
  const another = await signIn(server, { key: await addKey({ scope: 'read' }) })
  let last = second
  for (let n = 0; n < 101; n++) last = await signIn(server, { key: keys.read })
  await expect.poll(() => statusOf(server, second), { timeout: 1_000, interval: 50 }).toBe(401)
  expect([await statusOf(server, last), await statusOf(server, another)]).toEqual([200, 200])
})

test('the state holds nothing that opens a session', async () => {
  await using project = await openServed()
  const { server, keys, offpeak } = project
  const { cookie } = await signIn(server, { key: keys.read })
  const [name = '', text = ''] = cookie.split('=')
  expect(text).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(await offpeak.store.session(text)).toBeNull()
  for (const wrong of ['', text.slice(1), `${text}A`, text.toUpperCase(), 'constructor', '__proto__', 'a.b'])
    expect(await statusOf(server, { cookie: `${name}=${wrong}` }), wrong).toBe(401)
})
