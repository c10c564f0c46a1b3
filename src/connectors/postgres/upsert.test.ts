import { describe, expect, test } from 'vitest'
import { databases } from '../../../test/support/databases.ts'
import { cases, free, kinds, markNow, openCases } from '../../../test/support/sink-cases.ts'
import type { SinkItem } from '../../ports/sink.ts'
import { sql } from '../database/sql.ts'

for (const { name, open: openDatabase } of databases) {
  describe(`an upsert into ${name}`, () => {
    const create = `create table copies (sku text, locale text, title text not null, body json, primary key (sku, locale))`
    const copy = (key: string, sku: string, title: string): SinkItem => ({
      key,
      values: { sku, locale: 'en', title, body: { t: title } },
    })

    test('inserts what is new, updates what differs and leaves the rest', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(create)
      await using sink = await openCases(opened, { upsert: 'copies', key: ['sku', 'locale'] }, [
        'public.cases',
      ])
      expect(kinds(await sink.write([copy('1', 'a', 'A'), copy('2', 'b', 'B')], free))).toEqual([
        'written',
        'written',
      ])
      expect(
        kinds(await sink.write([copy('1', 'a', 'A'), copy('2', 'b', 'B2'), copy('3', 'c', 'C')], free)),
      ).toEqual(['same', 'written', 'written'])
      expect(await opened.database.query(sql`select sku, title, body from copies order by sku`)).toEqual([
        { sku: 'a', title: 'A', body: { t: 'A' } },
        { sku: 'b', title: 'B2', body: { t: 'B2' } },
        { sku: 'c', title: 'C', body: { t: 'C' } },
      ])
    })

    test('takes one of two items with the same key, the same one in any order', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(create)
      await using sink = await openCases(opened, { upsert: 'copies', key: ['sku', 'locale'] })
      const items = [copy('1', 'a', 'one'), copy('2', 'a', 'two')]
      expect(kinds(await sink.write(items, free))).toEqual(['rejected', 'written'])
      expect(kinds(await sink.write(items.toReversed(), free))).toEqual(['same', 'rejected'])
      expect(kinds(await sink.write([copy('5', 'b', 'x'), copy('5', 'b', 'y')], free))).toEqual([
        'written',
        'written',
      ])
      expect(await opened.database.query(sql`select title from copies order by sku`)).toEqual([
        { title: 'two' },
        { title: 'y' },
      ])
    })

    test('asks to look at the source for all that is not there already, and refuses bad rows alone', async () => {
      await using opened = await openDatabase()
      await opened.database.exec(`${create}; create table cases (id int)`)
      const mark = await markNow(opened, sql`select 1 as id`)
      await using sink = await openCases(opened, { upsert: 'copies', key: ['sku', 'locale'] }, [
        'public.cases',
      ])
      await sink.write([copy('1', 'a', 'A')], free)
      const items = [copy('1', 'a', 'A'), copy('2', 'b', 'B'), copy('3', 'c', 'C')]
      expect(kinds(await sink.write(items, { mark, chunk: 'a' }))).toEqual(['same', 'changed', 'changed'])
      expect(kinds(await sink.write(items.slice(1), free))).toEqual(['written', 'written'])
      const bad = [
        copy('4', 'd', 'D'),
        { key: '5', values: { sku: 'e', locale: 'en', title: null } },
        { key: '6', values: { sku: null, locale: 'en', title: 'x' } },
      ]
      expect(kinds(await sink.write(bad, free))).toEqual(['written', 'rejected', 'rejected'])
    })

    test('into its own source keeps rows that were touched or deleted since the mark', async () => {
      await using opened = await openDatabase()
      await cases(opened, 4)
      await using sink = await openCases(opened, { upsert: 'cases', key: 'id' })
      const mark = await markNow(opened)
      await opened.database.exec('update cases set touched = 1 where id = 2; delete from cases where id = 3')
      const items = [1, 2, 3].map((id) => ({ key: String(id), values: { id, headnote: 'x' } }))
      expect(kinds(await sink.write(items, { mark, chunk: 'a' }))).toEqual(['written', 'changed', 'changed'])
      expect(await opened.database.query(sql`select id, headnote from cases order by id`)).toEqual([
        { id: 1, headnote: 'x' },
        { id: 2, headnote: null },
        { id: 4, headnote: null },
      ])
    })
  })
}
