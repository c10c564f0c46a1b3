import { mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import type { Source } from '../../ports/source.ts'
import { all, keys } from '../../testing/reading.ts'
import { csv } from './csv-source.ts'
import { jsonl } from './jsonl-source.ts'
import { parquet } from '../parquet/parquet-source.ts'

const count = 6_000

/** Rows of about a kilobyte, which does not pack to nothing. */
function texts(version: string): readonly string[] {
  return Array.from({ length: count }, (_, id) =>
    `${version}${id} `.repeat(1_000 / (String(id).length + 2)).trimEnd(),
  )
}

const lines = (version: string): string =>
  texts(version)
    .map((text, id) => `${JSON.stringify({ id, text })}\n`)
    .join('')

const cells = (version: string): string =>
  `id,text\n${texts(version)
    .map((text, id) => `${id},"${text}"\n`)
    .join('')}`

function table(version: string, rowGroupSize: number[]): Uint8Array {
  const columnData: ColumnSource[] = [
    { name: 'id', data: Array.from(texts(version).keys()), type: 'INT32' },
    { name: 'text', data: [...texts(version)], type: 'STRING' },
  ]
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize }))
}

const groups = Array.from({ length: 20 }, () => count / 20)

interface Case {
  readonly name: string
  readonly file: string
  readonly source: Source<unknown>
  readonly before: string | Uint8Array
  /** In the place of the file's content. */
  readonly after: string | Uint8Array | number
}

const jsonLines = jsonl.rows({ file: 'in.jsonl', key: 'id' })
const csvRows = csv.rows({ file: 'in.csv', key: 'id' })
const tableRows = parquet.rows({ file: 'in.parquet', key: 'id' })

const cases: readonly Case[] = [
  {
    name: 'JSON Lines written anew',
    file: 'in.jsonl',
    source: jsonLines,
    before: lines('a'),
    after: lines('b'),
  },
  {
    name: 'JSON Lines cut off at the end of a line',
    file: 'in.jsonl',
    source: jsonLines,
    before: lines('a'),
    after: Buffer.from(lines('a')).indexOf('{"id":4000,'),
  },
  {
    name: 'JSON Lines that grew',
    file: 'in.jsonl',
    source: jsonLines,
    before: lines('a'),
    after: `${lines('a')}{"id":"more"}\n`,
  },
  {
    name: 'JSON Lines packed with gzip',
    file: 'in.jsonl',
    source: jsonLines,
    before: gzipSync(lines('a'), { level: 0 }),
    after: gzipSync(lines('b'), { level: 0 }),
  },
  {
    name: 'CSV packed with zstd',
    file: 'in.csv',
    source: csvRows,
    before: zstdCompressSync(cells('a')),
    after: zstdCompressSync(cells('b')),
  },
  { name: 'CSV written anew', file: 'in.csv', source: csvRows, before: cells('a'), after: cells('b') },
  {
    name: 'CSV whose new content looks damaged',
    file: 'in.csv',
    source: csvRows,
    before: cells('a'),
    after: cells('a').slice(0, 3_000_000).replaceAll('"\n', '\n'),
  },
  {
    name: 'Parquet written anew',
    file: 'in.parquet',
    source: tableRows,
    before: table('a', groups),
    after: table('b', groups),
  },
  {
    name: 'Parquet that became something else',
    file: 'in.parquet',
    source: tableRows,
    before: table('a', groups),
    after: 'gone',
  },
]

async function inFile(
  content: string | Uint8Array,
  name: string,
): Promise<AsyncDisposable & { path: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'offpeak-changed-'))
  await writeFile(join(directory, name), content)
  return {
    path: join(directory, name),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}

test.for(cases)(
  '$name while it is read ends the reading, and no row of two versions is given',
  async (one) => {
    await using place = await inFile(one.before, one.file)
    await using reader = await one.source.open({ baseDir: join(place.path, '..'), databaseUrl: null })
    const whole = (await Array.fromAsync(reader.read(all))).flatMap(({ records }) => records)
    expect(whole).toHaveLength(count)
    const found: unknown[] = []
    const read = async (): Promise<void> => {
      for await (const { records } of reader.read(all)) {
        if (found.length === 0)
          await (typeof one.after === 'number'
            ? truncate(place.path, one.after)
            : writeFile(place.path, one.after))
        found.push(...records)
      }
    }
    await expect(read()).rejects.toMatchObject({
      code: 'E_SOURCE_CHANGED',
      message: expect.stringContaining('has changed while it was read'),
      fix: expect.stringMatching(/offpeak resume.*offpeak cancel/),
    })
    expect(found.length).toBeGreaterThan(0)
    expect(found).toEqual(whole.slice(0, found.length))
  },
)

test('a file that is put in the place of the one that is read ends the reading', async () => {
  await using place = await inFile(lines('a'), 'in.jsonl')
  await using reader = await jsonLines.open({ baseDir: join(place.path, '..'), databaseUrl: null })
  const found: string[] = []
  const read = async (): Promise<void> => {
    for await (const { records } of reader.read(all)) {
      if (found.length === 0) {
        await writeFile(`${place.path}.new`, lines('b'))
        await rename(`${place.path}.new`, place.path)
      }
      found.push(...keys(records))
    }
  }
  await expect(read()).rejects.toMatchObject({ code: 'E_SOURCE_CHANGED' })
  expect(found.length).toBeLessThan(count)
})
