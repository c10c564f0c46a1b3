import { expect, test } from 'vitest'
import { begin, carry } from '../engine/run-kit.ts'
import { readEvents, type Reading } from './event-reader.ts'
import { openServed } from './server-kit.ts'

function kinds({ messages }: Pick<Reading, 'messages'>): readonly string[] {
  return messages.flatMap(({ message }) => (message.type === 'event' ? [message.event.kind] : []))
}

function ids({ messages }: Pick<Reading, 'messages'>): readonly number[] {
  return messages.flatMap(({ id }) => (id === null ? [] : [Number(id)]))
}

test('a stream tells what happens and where the run stands, up to its end', async () => {
  await using project = await openServed()
  const { server, keys, offpeak } = project
  await using all = await readEvents(server.url, '/api/v1/events', keys.read)
  const run = await begin(project)
  await using one = await readEvents(server.url, `/api/v1/runs/${run}/events`, keys.read)
  await one.until((messages) => messages.some(({ message }) => message.type === 'progress'))
  await carry(project, run)
  const isDone = (messages: Reading['messages']): boolean =>
    messages.some(({ message }) => message.type === 'progress' && message.run.state === 'done')
  await Promise.all([all.until(isDone), one.until(isDone)])
  const stored = await offpeak.store.events(run, 0, 1_000)
  expect(ids(all)).toEqual(stored.map(({ id }) => id))
  expect(ids(one)).toEqual(ids(all).slice(-ids(one).length))
  const last = all.messages.at(-1)?.message
  expect(last).toMatchObject({ type: 'progress', run: { run, state: 'done', merged: 12 } })
  expect(all.comments[0]).toContain('retry: ')
})

test('what was missed is sent again after a reconnection, once and in order, before what is new', async () => {
  await using project = await openServed()
  const { server, keys, offpeak } = project
  const run = await begin(project)
  await carry(project, run)
  const stored = await offpeak.store.events(run, 0, 1_000)
  const seen = stored[Math.floor(stored.length / 2)]?.id ?? 0
  const missed = stored.map(({ id }) => id).filter((id) => id > seen)
  await using other = await readEvents(server.url, '/api/v1/events', keys.read)
  for (const [n, path] of ['/api/v1/events', `/api/v1/runs/${run}/events`].entries()) {
    await using again = await readEvents(server.url, path, keys.read, String(seen))
    await again.until(() => ids(again).length >= missed.length)
    expect(ids(again)).toEqual(missed)
    await offpeak.store.addEvent(run, Date.now(), `test.new${n}`, {})
    await again.until(() => kinds(again).includes(`test.new${n}`))
    expect(ids(again).slice(0, -1)).toEqual(missed)
    missed.push(ids(again).at(-1) ?? 0)
  }
  await using after = await readEvents(server.url, `/api/v1/events?after=${seen}`, keys.read)
  await after.until(() => ids(after).length === missed.length)
  await other.until(() => kinds(other).length === 2)
  expect(kinds(other), 'who was there is told nothing twice').toEqual(['test.new0', 'test.new1'])
})

test('a stream tells of the jobs of its key only, and ends within a moment of the key', async () => {
  await using project = await openServed()
  const { server, addKey, offpeak } = project
  const other = await addKey({ scope: 'read', jobs: '["another"]' })
  const own = await addKey({ scope: 'read', jobs: '["notes"]' })
  await using blind = await readEvents(server.url, '/api/v1/events', other)
  await using seeing = await readEvents(server.url, '/api/v1/events', own)
  const run = await begin(project)
  await carry(project, run)
  await seeing.until((messages) => messages.length > 3)
  expect(blind.messages).toEqual([])
  await offpeak.store.revokeKey(/^op_live_([a-z0-9]+)/.exec(own)?.[1] ?? '', 1)
  await seeing.ended
})

test('two hundred streams hear of everything, cost one look, and end with the server', async () => {
  await using project = await openServed()
  const { server, keys, offpeak, ask } = project
  const run = await begin(project)
  const streams = await Promise.all(
    Array.from({ length: 200 }, () => readEvents(server.url, '/api/v1/events', keys.read)),
  )
  expect((await ask('GET', '/metrics')).text).toContain('offpeak_open_streams 200')
  for (let n = 0; n < 5; n++) await offpeak.store.addEvent(run, Date.now(), `test.${n}`, {})
  await Promise.all(streams.map((each) => each.until(() => kinds(each).length >= 5)))
  for (const each of streams) expect(kinds(each)).toEqual(['test.0', 'test.1', 'test.2', 'test.3', 'test.4'])
  const gone = streams.slice(0, 150)
  for (const each of gone) await each[Symbol.asyncDispose]()
  await expect
    .poll(async () => (await ask('GET', '/metrics')).text, { timeout: 5_000 })
    .toContain('offpeak_open_streams 50')
  await server.close()
  await Promise.all(streams.slice(150).map(({ ended }) => ended))
})

test('there is an end to how many streams are open', async () => {
  await using project = await openServed({}, { limits: { streams: 2 } })
  const { server, keys } = project
  await using first = await readEvents(server.url, '/api/v1/events', keys.read)
  await using second = await readEvents(server.url, '/api/v1/events', keys.read)
  await using third = await readEvents(server.url, '/api/v1/events', keys.read)
  expect([first.status, second.status, third.status]).toEqual([200, 200, 429])
})

test('one key cannot take all streams, and has its own back when they end', async () => {
  await using project = await openServed({}, { limits: { streams: 4, streamsPerCaller: 2 } })
  const { server, keys, ask } = project
  const first = await readEvents(server.url, '/api/v1/events', keys.read)
  await using second = await readEvents(server.url, '/api/v1/events', keys.read)
  expect([first.status, second.status]).toEqual([200, 200])
  const refused = await ask('GET', '/api/v1/events', { key: keys.read })
  expect(refused).toMatchObject({
    status: 429,
    headers: { 'retry-after': '1' },
    json: { code: 'E_RATE', detail: 'this key has 2 event streams open, which is the most for one' },
  })
  await using third = await readEvents(server.url, '/api/v1/events', keys.run)
  await using fourth = await readEvents(server.url, '/api/v1/events', keys.run)
  expect([third.status, fourth.status]).toEqual([200, 200])
  expect((await ask('GET', '/api/v1/events', { key: keys.admin })).json).toMatchObject({
    status: 429,
    detail: 'all callers together have 4 event streams open, which is the most',
  })
  await first[Symbol.asyncDispose]()
  await expect
    .poll(async () => {
      await using again = await readEvents(server.url, '/api/v1/events', keys.read)
      return again.status
    })
    .toBe(200)
})
