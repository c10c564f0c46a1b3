import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { databases, type TestDatabase } from '../../../test/support/databases.ts'
import { free, kinds, openCases } from '../../../test/support/sink-cases.ts'
import { BinaryValue } from '../postgres/values.ts'
import { bindRows, packNumbers } from './sink-binding.ts'
import { sql } from '../database/sql.ts'

const dimensions = 3
const create = `
  create domain unit as real[] check (cardinality(value) = ${dimensions});
  create table cases (id int primary key, note text, meta jsonb, v real[], w float8[], u unit, few float4[]);
  insert into cases (id) select i from generate_series(1, 50) i`

/** The bytes of a column's numbers as the server sends them, so that nothing is read back through decimals. */
async function bytesOf(
  opened: TestDatabase,
  column: string,
  send = 'float4send',
): Promise<readonly string[]> {
  const rows = await opened.database.query({
    text: `select (select string_agg(encode(${send}(x), 'hex'), '' order by n) from unnest(${column}) with ordinality e(x, n)) as hex
      from cases where ${column} is not null order by id`,
    values: [],
  })
  return rows.map(({ hex }) => String(hex))
}

function bigEndian(numbers: readonly number[], bytes: 4 | 8): string {
  const buffer = Buffer.alloc(numbers.length * bytes)
  for (const [index, number] of numbers.entries()) {
    if (bytes === 4) buffer.writeFloatBE(number, index * bytes)
    else buffer.writeDoubleBE(number, index * bytes)
  }
  return buffer.toString('hex')
}

for (const { name, open: openDatabase } of databases) {
  describe(`columns of vectors of ${name}`, () => {
    test('hold exactly the numbers that were given, whatever their lengths and neighbours', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(create)
      await using sink = await openCases(opened, { table: 'cases' })
      const float4 = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 })
      const float8 = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 })
      const given = fc.array(fc.record({ v: float4, w: float8 }), { minLength: 1, maxLength: 20 })
      await fc.assert(
        fc.asyncProperty(given, async (rows) => {
          await opened.database.exec('update cases set v = null, w = null')
          const items = rows.map((values, index) => ({ key: String(index + 1), values }))
          expect(new Set(kinds(await sink.write(items, free)))).toEqual(new Set(['written']))
          expect(new Set(kinds(await sink.write(items, free)))).toEqual(new Set(['same']))
          expect(await bytesOf(opened, 'v')).toEqual(rows.map(({ v }) => bigEndian(v, 4)))
          expect(await bytesOf(opened, 'w', 'float8send')).toEqual(rows.map(({ w }) => bigEndian(w, 8)))
        }),
        { numRuns: 20 },
      )
      const typed = { v: Float32Array.of(1.5, 0.1), w: Float64Array.of(0.1) }
      expect(kinds(await sink.write([{ key: '1', values: typed }], free))).toEqual(['written'])
      expect((await bytesOf(opened, 'v'))[0]).toBe(bigEndian([...typed.v], 4))
    })

    test('take what is no plain list of numbers as other columns do', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(create)
      await using sink = await openCases(opened, { table: 'cases' })
      const values = [
        [0.5, 1],
        null,
        [],
        [1, null, 3],
        [
          [1, 2],
          [3, 4],
        ],
        '{1,2}',
        ['1', '2.5'],
        [7],
      ]
      const items = values.map((v, index) => ({
        key: String(index + 1),
        values: { v, note: `n${index}`, meta: { v } },
      }))
      const expected = [...values.slice(0, 5), [1, 2], [1, 2.5], [7]]
      expect(kinds(await sink.write(items, free))).toEqual(items.map(() => 'written'))
      expect(kinds(await sink.write(items, free))).toEqual(items.map(() => 'same'))
      const rows = await opened.database.query(sql`select v, note, meta from cases where id <= 8 order by id`)
      expect(rows).toEqual(expected.map((v, index) => ({ v, note: `n${index}`, meta: { v: values[index] } })))
      const nulls = items.map(({ key }) => ({ key, values: { v: null } }))
      expect(new Set(kinds(await sink.write(nulls, free)))).toEqual(new Set(['written', 'same']))
      expect(await bytesOf(opened, 'v')).toEqual([])
    })

    test('refuse only the rows whose numbers they cannot hold', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(create)
      await using sink = await openCases(opened, { table: 'cases' })
      const bad = new Map<number, Readonly<Record<string, unknown>>>([
        [3, { v: [1, Number.NaN, 2] }],
        [4, { v: [null, Number.POSITIVE_INFINITY] }],
        [9, { v: [1, 1e39] }],
        [10, { v: [1e-60] }],
        [20, { u: [1, 2] }],
        [21, { v: ['x'] }],
        [30, { w: Float64Array.of(Number.NEGATIVE_INFINITY) }],
      ])
      const items = Array.from({ length: 40 }, (_, index) => ({
        key: String(index + 1),
        values: { note: 'x', v: [index, 0.1], w: [index], u: [1, 2, index], ...bad.get(index + 1) },
      }))
      const results = await sink.write(items, free)
      const reasons = new Map(
        results.flatMap((result, index) => (result.kind === 'rejected' ? [[index + 1, result.reason]] : [])),
      )
      expect([...reasons.keys()]).toEqual([...bad.keys()])
      expect(reasons.get(3)).toBe('v: holds NaN')
      expect(reasons.get(4)).toBe('v: holds Infinity')
      expect(reasons.get(9)).toMatch(/^22003: .*out of range/)
      expect(reasons.get(10)).toMatch(/^22003: .*out of range/)
      expect(reasons.get(20)).toMatch(/^23514: .*unit/)
      expect(reasons.get(30)).toBe('w: holds -Infinity')
      expect(await bytesOf(opened, 'v')).toEqual(
        items.filter((_, index) => !bad.has(index + 1)).map((item) => bigEndian(item.values.v, 4)),
      )
      const again = await sink.write(items, free)
      expect(kinds(again)).toEqual(items.map((_, index) => (bad.has(index + 1) ? 'rejected' : 'same')))
    })

    test('are inserted by an upsert, and checked by a rehearsal that names the column', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(create)
      await using sink = await openCases(opened, { upsert: 'cases', key: 'id' })
      const items = [1, 51, 52].map((id) => ({ key: `x${id}`, values: { id, v: [id, 0.1], u: [1, 2, id] } }))
      expect(kinds(await sink.write(items, free))).toEqual(['written', 'written', 'written'])
      expect(kinds(await sink.write(items, free))).toEqual(['same', 'same', 'same'])
      const item = (values: object): (typeof items)[number] => ({
        key: '1',
        values: { id: 1, v: [], u: [], ...values },
      })
      await sink.dryRun(item({ v: [1, 2], u: [1, 2, 3] }))
      await expect(sink.dryRun(item({ u: [1, 2] }))).rejects.toMatchObject({
        code: 'E_SINK_VALUE',
        message: expect.stringContaining('"u" (unit)'),
      })
      await expect(sink.dryRun(item({ u: [1, 2, 3], v: [1e39] }))).rejects.toMatchObject({
        code: 'E_SINK_VALUE',
        message: expect.stringContaining('"v" (real[])'),
      })
      expect(await bytesOf(opened, 'v')).toEqual([1, 51, 52].map((id) => bigEndian([id, 0.1], 4)))
    })
  })
}

