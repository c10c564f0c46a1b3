import { describe, expect, test } from 'vitest'
import { databases } from '../../../test/support/databases.ts'
import { cases, free, headnotes, kinds, markNow, openCases } from '../../../test/support/sink-cases.ts'
import { openSink } from '../open-sink.ts'
import { rawSql } from '../database/sql.ts'

describe('writers on one PostgreSQL server', () => {
  const server = databases.filter(({ name }) => name === 'PostgreSQL')

  test.each(server)(
    'that write the same rows at once in any order all succeed',
    async ({ open: openDatabase }) => {
      await using opened = await openDatabase()
      await cases(opened, 400)
      const ids = Array.from({ length: 400 }, (_, index) => index + 1)
      const sinks = await Promise.all([1, 2, 3, 4].map(() => openCases(opened, { table: 'cases' })))
      const results = await Promise.all(
        sinks.map((sink, index) =>
          sink.write(headnotes(index % 2 === 0 ? ids : ids.toReversed(), 'same'), free),
        ),
      )
      for (const sink of sinks) await sink[Symbol.asyncDispose]()
      const all = results.flat().map(({ kind }) => kind)
      expect(all.filter((kind) => kind === 'written')).toHaveLength(400)
      expect(all.filter((kind) => kind === 'same')).toHaveLength(1200)
    },
  )

  test.each(server)(
    'find a row changed that another transaction had locked when the statement began',
    async ({ open: openDatabase }) => {
      await using opened = await openDatabase()
      await cases(opened, 2)
      await using sink = await openCases(opened, { table: 'cases' })
      const mark = await markNow(opened)
      const held = await opened.database.hold('read write')
      await held.connection.exec('update cases set touched = 5 where id = 1')
      const writing = sink.write(headnotes([1, 2]), { mark, chunk: 'a' })
      await new Promise((done) => setTimeout(done, 200))
      await held.end('commit')
      expect(kinds(await writing)).toEqual(['changed', 'written'])
    },
  )

  test.each(server)(
    'with less than full rights are told so, and rows that a policy hides are missing',
    async ({ open: openDatabase }) => {
      await using opened = await openDatabase()
      await cases(opened, 3)
      const role = `clerk_${Date.now()}`
      await opened.database.exec(
        `create role ${role} login password 'clerk'; grant select on cases to ${role}`,
      )
      const url = new URL(opened.url)
      url.username = role
      url.password = 'clerk'
      const context = {
        baseDir: '/',
        databaseUrl: url.href,
        sourceKey: ['id'],
        sourceTables: ['public.cases'],
      }
      {
        await using sink = await openSink({ table: 'cases' }, context)
        await expect(sink.dryRun({ key: '1', values: { headnote: 'x' } })).rejects.toMatchObject({
          code: 'E_DATABASE_REFUSED',
          message: expect.stringContaining('42501'),
        })
        await expect(sink.write(headnotes([1]), free)).rejects.toMatchObject({ code: 'E_DATABASE_REFUSED' })
        await opened.database
          .exec(`grant update on cases to ${role}; alter table cases enable row level security;
        create policy visible on cases using (id <> 2) with check (coalesce(headnote, '') <> 'note 3')`)
        expect(kinds(await sink.write(headnotes([1, 2, 3]), free))).toEqual([
          'written',
          'missing',
          'rejected',
        ])
      }
      await opened.database.query(rawSql(`drop owned by ${role}`))
      await opened.database.query(rawSql(`drop role ${role}`))
    },
  )
})
