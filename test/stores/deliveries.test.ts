import { Client } from 'pg'
import { expect, test } from 'vitest'
import { openStore } from '../../src/stores/open.ts'
import { createDatabase } from '../support/postgres.ts'
import { newRun } from '../../src/testing/stores/fixtures.ts'

/** A session of its own, in the middle of a transaction that has its number already. */
async function begun(url: string): Promise<Client & AsyncDisposable> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('begin')
  await client.query('select pg_current_xact_id()')
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

const write = (client: Client, kind: string): Promise<unknown> =>
  client.query(`insert into offpeak.events (run_id, at, kind, data) values ('run', 1, '${kind}', '{}')`)

test('an event waits for every transaction that may have a smaller id', async () => {
  await using database = await createDatabase()
  await using store = await openStore(database.url, 'lineage1')
  await store.startRun(newRun('run'))
  const { position } = await store.delivery('endpoint')
  const told = async (): Promise<readonly string[]> =>
    (await store.eventsToDeliver(position, 10)).map(({ kind }) => kind)
  await using slow = await begun(database.url)
  await write(slow, 'slow')
  await store.addEvent('run', 2, 'quick', {})
  expect(await store.events('run', position, 10)).toHaveLength(1)
  expect(await told(), 'a smaller id is still to come').toEqual([])
  await slow.query('commit')
  expect(await told()).toEqual(['slow', 'quick'])
})

test('an event waits for a smaller id also where its own transaction began before the other', async () => {
  await using database = await createDatabase()
  await using store = await openStore(database.url, 'lineage1')
  await store.startRun(newRun('run'))
  const { position } = await store.delivery('endpoint')
  await using older = await begun(database.url)
  await using younger = await begun(database.url)
  await write(younger, 'first')
  await write(older, 'second')
  await older.query('commit')
  expect(await store.eventsToDeliver(position, 10)).toEqual([])
  await younger.query('rollback')
  expect((await store.eventsToDeliver(position, 10)).map(({ kind }) => kind)).toEqual(['second'])
})

test('no event waits for what others do for long, in this database or in another one of the server', async () => {
  await using database = await createDatabase()
  await using elsewhere = await createDatabase()
  await using store = await openStore(database.url, 'lineage1')
  await store.startRun(newRun('run'))
  const { position } = await store.delivery('endpoint')
  await using here = await begun(database.url)
  await here.query('create table theirs (id int)')
  await using there = await begun(elsewhere.url)
  await there.query('create table theirs (id int)')
  await store.addEvent('run', 2, 'last words', {})
  expect((await store.eventsToDeliver(position, 10)).map(({ kind }) => kind)).toEqual(['last words'])
  expect(await store.newestEvent()).toBeGreaterThan(position)
})

test('events are told in spite of one transaction after the other that overlap, each once and in order', async () => {
  await using database = await createDatabase()
  await using store = await openStore(database.url, 'lineage1')
  await store.startRun(newRun('run'))
  const { position } = await store.delivery('endpoint')
  const written = 120
  let isOver = false
  const writer = async (n: number): Promise<void> => {
    for (let count = 0; count < written; count += 1) {
      await using client = await begun(database.url)
      await write(client, `${n}/${count}`)
      await client.query('select pg_sleep(random() * 0.01)')
      await client.query(count % 5 === 4 ? 'rollback' : 'commit')
    }
  }
  const told: { readonly id: number; readonly kind: string }[] = []
  const tail = async (): Promise<void> => {
    for (let last = false; !last;) {
      last = isOver
      const events = await store.eventsToDeliver(told.at(-1)?.id ?? position, 7)
      told.push(...events)
      if (events.length > 0) last = false
    }
  }
  const tailing = tail()
  await Promise.all([0, 1, 2, 3].map(writer))
  isOver = true
  await tailing
  const all = await store.events('run', position, 10_000)
  expect(told.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
  expect(told).toHaveLength(written * 4 * 0.8)
}, 120_000)
