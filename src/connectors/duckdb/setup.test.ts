import { once } from 'node:events'
import { createServer } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { all, readAll } from '../../testing/reading.ts'
import type { ConnectorContext } from '../../ports/source.ts'
import { sql } from '../database/sql.ts'
import { duckdb } from './rows.ts'

const dir = mkdtempSync(join(tmpdir(), 'offpeak-setup-'))
const secret = "it's a secret"
const context: ConnectorContext = {
  baseDir: dir,
  databaseUrl: null,
  env: (name) => (name === 'LAKE_KEY' ? secret : null),
}

beforeAll(async () => {
  const instance = await DuckDBInstance.create(join(dir, 'lake.duckdb'))
  const connection = await instance.connect()
  await connection.run('create table cases as select range as id from range(3)')
  connection.closeSync()
  instance.closeSync()
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

describe('the setup of a DuckDB source', () => {
  test('makes ready what the query reads, with values of the environment as texts', async () => {
    const source = duckdb.rows({
      setup: [
        `attach '${join(dir, 'lake.duckdb')}' as lake (read_only)`,
        duckdb.setup`set variable key = ${{ env: 'LAKE_KEY' }}`,
      ],
      query: sql`select id, getvariable('key') as key from lake.cases`,
      key: 'id',
    })
    await using reader = await source.open(context)
    const records = await readAll(reader, { ...all, only: null })
    expect(records.map((record) => (record.problem === undefined ? record.row : null))).toEqual(
      [0, 1, 2].map((id) => ({ id, key: secret })),
    )
  })

  test('that fails says the statement by the names of its values, and never by them', async () => {
    const query = sql`select 1 as id`
    const wrong = duckdb.setup`attach ${{ env: 'LAKE_KEY' }} as lake (type nothing_of_this_name)`
    const opening = duckdb.rows({ setup: [wrong], query, key: 'id' }).open(context)
    const thrown: unknown = await opening.catch((reason: unknown) => reason)
    expect(thrown).toMatchObject({ code: 'E_SOURCE_QUERY', where: expect.stringContaining('${LAKE_KEY}') })
    expect(
      JSON.stringify(thrown) + String(thrown) + String(Reflect.get(Object(thrown), 'where')),
    ).not.toContain(secret)
    expect(Reflect.get(Object(thrown), 'cause')).toBeUndefined()
  })

  test('says which value is not set, and which extension cannot be loaded and how it is', async () => {
    const query = sql`select 1 as id`
    await expect(
      duckdb
        .rows({ setup: [duckdb.setup`set variable a = ${{ env: 'NOT_SET' }}`], query, key: 'id' })
        .open(context),
    ).rejects.toMatchObject({ code: 'E_ENV', message: expect.stringContaining('NOT_SET') })
    await expect(
      duckdb.rows({ setup: ['load no_such_extension'], query, key: 'id' }).open(context),
    ).rejects.toMatchObject({
      code: 'E_SOURCE_QUERY',
      where: 'load no_such_extension',
      fix: expect.stringContaining("setup: ['install no_such_extension', 'load no_such_extension', …]"),
    })
  })

  test('has an extension from a mirror, and says what the mirror does not have', async () => {
    const asked: string[] = []
    const mirror = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.writeHead(404).end()
    })
    await once(mirror.listen(0, '127.0.0.1'), 'listening')
    const address = mirror.address()
    const port = typeof address === 'object' ? address?.port : null
    const setup = [`set extension_directory = '${dir}'`, `install httpfs from 'http://127.0.0.1:${port}'`]
    await expect(
      duckdb.rows({ setup, query: sql`select 1 as id`, key: 'id' }).open(context),
    ).rejects.toMatchObject({ code: 'E_SOURCE_QUERY', fix: expect.stringContaining("'load httpfs'") })
    expect(asked[0]).toMatch(/^\/v[\d.]+\/\w+\/httpfs\.duckdb_extension\.gz$/)
    mirror.closeAllConnections()
    mirror.close()
  })

  test('is what a query is told that needs an extension which is not there', async () => {
    const source = duckdb.rows({
      setup: [`set extension_directory = '${dir}'`, 'set autoinstall_known_extensions = false'],
      query: sql`select id from 'http://127.0.0.1:1/cases.csv'`,
      key: 'id',
    })
    await using reader = await source.open(context)
    await expect(readAll(reader, { ...all, only: null })).rejects.toMatchObject({
      code: 'E_SOURCE_QUERY',
      fix: expect.stringContaining("setup: ['install httpfs', 'load httpfs', …]"),
    })
  })
})
