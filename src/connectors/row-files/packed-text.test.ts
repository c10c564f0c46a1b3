import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Source, SourceReader } from '../../ports/source.ts'
import { csv } from './csv-source.ts'
import { openCsvSink } from './csv-sink.ts'
import { openJsonlSink } from './jsonl-sink.ts'
import { jsonl } from './jsonl-source.ts'

const lines = Array.from({ length: 20_000 }, (_, n) => `{"id":${n},"text":"${'ä word '.repeat(n % 20)}"}\n`)
const json = Buffer.from(lines.join(''))
const table = Buffer.from(`id,t\n${lines.map((_, n) => `${n},"a\n${n}"\n`).join('')}`)
/** A frame that holds no data: its magic, the length, and four bytes. */
const skippable = Buffer.from('502a4d180400000061626364', 'hex')

async function withFile<T>(
  content: Uint8Array,
  source: (file: string) => Source<unknown>,
  act: (reader: SourceReader<unknown>) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'offpeak-packed-'))
  try {
    await writeFile(join(directory, 'in'), content)
    await using reader = await source('in').open({ baseDir: directory, databaseUrl: null })
    await reader.check()
    return await act(reader)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function keysOf(
  reader: SourceReader<unknown>,
  after: string | null = null,
): Promise<readonly string[]> {
  const pages = await Array.fromAsync(reader.read({ after, limit: null, order: 'key', only: null }))
  return pages.flatMap(({ records }) => records.map(({ key }) => key))
}

const jsonRows = (file: string): Source<unknown> => jsonl.rows({ file, key: 'id' })
const csvRows = (file: string): Source<unknown> => csv.rows({ file, key: 'id' })
const keys = lines.map((_, n) => String(n))
const half = json.subarray(0, json.indexOf('\n', json.length / 2) + 1)
const rest = json.subarray(half.length)

describe('a packed file', () => {
  test.each([
    ['gzip', gzipSync(json)],
    ['gzip of several members', Buffer.concat([gzipSync(half), gzipSync(rest)])],
    ['zstd', zstdCompressSync(json)],
    ['zstd of several frames', Buffer.concat([zstdCompressSync(half), zstdCompressSync(rest)])],
    [
      'zstd with frames that hold no data',
      Buffer.concat([skippable, zstdCompressSync(half), skippable, zstdCompressSync(rest), skippable]),
    ],
    ['gzip of UTF-16', gzipSync(Buffer.from(`\ufeff${json.toString()}`, 'utf16le'))],
  ])('is read whole, and on behind any record: %s', async (_, packed) => {
    await withFile(packed, jsonRows, async (reader) => {
      expect(await reader.count()).toBe(lines.length)
      expect(await keysOf(reader)).toEqual(keys)
      for await (const page of reader.read({ after: null, limit: null, order: 'key', only: null })) {
        const at = Number(page.records[10]?.key)
        expect(await keysOf(reader, page.cursorAt(10))).toEqual(keys.slice(at + 1))
        break
      }
    })
  })

  test('of CSV is read on inside of it as well, with its lines', async () => {
    const packed = zstdCompressSync(Buffer.concat([table, Buffer.from('x\n')]))
    await withFile(packed, csvRows, async (reader) => {
      const options = { limit: null, order: 'key', only: null } as const
      const [first, second] = await Array.fromAsync(reader.read({ ...options, after: null, limit: 19_000 }))
      const last = second ?? first
      const [page] = await Array.fromAsync(
        reader.read({ ...options, after: last?.cursorAt(last.records.length - 1) ?? null }),
      )
      expect(page?.records[0]).toEqual({ key: '19000', row: { id: '19000', t: 'a\n19000' } })
      expect(page?.records.at(-1)?.problem).toBe('Line 40002 has 1 cell, the header has 2')
    })
  })

  test('that is cut off or damaged is told, and never taken for whole', async () => {
    const damaged = Buffer.from(gzipSync(json))
    damaged[damaged.length - 6] = 1 + (damaged.at(-6) ?? 0)
    const all: readonly (readonly [Buffer, RegExp])[] = [
      [gzipSync(json).subarray(0, -9), /gzip file .* is cut off/],
      [zstdCompressSync(json).subarray(0, -9), /zstd file .* is cut off/],
      [damaged, /gzip file .* is damaged: incorrect data check/],
      [
        Buffer.concat([zstdCompressSync(json), Buffer.from('garbage')]),
        /zstd file .* is damaged: .* no frame/,
      ],
      [Buffer.concat([gzipSync(json), Buffer.from('garbage')]), /gzip file .* is damaged/],
    ]
    for (const [content, message] of all)
      await expect(withFile(content, jsonRows, (reader) => keysOf(reader))).rejects.toMatchObject({
        code: 'E_SOURCE_FILE',
        message: expect.stringMatching(message),
      })
  })
})

test('that is packed twice, holds no text or needs a dictionary is told so', async () => {
  // The frame names the dictionary 42, and holds one byte.
  const frame = Buffer.from('28b52ffd01582a09000061', 'hex')
  const all: readonly (readonly [Buffer, RegExp])[] = [
    [gzipSync(gzipSync(json)), /packed twice: gzip is in it again/],
    [gzipSync(zstdCompressSync(json)), /packed twice: zstd is in it again/],
    [gzipSync('PK\u0003\u0004 and more of it'), /zip archive/],
    [frame, /was packed with a dictionary/],
  ]
  for (const [content, message] of all)
    await expect(withFile(content, jsonRows, (reader) => keysOf(reader))).rejects.toMatchObject({
      code: 'E_SOURCE_FILE',
      message: expect.stringMatching(message),
    })
})

test('what is no text is called by its name', async () => {
  const all: readonly (readonly [string | Buffer, RegExp])[] = [
    ['PK\u0003\u0004', /zip archive/],
    ['BZh91AY&SY', /bzip2/],
    ['PAR1\u0015\u0004', /Parquet file/],
    [Buffer.from('fffe000069000000', 'hex'), /UTF-32/],
  ]
  for (const [content, message] of all)
    await expect(withFile(Buffer.from(content), csvRows, (reader) => keysOf(reader))).rejects.toMatchObject({
      code: 'E_SOURCE_FILE',
      message: expect.stringMatching(message),
    })
})

test('a text that begins like something else is a text', async () => {
  for (const name of ['PAR1', 'BZh', 'PK'])
    expect(await withFile(Buffer.from(`${name},id\nx,1\n`), csvRows, (reader) => keysOf(reader))).toEqual([
      '1',
    ])
})

test('nothing is appended to a packed file or to one that is not UTF-8', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'offpeak-packed-'))
  const context = { baseDir: directory, databaseUrl: null, sourceKey: ['id'], sourceTables: [] }
  try {
    await expect(openJsonlSink({ jsonl: 'out.jsonl.gz' }, context)).rejects.toMatchObject({
      code: 'E_JOB_INVALID',
    })
    await writeFile(join(directory, 'out.csv'), Buffer.from('\ufeffkey,n\n', 'utf16le'))
    await using sink = await openCsvSink({ csv: 'out.csv' }, context)
    await expect(sink.dryRun({ key: '1', values: { n: 1 } })).rejects.toMatchObject({
      code: 'E_SINK_TABLE',
      message: expect.stringContaining('is UTF-16'),
    })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
