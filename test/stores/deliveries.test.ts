import { Client } from 'pg'
import { expect, test } from 'vitest'
import { openStore } from '../../src/stores/open.ts'
import { createDatabase } from '../support/postgres.ts'
import { newRun } from './fixtures.ts'

test('an event waits for every transaction that began before it and is still open', async () => {
  await using database = await createDatabase()
  await using store = await openStore(database.url, 'lineage1')
  await store.startRun(newRun('run'))
  const { position } = await store.delivery('endpoint')
  const client = new Client({ connectionString: database.url })
  await client.connect()
  try {
    await client.query('begin')
    await client.query("insert into offpeak.events (run_id, at, kind, data) values ('run', 1, 'slow', '{}')")
    await store.addEvent('run', 2, 'quick', {})
    expect(await store.events('run', position, 10)).toHaveLength(1)
    expect(await store.eventsToDeliver(position, 10), 'a smaller id is still to come').toEqual([])
    await client.query('commit')
    expect((await store.eventsToDeliver(position, 10)).map(({ kind }) => kind)).toEqual(['slow', 'quick'])
  } finally {
    await client.end()
  }
})
