import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { databases } from '../../../test/support/databases.ts'
import { arrayText, encode, parseArray } from './values.ts'
import { sql } from '../database/sql.ts'

const everyType = sql`select 1::int2 as i2, 2::int4 as i4, 9007199254740991::int8 as i8, 9007199254740993::int8 as big,
  1.50::numeric as n, 0.1::float8 as f, true as b, null::text as nothing, '{"a":[1,"x"]}'::jsonb as j, '[1]'::json as js,
  '2026-01-31 10:20:30.123456+08'::timestamptz as at, '2026-01-31 10:20:30'::timestamp as local, '2026-01-31'::date as day,
  '5 days'::interval as span, 'b00e72e1-c419-5305-9377-1fc9b27d04ee'::uuid as u, '\\xdead'::bytea as bytes,
  array[1,null,3] as list, array['a,b','"q"','NULL',null,'','\\'] as texts, array[array[1,2],array[3,4]] as grid,
  array['2026-01-31 00:00:00+00'::timestamptz] as times, '{}'::text[] as empty`

describe('values', () => {
  for (const { name, open } of databases) {
    test(`of ${name} arrive in the same types`, async () => {
      await using opened = await open()
      expect(await opened.database.query(everyType)).toEqual([
        {
          i2: 1,
          i4: 2,
          i8: 9007199254740991,
          big: '9007199254740993',
          n: '1.50',
          f: 0.1,
          b: true,
          nothing: null,
          j: { a: [1, 'x'] },
          js: [1],
          at: '2026-01-31T02:20:30.123456Z',
          local: '2026-01-31T10:20:30',
          day: '2026-01-31',
          span: '5 days',
          u: 'b00e72e1-c419-5305-9377-1fc9b27d04ee',
          bytes: '\\xdead',
          list: [1, null, 3],
          texts: ['a,b', '"q"', 'NULL', null, '', '\\'],
          grid: [
            [1, 2],
            [3, 4],
          ],
          times: ['2026-01-31T00:00:00Z'],
          empty: [],
        },
      ])
    })

    test(`of ${name} keep every digit of the numbers in JSON`, async () => {
      await using opened = await open()
      const json = '{"id":9007199254740993,"of":[1e400,12345678901234567.89,1.10,9007199254740991]}'
      const [row] = await opened.database.query(
        sql`select ${json}::json as j, ${json.replace('1e400', '1')}::jsonb as jb, array[${json}::json] as list`,
      )
      const value = {
        id: '9007199254740993',
        of: ['1e400', '12345678901234567.89', 1.1, 9007199254740991],
      }
      expect(row).toEqual({ j: value, jb: { ...value, of: [1, ...value.of.slice(1)] }, list: [value] })
    })

    test(`bound for ${name} come back as they were`, async () => {
      await using opened = await open()
      const at = new Date('2026-01-31T10:20:30.5Z')
      const rows = await opened.database.query(
        sql`select ${'x'}::text as t, ${5}::int4 as i, ${7n}::int8 as big, ${true}::bool as b, ${at}::timestamptz as at,
          ${{ a: 1 }}::jsonb as j, ${['a', 'b"c']}::text[] as list, ${null}::text as nothing, ${Buffer.from('hi')}::bytea as bytes`,
      )
      expect(rows).toEqual([
        {
          t: 'x',
          i: 5,
          big: 7,
          b: true,
          at: '2026-01-31T10:20:30.5Z',
          j: { a: 1 },
          list: ['a', 'b"c'],
          nothing: null,
          bytes: '\\x6869',
        },
      ])
    })

    test(`a session of ${name} in another time zone shows the same instants`, async () => {
      await using opened = await open()
      const rows = await opened.database.withConnection(async (connection) => {
        await connection.exec(`set timezone to 'Asia/Hong_Kong'; set datestyle to 'German'`)
        return opened.database.kind === 'pglite' ? null : connection.raw(sql`select now()`)
      })
      expect(rows === null || rows.rows.length === 1).toBe(true)
      expect(await opened.database.query(sql`select '2026-01-31T00:00:00Z'::timestamptz as at`)).toEqual([
        { at: '2026-01-31T00:00:00Z' },
      ])
      await opened.database.withConnection((connection) => connection.exec('reset all'))
    })
  }

  test('arrays of any texts survive the way to text and back', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ unit: 'binary' }))), (texts) => {
        expect(parseArray(arrayText(texts), (text) => text)).toEqual(texts)
      }),
    )
  })

  test('what no column could hold is refused', () => {
    expect(() => encode(Symbol('x'))).toThrow(/symbol/)
    expect(encode([[1, 2], [3]])).toBe('{{"1","2"},{"3"}}')
  })
})
