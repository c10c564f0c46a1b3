import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql } from '../../src/connectors/database/sql.ts'
import { openSink } from '../../src/connectors/open-sink.ts'
import { postgres } from '../../src/connectors/postgres/rows.ts'
import { exactNumbers } from '../../src/planning/text/raw-numbers.ts'
import { readAll } from '../../src/testing/reading.ts'
import { databases } from '../support/databases.ts'

/** Whole numbers and decimals as a program of another language writes them, most of them beyond a double. */
const numberText = fc.oneof(
  fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map(String),
  fc
    .tuple(fc.bigInt({ min: 2n ** 53n, max: 2n ** 90n }), fc.nat(99))
    .map(([whole, rest]) => `${whole}.${rest}`),
  fc.integer().map(String),
)
const jsonText = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    numberText,
    fc.constantFrom('null', 'true', '"text"', '"\\u00e9\\ud83d\\ude00 {\\"a\\": 1}"'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(tie('value'), { maxLength: 3 })
      .map((items) => `{${items.map((item, at) => `"k${at}": ${item}`).join(', ')}}`),
  ),
})).value

for (const { name, open } of databases)
  test(`JSON of ${name} with numbers of any size is written back as it was, to the last digit`, async () => {
    await using opened = await open()
    const { database, url } = opened
    await database.exec('create table given (id int primary key, j jsonb, t json, list jsonb[])')
    await database.exec('create table back (like given including all)')
    const context = { baseDir: '/', databaseUrl: url, sourceKey: ['id'], sourceTables: [] }
    await fc.assert(
      fc.asyncProperty(fc.array(jsonText, { minLength: 1, maxLength: 20 }), async (texts) => {
        await database.exec('truncate given; truncate back')
        for (const [id, text] of texts.entries())
          await database.query(
            sql`insert into given values (${id}, jsonb_build_object('of', ${text}::text::jsonb), json_build_object('of', ${text}::text::json), array[jsonb_build_object('of', ${text}::text::jsonb)])`,
          )
        await database.exec('insert into back (id) select id from given')
        const source = postgres.rows({ query: sql`select * from given`, key: 'id' })
        await using reader = await source.open({ baseDir: '/', databaseUrl: url })
        const items = (await readAll(reader)).map((record) => {
          if (record.problem !== undefined) throw new Error(record.problem)
          const { j, t, list } = record.row
          return {
            key: record.key,
            values: { j: exactNumbers(j), t: exactNumbers(t), list: exactNumbers(list) },
          }
        })
        await using sink = await openSink({ table: 'back' }, context)
        const results = await sink.write(items, { mark: null, chunk: 'c1' })
        expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['written']))
        const changed = await database.query(
          sql`select g.j::text, b.j::text as back, g.t::text, b.t::text as t_back from given g join back b using (id)
            where g.j <> b.j or g.t::jsonb <> b.t::jsonb or g.list <> b.list`,
        )
        expect(changed).toEqual([])
      }),
      { numRuns: 8, endOnFailure: true },
    )
  })