test('numbers travel next to the JSON, in one binary array for each column', () => {
  const column = {
    name: 'v',
    type: 'real[]',
    baseType: 'real[]',
    keyType: 'real[]',
    equality: 'own',
    collation: null,
    compareAs: '',
    sentAs: 'value',
    mostCharacters: null,
    elements: 'float4',
    computed: null,
  } as const
  const bytes = Buffer.from('"c0":null')
  const rows = [[1, 2], null, [3]].map((value, index) => ({
    index,
    row: {
      key: String(index),
      keyJson: [`"${index}"`],
      keyText: `"${index}"`,
      names: ['v'],
      bytes,
      from: 0,
      to: bytes.length,
      vectors: [packNumbers('v', value, 'float4')],
    },
  }))
  const [json, numbers] = bindRows(rows, [column])
  const text =
    '[{"n":0,"k0":"0","c0":null,"f0":1,"l0":2},{"n":1,"k0":"1","c0":null},{"n":2,"k0":"2","c0":null,"f0":3,"l0":3}]'
  expect(json).toEqual(new BinaryValue(Buffer.from(`\u0001${text}`)))
  // One dimension, no nulls, float4, three of them, counted from one; each with its length.
  const words = ['00000001', '00000000', '000002bc', '00000003', '00000001']
  const floats = ['00000004', '3f800000', '00000004', '40000000', '00000004', '40400000']
  expect(numbers).toEqual(new BinaryValue(Buffer.from([...words, ...floats].join(''), 'hex')))
})

describe('columns of pgvector', () => {
  const embedded = databases.filter(({ name }) => name === 'PGlite')

  for (const { open: openDatabase } of embedded) {
    test('hold exactly the numbers that were given, and refuse another length alone', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(`create extension vector;
        create table cases (id int primary key, note text, v vector(${dimensions}), h halfvec(${dimensions}));
        insert into cases (id) select i from generate_series(1, 20) i`)
      await using sink = await openCases(opened, { table: 'cases' })
      const items = Array.from({ length: 20 }, (_, index) => ({
        key: String(index + 1),
        values: {
          note: 'x',
          v: index === 7 ? [1, 2] : [index / 3, -0.1, 1e-40].map(Math.fround),
          h: index === 8 ? null : '[1,2,3]',
        },
      }))
      const results = await sink.write(items, free)
      expect(results[7]).toEqual({
        kind: 'rejected',
        reason: expect.stringContaining('expected 3 dimensions, not 2'),
      })
      expect(kinds(results)).toEqual(items.map((_, index) => (index === 7 ? 'rejected' : 'written')))
      expect(kinds(await sink.write(items, free))).toEqual(
        items.map((_, index) => (index === 7 ? 'rejected' : 'same')),
      )
      expect(await bytesOf(opened, 'v::real[]')).toEqual(
        items.filter((_, index) => index !== 7).map(({ values }) => bigEndian(values.v, 4)),
      )
      await expect(sink.dryRun({ key: '1', values: { v: [1, 2] } })).rejects.toMatchObject({
        code: 'E_SINK_VALUE',
        message: expect.stringContaining('"v" (vector(3))'),
      })
      const half = [
        { key: '1', values: { h: [1, 2, 3] } },
        { key: '2', values: { h: [0.1, 2, 70_000] } },
      ]
      expect(kinds(await sink.write(half, free))).toEqual(['same', 'rejected'])
    })
  }
})
