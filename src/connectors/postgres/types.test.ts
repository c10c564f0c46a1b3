import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAll } from '../../testing/reading.ts'
import { sql } from '../database/sql.ts'
import { openSink } from '../open-sink.ts'
import { postgres } from './rows.ts'
import { databases } from '../../../test/support/databases.ts'
import { arrayTypes, columnTypes, createTypes } from '../../../test/support/postgres-types.ts'
import { typesOnPage } from '../../../test/support/pages/postgres-types-page.ts'
import { roundTrips } from '../../../test/support/postgres-round-trips.ts'

const all = [...columnTypes, ...arrayTypes]

const equals = [
  ['numeric', '1.1', '1.10'],
  ['interval', '1 mon', '30 days'],
  ['numrange', '[1.1,2)', '[1.10,2.0)'],
  ['box', '(2,2),(0,0)', '(4,1),(0,0)'],
  ['numeric[]', '{1.1}', '{1.10}'],
] as const

for (const { name, open } of databases) {
  test(`what ${name} takes for equal, and is not the same, is written`, async () => {
    await using opened = await open()
    const columns = equals.map(([type], index) => `c${index} ${type}`).join(', ')
    const values = equals.map(([, there]) => `'${there}'`).join(', ')
    await opened.database.exec(
      `create table equals (id int primary key, ${columns}); insert into equals values (1, ${values})`,
    )
    await using sink = await openSink(
      { table: 'equals' },
      { baseDir: '/', databaseUrl: opened.url, sourceKey: ['id'], sourceTables: [] },
    )
    for (const [index, [, , given]] of equals.entries())
      expect(
        await sink.write([{ key: '1', values: { [`c${index}`]: given } }], { mark: null, chunk: 'c' }),
      ).toEqual([{ kind: 'written' }])
    const [row] = await opened.database.query(sql`select * from equals`)
    expect(Object.values(row ?? {}).map(String)).toEqual([
      '1',
      ...equals.map(([, , given]) => given.replaceAll(/^\{|\}$/g, '')),
    ])
  })

  test(`composites of ${name} with any texts in them are read as they are`, async () => {
    await using opened = await open()
    await opened.database.exec('create type two as (one text, "other one" text)')
    const text = fc.option(
      fc.string({ unit: fc.constantFrom('"', '\\', ',', '(', ')', ' ', 'a', 'é', '\n', '{') }),
    )
    const pairs = fc.sample(fc.tuple(text, text), { numRuns: 100, seed: 1 })
    const [ones, others] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)]
    await using reader = await postgres
      .rows({
        query: sql`select n, (one, other)::two as pair, array[(one, other)::two] as list
          from unnest(${ones}::text[], ${others}::text[]) with ordinality as u (one, other, n)`,
        key: 'n',
      })
      .open({ baseDir: '/', databaseUrl: opened.url })
    const records = await readAll(reader)
    const cells = (name: string): unknown[] =>
      records.map((record) => (record.problem === undefined ? record.row[name] : record.problem))
    const expected = pairs.map(([one, other]) => ({ one, 'other one': other }))
    expect(cells('pair')).toEqual(expected)
    expect(cells('list')).toEqual(expected.map((pair) => [pair]))
  })
}

describe('a value of every column type', () => {
  for (const { name, open } of databases) {
    test(`of ${name} comes back as it was, from its source to its sink`, async () => {
      await using opened = await open()
      const types = all.filter(({ needs }) => needs === undefined || name === 'PostgreSQL')
      if (name === 'PostgreSQL')
        await opened.database.exec('create extension citext; create extension hstore; create extension ltree')
      await opened.database.exec(createTypes)
      const trips = await roundTrips(opened, types)
      expect(trips.length).toBeGreaterThan(200)
      const strange = trips.filter(({ stored, written, becomes }) => {
        const expected = becomes === null ? stored : becomes === 'null' ? null : becomes
        return written !== expected || stored === null
      })
      expect(strange).toEqual([])
      if (name !== 'PostgreSQL') return
      const { now, made } = await typesOnPage(trips)
      expect(now, 'npm run docs:types writes the page again').toBe(made)
    })
  }
})
