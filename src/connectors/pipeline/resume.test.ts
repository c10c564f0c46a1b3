import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Article, article, articleFile, all, type Place, readAll } from '../../../test/support/articles.ts'
import { databases } from '../../../test/support/databases.ts'
import type { Source, SourcePage, SourceReader, SourceRecord } from '../../ports/source.ts'
import { openDatabase } from '../database/database.ts'
import { postgres } from '../postgres/rows.ts'
import { sql } from '../database/sql.ts'

const step = fc.oneof(
  fc.constantFrom('filter', 'flatMap', 'nothing', 'chunk', 'key', 'throw'),
  fc.record({ limit: fc.integer({ min: 0, max: 90 }) }),
  fc.record({ limitPer: fc.integer({ min: 0, max: 9 }) }),
)

/** Rows of a random chain: what an article is, and a number that tells parts apart. */
type Piece = Article & { readonly n: number }

function withSteps(
  source: Source<Article>,
  steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
): Source<Piece> {
  let made = source.filter(() => true).flatMap((row) => [{ ...row, n: row.id }])
  for (const one of steps) {
    if (typeof one === 'object')
      made = 'limit' in one ? made.limit(one.limit) : made.limitPer('topic', one.limitPer)
    else if (one === 'filter') made = made.filter(({ n }) => n % 3 !== 1)
    else if (one === 'flatMap')
      made = made.flatMap((row) =>
        Array.from({ length: row.n % 4 }, (_, at) => ({ ...row, n: row.n * 5 + at })),
      )
    else if (one === 'nothing') made = made.flatMap((row) => (row.n % 2 ? [row] : []))
    else if (one === 'chunk')
      made = made
        .chunk({ field: 'body', tokens: 12, overlap: 0.3 })
        .flatMap(({ chunk, ...row }) => [{ ...row, body: chunk.text, n: row.n + chunk.index }])
    else if (one === 'key') made = made.key('id', 'topic', 'n')
    else
      made = made.filter(({ n }) => {
        if (n % 11 === 0) throw new Error('eleven')
        return true
      })
  }
  return made
}

async function articleTable(open: (typeof databases)[number]['open'], count: number): Promise<Place> {
  const { url, database, [Symbol.asyncDispose]: dispose } = await open()
  await database.exec('create table articles (id int primary key, topic text, body text)')
  const rows = JSON.stringify(Array.from({ length: count }, (_, index) => article(index + 1)))
  await database.query(
    sql`insert into articles select * from jsonb_to_recordset(${rows}::jsonb) as a(id int, topic text, body text)`,
  )
  return {
    context: { baseDir: '/', databaseUrl: url },
    source: postgres.rows({ query: sql`select * from articles`, key: 'id', row: Article }),
    [Symbol.asyncDispose]: dispose,
  }
}

const sources: readonly { readonly name: string; readonly open: (count: number) => Promise<Place> }[] = [
  {
    name: 'a file',
    open: (count) =>
      articleFile(
        Array.from({ length: count }, (_, at) => at + 1),
        true,
      ),
  },
  ...databases.map(({ name, open }) => ({ name, open: (count: number) => articleTable(open, count) })),
]

describe.each(sources)('any chain over $name', ({ open }) => {
  test('continues behind any record as if it had never stopped', async () => {
    await using place = await open(120)
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(400), { minLength: 1, maxLength: 6 }),
        async (steps, stops) => {
          const source = withSteps(place.source, steps)
          await using reader = await source.open(place.context)
          const whole = await readAll(reader)
          // One interruption after the other, each at a place of its own in what is left.
          let [after, read]: [string | null, SourceRecord<Piece>[]] = [null, []]
          for (const stop of stops) {
            const limit = 1 + (stop % 40)
            await using again = await source.open(place.context)
            const pages: readonly SourcePage<Piece>[] = await Array.fromAsync(
              again.read({ ...all, after, limit }),
            )
            const records = pages.flatMap(({ records }) => records)
            expect(records).toEqual(whole.slice(read.length, read.length + limit))
            const last = pages.at(-1)
            if (!last) break
            after = last.cursorAt(last.records.length - 1)
            read = [...read, ...records]
          }
          // And behind records of every page, asked for when that reading was over.
          let passed = 0
          for (const page of await Array.fromAsync(reader.read(all))) {
            for (const index of new Set(stops.map((stop) => stop % page.records.length))) {
              const rest = await readAll(reader, { after: page.cursorAt(index) })
              expect(rest).toEqual(whole.slice(passed + index + 1))
            }
            passed += page.records.length
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  test('finds its records by key, and reads them again, as they came', async () => {
    await using place = await open(60)
    const anyChain = fc.array(
      step.filter((one) => typeof one === 'string'),
      { maxLength: 5 },
    )
    await fc.assert(
      fc.asyncProperty(anyChain, fc.array(fc.nat(400), { maxLength: 9 }), async (steps, picks) => {
        await using reader = await withSteps(place.source, steps).open(place.context)
        const whole = await readAll(reader)
        const only = picks.flatMap((pick) => whole[pick % whole.length]?.key ?? [])
        const wanted = whole.filter(({ key }) => only.includes(key))
        expect(await readAll(reader, { only })).toEqual(wanted)
        const again = await reader.reread?.(only)
        if (again === undefined) return
        const rows = wanted.flatMap((one) => (one.problem === undefined ? [[one.key, one.row] as const] : []))
        expect(again).toEqual(new Map(rows))
      }),
      { numRuns: 25 },
    )
  })
})

test.each(databases)(
  'a record of $name that is gone in the middle of its parts takes none of the next one',
  async ({ open }) => {
    await using place = await articleTable(open, 3)
    const source = place.source.flatMap((row) => ['a', 'b', 'c'].map((half) => ({ ...row, half })))
    await using reader = await source.open(place.context)
    const [page] = await Array.fromAsync(reader.read({ ...all, limit: 5 }))
    const after = page?.cursorAt(4) ?? null
    expect(await keysOf(reader, after)).toEqual(['2/2', '3/0', '3/1', '3/2'])
    await using database = await openDatabase(place.context.databaseUrl ?? '')
    await database.exec('delete from articles where id = 2')
    expect(await keysOf(reader, after)).toEqual(['3/0', '3/1', '3/2'])
  },
)

test.each(sources)('a cursor into $name is refused when steps have come or gone since', async ({ open }) => {
  await using place = await open(3)
  const [plain, stepped] = [place.source, place.source.filter(() => true)]
  for (const [one, other] of [
    [plain, stepped],
    [stepped, plain],
  ] as const) {
    await using reader = await one.open(place.context)
    const [page] = await Array.fromAsync(reader.read(all))
    await using changed = await other.open(place.context)
    await expect(readAll(changed, { after: page?.cursorAt(1) ?? null })).rejects.toMatchObject({
      code: 'E_SOURCE_CHANGED',
    })
  }
})

async function keysOf(reader: SourceReader<unknown>, after: string | null): Promise<readonly string[]> {
  return (await readAll(reader, { after })).map(({ key }) => key.replaceAll('\u001f', '/'))
}
