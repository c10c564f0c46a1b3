import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { databases } from '../../../test/support/databases.ts'
import {
  cutSql,
  identifier,
  joinSql,
  quoteIdentifier,
  quoteName,
  rawSql,
  splitName,
  sql,
  tableText,
  requireSql,
} from './sql.ts'

describe('sql', () => {
  test('turns every value into a bound parameter', () => {
    const query = sql`select * from cases where court = ${'CFA'} and year > ${2010}`
    expect(query).toMatchObject({
      text: 'select * from cases where court = $1 and year > $2',
      values: ['CFA', 2010],
    })
  })

  test('numbers the parameters of nested pieces in the order in which they stand', () => {
    const inner = sql`court = ${'CFA'} or ${1} = ${2}`
    const query = sql`select ${0} where (${inner}) and ${identifier('a.b')} = ${'x'}${rawSql('')}`
    expect(query.text).toBe('select $1 where (court = $2 or $3 = $4) and "a"."b" = $5')
    expect(query.values).toEqual([0, 'CFA', 1, 2, 'x'])
    expect(joinSql([sql`${1}`, sql`${2}`], ', ')).toMatchObject({ text: '$1, $2', values: [1, 2] })
  })

  test('refuses undefined, which a driver would write as null', () => {
    expect(() => sql`select ${undefined}`).toThrow(/value 1 is undefined/)
  })

  test('cuts text off the end but never a value', () => {
    expect(cutSql(sql`select ${1} ; `, 3)).toMatchObject({ text: 'select $1', values: [1] })
    expect(() => cutSql(sql`select 1 -- ${1} x`, 5)).toThrow(/comment that holds a value/)
  })
})

describe('names', () => {
  test('are split at dots outside of double quotes', () => {
    expect(splitName('cases')).toEqual(['cases'])
    expect(splitName('public.cases')).toEqual(['public', 'cases'])
    expect(splitName('"Odd.Name"."with ""quotes"""')).toEqual(['Odd.Name', 'with "quotes"'])
    expect(quoteIdentifier('public.cases')).toBe('"public"."cases"')
    expect(tableText('public', 'court_cases')).toBe('public.court_cases')
    expect(tableText('My Schema', 'cases')).toBe('"My Schema".cases')
  })

  test('that PostgreSQL would cut or misread are refused', () => {
    for (const name of ['', 'a\0b', 'é'.repeat(32), '\ud800']) expect(() => quoteName(name)).toThrow()
    expect(quoteName('é'.repeat(31))).toHaveLength(33)
  })

  for (const { name, open } of databases) {
    test(`reach ${name} as the name that was meant, whatever is in it`, async () => {
      await using opened = await open()
      const anyName = fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
        .filter((text) => !text.includes('\0') && text.isWellFormed() && Buffer.byteLength(text) <= 63)
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(anyName, fc.constantFrom('select', '"', '""', "';drop table x;--", 'a.b')),
          async (column) => {
            const rows = await opened.database.query(sql`select ${7}::text as ${rawSql(quoteName(column))}`)
            expect(Object.entries(rows[0] ?? {})).toEqual([[column, '7']])
          },
        ),
        { numRuns: 60 },
      )
    })
  }
})

test('a query that is no sql is an error of the job file that says how to write it', () => {
  for (const given of ['select 1', undefined, null, { text: 'select 1', values: [] }])
    expect(() => requireSql(given, 'sqlite.rows')).toThrow(
      expect.objectContaining({
        code: 'E_JOB_INVALID',
        message: expect.stringContaining('`query` of sqlite.rows'),
        fix: expect.stringContaining('sql`select'),
      }),
    )
  expect(() => requireSql(sql`select 1`, 'sqlite.rows')).not.toThrow()
})
