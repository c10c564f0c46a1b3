import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { asyncBufferFromFile, parquetMetadataAsync, parquetSchema, type SchemaElement } from 'hyparquet'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type { Source, SourceRecord } from '../../ports/source.ts'
import { openSink } from '../open-sink.ts'
import { groupParts } from './parquet-group.ts'
import { parquet } from './parquet-source.ts'
import { boundedCompressors } from './parquet-unpacking.ts'

async function folder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'offpeak-parquet-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** A Parquet file as another program writes it. */
async function copy(query: string, file: string, codec = 'snappy', groupRows = 2048): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(
    `copy (${query}) to '${file}' (format parquet, codec '${codec}', row_group_size ${groupRows})`,
  )
  connection.closeSync()
  instance.closeSync()
}

async function copyEncrypted(query: string, file: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`set force_mbedtls_unsafe = 'true'`)
  await connection.run(`pragma add_parquet_key('key', '0123456789112345')`)
  await connection.run(`copy (${query}) to '${file}' (format parquet, encryption_config {footer_key: 'key'})`)
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

  test('is as exact in lists, structs and maps as at the top', async () => {
    await using place = await folder()
    await copy(
      `select 1 as id, [12345678901234567.89::decimal(20, 2), null] as decimals,
        [{p: 0.10::decimal(20, 2), t: [timestamp_ns '2026-01-31 10:20:30.123456789'], z: [timestamptz '2026-01-31 10:20:30+02']}] as deep,
        map {1.5::decimal(4, 2): [date '2026-01-31'], 0.1::decimal(4, 2): null} as by_decimal,
        map {9223372036854775807: time '10:20:30.5'} as by_big, map([]::int[], []::int[]) as empty,
        [unhex('00ff'), unhex('61')] as bytes, unhex('61') as text, unhex('5c7861') as looks, unhex('') as none,
        [18446744073709551615::ubigint, 1] as unsigned, ['nan'::double, '-inf'::double, 0.5] as doubles,
        [time '23:59:59.000001'] as times, [uuid '00000000-0000-0000-0000-000000000005'] as uuids,
        interval '14 months 3 days 4.5 seconds' as span, [[1], []] as lists, null::struct(a int[]) as nothing`,
      join(place.path, 'a.parquet'),
    )
    expect(await records(place.path, 'a.parquet')).toEqual([
      {
        key: '1',
        row: {
          id: 1,
          decimals: ['12345678901234567.89', null],
          deep: [{ p: '0.10', t: ['2026-01-31T10:20:30.123456789'], z: ['2026-01-31T08:20:30Z'] }],
          by_decimal: { '1.50': ['2026-01-31'], '0.10': null },
          by_big: { '9223372036854775807': '10:20:30.5' },
          empty: {},
          bytes: ['\\x00ff', 'a'],
          text: 'a',
          looks: '\\x5c7861',
          none: '',
          unsigned: ['18446744073709551615', 1],
          doubles: ['NaN', '-Infinity', 0.5],
          times: ['23:59:59.000001'],
          uuids: ['00000000-0000-0000-0000-000000000005'],
          span: 'P14M3DT4.5S',
          lists: [[1], []],
          nothing: null,
        },
      },
    ])
  })

  test('tells of a text that cannot be decoded by its row, and reads on', async () => {
    await using place = await folder()
    const columnData: ColumnSource[] = [
      { name: 'id', data: [1, 2] },
      { name: 't', data: [new Uint8Array([0x80]), new Uint8Array([0x61])] },
      { name: 'j', data: [new Uint8Array([0x7b]), new Uint8Array([0x31])] },
    ]
    const schema: SchemaElement[] = [
      { name: 'root', num_children: 3 },
      { name: 'id', type: 'INT32', repetition_type: 'REQUIRED' },
      { name: 't', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      { name: 'j', type: 'BYTE_ARRAY', converted_type: 'BSON', repetition_type: 'REQUIRED' },
    ]
    await writeFile(join(place.path, 'a.parquet'), new Uint8Array(parquetWriteBuffer({ columnData, schema })))
    expect(await records(place.path, 'a.parquet')).toEqual([
      { key: '(row 1)', problem: 'Row 1 cannot be used: the column t is not valid UTF-8: \\x80' },
      { key: '2', row: { id: 2, t: 'a', j: '\\x31' } },
    ])
  })

  test('reads all parts of a directory with the columns that its folders name, and tells what it leaves out', async () => {
    await using place = await folder()
    const at = (...names: string[]): string => join(place.path, 'all', ...names)
    await mkdir(at('year=2025', 'shop=a%2Fb'), { recursive: true })
    await mkdir(at('year=__HIVE_DEFAULT_PARTITION__'))
    await mkdir(at('_temporary'))
    await copy(`select 1 as id, 'x' as t`, at('year=2025', 'shop=a%2Fb', 'p.PARQUET'))
    await copy(`select 2 as id, 'y' as t, 1 as more`, at('year=__HIVE_DEFAULT_PARTITION__', 'q.parq'))
    await copy(`select 3 as id, 'z' as t`, at('without-a-name-for-it'))
    await copy(`select 4 as id`, at('_temporary', 'r.parquet'))
    await writeFile(at('readme.txt'), 'hello')
    await writeFile(at('_SUCCESS'), '')
    await using reader = await parquet
      .rows({ file: 'all', key: 'id' })
      .open({ baseDir: place.path, databaseUrl: null })
    await reader.check()
    expect(await reader.count()).toBe(3)
    const read = { limit: null, order: 'key', only: null } as const
    const [page] = await Array.fromAsync(reader.read({ ...read, after: null }))
    expect(page?.records).toEqual([
      { key: '3', row: { id: 3, t: 'z', year: null, shop: null, more: null } },
      { key: '1', row: { id: 1, t: 'x', year: '2025', shop: 'a/b', more: null } },
      { key: '2', row: { id: 2, t: 'y', year: null, shop: null, more: 1 } },
    ])
    const rest = await Array.fromAsync(reader.read({ ...read, after: page?.cursorAt(0) ?? null }))
    expect(rest.flatMap((one) => one.records.map(({ key }) => key))).toEqual(['1', '2'])
    expect(await reader.notes?.()).toEqual([
      expect.stringMatching(/files that are no Parquet and are left out: readme\.txt$/),
      expect.stringMatching(
        /different columns: .*without-a-name-for-it lacks year, shop, more, which is null there$/,
      ),
    ])
    await mkdir(join(place.path, 'none'))
    await writeFile(join(place.path, 'none', 'a.csv'), 'id\n1\n')
    await using empty = await parquet
      .rows({ file: 'none', key: 'id' })
      .open({ baseDir: place.path, databaseUrl: null })
    await expect(empty.check()).rejects.toMatchObject({
      code: 'E_SOURCE_FILE',
      message: expect.stringContaining('has no Parquet file'),
    })
    expect(await empty.count()).toBe(0)
  })

  test('refuses what it cannot read in words: encrypted, cut off, damaged, columns of one name', async () => {
    await using place = await folder()
    const [good, secret] = [join(place.path, 'good.parquet'), join(place.path, 'secret.parquet')]
    await copy(`select i as id, 'text ' || i as t from range(1000) r(i)`, good)
    await copyEncrypted(`select 1 as id`, secret)
    const bytes = await readFile(good)
    const scrambled = Buffer.from(bytes)
    scrambled.fill(0xff, 30, 2_000)
    const footless = Buffer.from(bytes)
    footless.fill(0xff, bytes.length - 60, bytes.length - 8)
    // The number of rows, a varint of twice its value, in front of the list of row groups.
    const short = Buffer.from(parquetWriteBuffer({ columnData: [{ name: 'id', data: [1, 2, 3, 4, 5] }] }))
    short[short.lastIndexOf(Buffer.from('160a19', 'hex')) + 1] = 4
    const twice = parquetWriteBuffer({
      columnData: [
        { name: 'id', data: [1], type: 'INT32' },
        { name: 'id', data: [2], type: 'INT32' },
      ],
    })
    const cases: readonly (readonly [Uint8Array, RegExp])[] = [
      [bytes.subarray(0, bytes.length / 2), /is cut off: the index at its end is missing/],
      [new Uint8Array(), /is empty/],
      [Buffer.from('id,t\n1,a, and more\n'), /is no Parquet file/],
      [scrambled, /cannot be read at the column id, rows 1 to 1000: /],
      [footless, /is damaged: its footer cannot be read/],
      [short, /is damaged: it tells of 2 rows and holds 5/],
      [new Uint8Array(twice), /has two columns of one name: id/],
      [await readFile(secret), /is encrypted/],
    ]
    for (const [content, message] of cases) {
      await writeFile(join(place.path, 'a.parquet'), content)
      await expect(records(place.path, 'a.parquet')).rejects.toMatchObject({
        code: 'E_SOURCE_FILE',
        message: expect.stringMatching(message),
      })
    }
  })

  test('leaves out of a directory what is no file, and names it', async () => {
    await using place = await folder()
    await mkdir(join(place.path, 'all'))
    await copy('select 1 as id', join(place.path, 'all', 'a.parquet'))
    await symlink('.', join(place.path, 'all', 'again'))
    await symlink('nowhere', join(place.path, 'all', 'gone.parquet'))
    execFileSync('mkfifo', [join(place.path, 'all', 'pipe.parquet')])
    expect((await records(place.path, 'all')).map(({ key }) => key)).toEqual(['1'])
    await using reader = await parquet
      .rows({ file: 'all', key: 'id' })
      .open({ baseDir: place.path, databaseUrl: null })
    expect((await reader.notes?.())?.join(' ')).toMatch(/again, gone\.parquet, pipe\.parquet/)
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

  test('reads a large row group in parts, whether or not the file has an index of its pages', async () => {
    await using place = await folder()
    const count = 40_000
    await copy(
      `select i as id, case when i % 7 > 0 then repeat(md5(i::varchar), 30) end as text, [i, null] as list,
        {a: i, b: md5(i::varchar)} as struct from range(${count}) t(i)`,
      join(place.path, 'whole.parquet'),
      'snappy',
      1_000_000,
    )
    const columns = ['id', 'text'].map((name): ColumnSource => ({
      name,
      type: name === 'id' ? 'INT32' : 'STRING',
      data: Array.from({ length: count }, (_, id) =>
        name === 'id' ? id : id % 7 > 0 ? `${id} `.repeat(100) : null,
      ),
    }))
    for (const offsetIndex of [true, false])
      await writeFile(
        join(place.path, `${offsetIndex}.parquet`),
        new Uint8Array(
          parquetWriteBuffer({
            columnData: columns.map((column) => ({ ...column, offsetIndex })),
            rowGroupSize: count,
          }),
        ),
      )
    for (const name of ['whole', 'true', 'false']) {
      const found = await records(place.path, `${name}.parquet`)
      expect(found.map(({ key }) => Number(key))).toEqual(Array.from({ length: count }, (_, id) => id))
      const rows = found.map((one) => (one.problem === undefined ? one.row : one.problem))
      const texts = rows.map((row) => z.object({ text: z.string().nullable() }).parse(row).text)
      expect(texts.every((text, id) => (text === null) === (id % 7 === 0))).toBe(true)
      expect(new Set(texts).size).toBe(count - Math.ceil(count / 7) + 1)
      if (name !== 'whole') expect(texts.every((text, id) => text?.startsWith(`${id} `) !== false)).toBe(true)
      else expect(rows.at(-1)).toMatchObject({ list: [count - 1, null], struct: { a: count - 1 } })
    }
  })

  test('refuses by its footer what no memory or request could hold', async () => {
    await using place = await folder()
    await copy(`select 1 as id, repeat('x', 70000000) as t`, join(place.path, 'long.parquet'))
    await expect(records(place.path, 'long.parquet')).rejects.toMatchObject({
      code: 'E_SOURCE_FILE',
      message: expect.stringMatching(/long\.parquet has rows of 67 MiB on average/),
      fix: expect.stringContaining('duckdb.rows'),
    })
    const file = join(place.path, 'lists.parquet')
    await copy('select 1 as id, [1, 2] as list from range(10)', file)
    const buffer = await asyncBufferFromFile(file)
    const metadata = await parquetMetadataAsync(buffer)
    const [group] = metadata.row_groups
    const large = group?.columns.map(({ meta_data: column, ...rest }) => ({
      ...rest,
      ...(column ? { meta_data: { ...column, total_uncompressed_size: 540_000_000n } } : {}),
    }))
    const given = group && large ? { ...group, columns: large } : undefined
    if (!given) throw new Error('The file has no row group')
    await expect(
      groupParts(file, buffer, { ...given, num_rows: 1000n }, parquetSchema(metadata)),
    ).rejects.toMatchObject({
      code: 'E_SOURCE_FILE',
      message: expect.stringMatching(/1,000 rows in one group, of which 515 MiB .*\(the columns list; /),
    })
    // A dictionary tells any number of values in a few bytes.
    const many = group?.columns.map(({ meta_data: column, ...rest }) => ({
      ...rest,
      ...(column ? { meta_data: { ...column, num_values: 10_000_000n } } : {}),
    }))
    await expect(
      groupParts(file, buffer, { ...given, columns: many ?? [] }, parquetSchema(metadata)),
    ).rejects.toMatchObject({ message: expect.stringMatching(/of which 611 MiB .*\(the columns list; /) })
  })

  test('unpacks no page that is larger than it says, or than what is bounded', () => {
    const compressors = boundedCompressors({}, 1000)
    const packed = { GZIP: gzipSync, BROTLI: brotliCompressSync, ZSTD: zstdCompressSync }
    for (const codec of ['GZIP', 'BROTLI', 'ZSTD'] as const) {
      const page = packed[codec](Buffer.alloc(900))
      expect(compressors[codec]?.(page, 900)).toHaveLength(900)
      expect(() => compressors[codec]?.(page, 1001)).toThrow('a page of 1,001 bytes')
      expect(() => compressors[codec]?.(packed[codec](Buffer.alloc(1_000_000)), 900)).toThrow()
    }
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
    const none = { t: null, ok: null, at: null, big: null, tags: null }
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
      { key: '2', row: { ...none, key: '2', n: 1.5, mixed: 'text' } },
      { key: '3', row: { ...none, key: '3', n: null, mixed: 2 } },
    ])
  })

  test('says so when a file has the name of its directory', async () => {
    await using place = await folder()
    await writeFile(join(place.path, 'out.parquet'), '')
    const context = { baseDir: place.path, databaseUrl: null, sourceKey: ['id'], sourceTables: [] }
    await using sink = await openSink({ parquet: 'out.parquet' }, context)
    await expect(sink.dryRun({ key: '1', values: {} })).rejects.toMatchObject({ code: 'E_DISK' })
  })
})
