import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type { Source, SourceRecord } from '../../ports/source.ts'
import { openSink } from '../open-sink.ts'
import { parquet } from './parquet-source.ts'

async function folder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'offpeak-parquet-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** A Parquet file as another program writes it. */
async function copy(query: string, file: string, codec = 'snappy'): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`copy (${query}) to '${file}' (format parquet, codec '${codec}', row_group_size 2048)`)
  connection.closeSync()
  instance.closeSync()
}

async function records(baseDir: string, file: string, key = 'id'): Promise<readonly SourceRecord<unknown>[]> {
  await using reader = await parquet.rows({ file, key }).open({ baseDir, databaseUrl: null })
  const pages = await Array.fromAsync(reader.read({ after: null, limit: null, order: 'key', only: null }))
  return pages.flatMap((page) => page.records)
}

describe('parquet.rows', () => {
  test('has the row type of its schema', () => {
    const row = z.object({ id: z.number() })
    expectTypeOf(parquet.rows({ file: 'a', key: 'id', row })).toEqualTypeOf<Source<{ id: number }>>()
    expectTypeOf(parquet.rows({ file: 'a', key: 'id' })).toEqualTypeOf<Source<Record<string, unknown>>>()
  })

  test('gives values that JSON can carry, and loses no digit', async () => {
    await using place = await folder()
    await copy(
      `select 1 as id, 9223372036854775807 as big, -1.25::decimal(10, 2) as d, 12345678901234567890.123::decimal(38, 3) as wide,
        null::varchar as nothing, timestamp '2026-01-31 10:20:30.123456' as ts, timestamptz '2026-01-31 10:20:30+02' as tz,
        date '1969-12-31' as day, [1, null] as list, {a: 1::bigint, b: 'x'} as struct, true as ok, 0.5::double as half,
        '{"id": 9007199254740993, "n": 1.50}'::json as j`,
      join(place.path, 'a.parquet'),
    )
    expect(await records(place.path, 'a.parquet')).toEqual([
      {
        key: '1',
        row: {
          id: 1,
          big: '9223372036854775807',
          d: '-1.25',
          wide: '12345678901234567890.123',
          nothing: null,
          ts: '2026-01-31T10:20:30.123456',
          tz: '2026-01-31T08:20:30Z',
          day: '1969-12-31',
          list: [1, null],
          struct: { a: 1, b: 'x' },
          ok: true,
          half: 0.5,
          j: { id: '9007199254740993', n: 1.5 },
        },
      },
    ])
  })

  test('reads every usual compression, several row groups, and a directory as one table', async () => {
    await using place = await folder()
    await mkdir(join(place.path, 'all.parquet'))
    const codecs = ['snappy', 'zstd', 'gzip', 'lz4', 'brotli', 'uncompressed']
    for (const [index, codec] of codecs.entries()) {
      const file = join(place.path, 'all.parquet', `${index}.parquet`)
      await copy(`select ${index} * 5000 + i as id, 'é' || i as t from range(5000) r(i)`, file, codec)
    }
    await writeFile(join(place.path, 'all.parquet', '.hidden.parquet'), 'not whole')
    const found = await records(place.path, 'all.parquet')
    expect(found.map(({ key }) => Number(key))).toEqual(Array.from({ length: 30_000 }, (_, index) => index))
  })

  test('refuses what is no Parquet file, or is not there', async () => {
    await using place = await folder()
    await writeFile(join(place.path, 'a.parquet'), 'PAR0 nothing of the kind')
    await expect(records(place.path, 'a.parquet')).rejects.toMatchObject({ code: 'E_SOURCE_FILE' })
    await expect(records(place.path, 'b.parquet')).rejects.toMatchObject({
      code: 'E_SOURCE_FILE',
      message: expect.stringContaining('does not exist'),
    })
  })
})

describe('a Parquet sink', () => {
  test('writes a type for each column that every file agrees on, and JSON for the rest', async () => {
    await using place = await folder()
    const context = { baseDir: place.path, databaseUrl: null, sourceKey: ['id'], sourceTables: [] }
    await using sink = await openSink({ parquet: 'out.parquet' }, context)
    const at = new Date('2026-01-31T10:20:30.500Z')
    const values = { n: 1, t: 'x', ok: true, at, big: 2n ** 60n, tags: ['a'], mixed: 1, key: 'mine' }
    await sink.write([{ key: '1', values }], { mark: null, chunk: 'c1' })
    await sink.write(
      [
        { key: '2', values: { n: 1.5, mixed: 'text' } },
        { key: '3', values: { n: null, mixed: 2 } },
      ],
      { mark: null, chunk: 'c2' },
    )
    const found = await records(place.path, 'out.parquet', 'key')
    expect(found.toSorted((one, other) => (one.key < other.key ? -1 : 1))).toEqual([
      {
        key: '1',
        row: {
          ...values,
          key: '1',
          at: '2026-01-31T10:20:30.5Z',
          big: '1152921504606846976',
        },
      },
      { key: '2', row: { key: '2', n: 1.5, mixed: 'text' } },
      { key: '3', row: { key: '3', n: null, mixed: 2 } },
    ])
  })

  test('says so when a file has the name of its directory', async () => {
    await using place = await folder()
    await writeFile(join(place.path, 'out.parquet'), '')
    const context = { baseDir: place.path, databaseUrl: null, sourceKey: ['id'], sourceTables: [] }
    await using sink = await openSink({ parquet: 'out.parquet' }, context)
    await expect(sink.rehearse({ key: '1', values: {} })).rejects.toMatchObject({ code: 'E_DISK' })
  })
})
