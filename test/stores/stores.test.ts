import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { openStore } from '../../src/stores/open.ts'
import { createDatabase } from '../support/postgres.ts'
import { describeStore } from '../../src/testing/stores.ts'
import { required } from '../../src/testing/stores/fixtures.ts'

const open = new Map<string, Store>()
let folder = ''
let database: Awaited<ReturnType<typeof createDatabase>> | null = null

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offpeak-store-'))
  database = await createDatabase()
  open.set('sqlite', await openStore(join(folder, 'state.db'), 'lineage1'))
  open.set('postgres', await openStore(database.url, 'lineage1'))
})
afterAll(async () => {
  for (const store of open.values()) await store[Symbol.asyncDispose]()
  await database?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

describeStore({ describe, test }, { name: 'a SQLite file', store: () => required(open.get('sqlite')) })
describeStore({ describe, test }, { name: 'PostgreSQL', store: () => required(open.get('postgres')) })
