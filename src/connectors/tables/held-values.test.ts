import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Sink, SinkItem } from '../../ports/sink.ts'
import { openSink } from '../open-sink.ts'
import { cellJson } from './cell-json.ts'
import { jsonOf } from './json-value.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'offpeak-held-'))
  return () => rmSync(dir, { recursive: true })
})

const itself: Record<string, unknown> = {}
itself['me'] = itself
/** Values that JSON would silently turn into something else, and what is said of each. */
const lost = [
  [{ a: [1, Number.NaN] }, 'v.a[1]: is NaN'],
  [{ a: -Infinity }, 'v.a: is -Infinity'],
  [new Map([['a', 1]]), 'v: is a Map; return Object.fromEntries(map)'],
  [[new Set([1])], 'v[0]: is a Set; return a list of it: [...set]'],
  [{ when: new Date(Number.NaN) }, 'v.when: is an invalid date'],
  [new Date(Number.NaN), 'v: is an invalid date'],
  [{ act: () => 1 }, 'v.act: is a function; return null for no value'],
  [{ soon: Promise.resolve(1) }, 'v.soon: is a promise; await it before'],
  [[/x/], 'v[0]: is a regular expression; return its text'],
  [{ list: [new DataView(new ArrayBuffer(1))] }, 'v.list[0]: is a DataView; return a Uint8Array of it'],
  [itself, 'v.me: is circular: it holds itself'],
] as const

const half = '\ud83d'

async function reasons(
  definition: Readonly<Record<string, unknown>>,
  values: readonly unknown[],
  valuesOf: (value: unknown) => SinkItem['values'],
): Promise<readonly string[]> {
  await using sink: Sink = await openSink(definition, {
    baseDir: dir,
    databaseUrl: null,
    sourceKey: ['id'],
    sourceTables: [],
  })
  const items = values.map((value, at) => ({ key: String(at + 1), values: valuesOf(value) }))
  const results = await sink.write(items, { mark: null, chunk: 'c' })
  return results.map((result) => (result.kind === 'rejected' ? result.reason : result.kind))
}

const values = [...lost.map(([value]) => value), { fine: true }]
const wanted = [...lost.map(([, reason]) => reason), 'written']

describe('what a sink cannot hold', () => {
  test.each([
    ['JSON lines', { jsonl: 'out.jsonl' }],
    ['CSV', { csv: 'out.csv' }],
    ['Parquet', { parquet: 'out.parquet' }],
  ])('is said for that record alone, by its place: %s', async (_, definition) => {
    expect(await reasons(definition, values, (v) => ({ v }))).toEqual(wanted)
  })

  test('is said by SQLite, and by PostgreSQL before it is asked', async () => {
    const database = new DatabaseSync(join(dir, 't.db'))
    database.exec('create table t (id integer primary key, v)')
    for (const at of values.keys()) database.exec(`insert into t (id) values (${at + 1})`)
    database.close()
    expect(await reasons({ database: 't.db', table: 't' }, values, (v) => ({ v }))).toEqual(wanted)
    for (const [value, reason] of lost) expect(() => cellJson('v', value)).toThrow(reason)
  })

  test('is half of a character where text is UTF-8, and nothing of it is replaced', async () => {
    const said = 'v: holds half of a surrogate pair, which is not text'
    const database = new DatabaseSync(join(dir, 't.db'))
    database.exec('create table t (id integer primary key, v); insert into t (id) values (1)')
    database.close()
    for (const definition of [
      { csv: 'out.csv' },
      { parquet: 'out.parquet' },
      { database: 't.db', table: 't' },
    ])
      expect(await reasons(definition, [half], (v) => ({ v }))).toEqual([said])
    expect(
      await reasons({ file: () => 'a.txt', content: () => '' }, [half], (content) => ({
        file: 'a.txt',
        content,
      })),
    ).toEqual([expect.stringContaining('content: holds half of a surrogate pair')])
    // JSON has a form for it.
    expect(await reasons({ jsonl: 'out.jsonl' }, [half], (v) => ({ v }))).toEqual(['written'])
  })
})

test('what JSON has no form for but a text has is that text', () => {
  const value = {
    big: 2n ** 64n,
    bytes: Uint8Array.of(0, 255),
    buffer: Buffer.from('a'),
    vector: Float32Array.of(0.5, 1),
    at: new Date(0),
    own: { toJSON: () => ({ n: 1n }) },
    none: undefined,
    list: [undefined, null],
  }
  expect(JSON.parse(jsonOf('v', value))).toEqual({
    big: '18446744073709551616',
    bytes: '\\x00ff',
    buffer: '\\x61',
    vector: [0.5, 1],
    at: '1970-01-01T00:00:00.000Z',
    own: { n: '1' },
    list: [null, null],
  })
})
