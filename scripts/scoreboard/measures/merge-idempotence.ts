import type { SinkItem } from '../../../src/ports/sink.ts'
import { databases } from '../../../test/support/databases.ts'
import { cases, openCases } from '../../../test/support/sink-cases.ts'
import { sql } from '../../../src/connectors/database/sql.ts'
import { type Figure, type How, none } from '../figure.ts'
import { seededRandom } from '../../../src/emulator/core/random.ts'
import { below, shuffled } from '../shuffled.ts'

const rows = 60

/** Values of every kind that a column takes, some of them hostile to SQL. */
function itemsOf(random: () => number): readonly SinkItem[] {
  const texts = ["it's", '$1; --', '日本 🚢', '\\', 'a"b', 'NULL', '{}', '  ']
  return Array.from({ length: rows }, (_row, index) => ({
    key: String(index + 1),
    values: {
      headnote: `${texts[below(random, texts.length)]} ${index}`,
      cost: below(random, 10_000) / 100,
      topics: texts.slice(0, below(random, 4)),
      meta: { n: below(random, 1_000), deep: [{ text: texts[below(random, texts.length)] }] },
      ok: random() < 0.5,
    },
  }))
}

/** The same items once each and some of them again, in any order, cut into any chunks. */
function chunksOf(random: () => number, items: readonly SinkItem[]): readonly (readonly SinkItem[])[] {
  const again = items.filter(() => random() < 0.3)
  const all = shuffled(random, [...items, ...again])
  const chunks: SinkItem[][] = []
  while (all.length > 0) {
    const chunk = all.splice(0, 1 + below(random, 20))
    // A chunk of the merge has each record once.
    chunks.push([...new Map(chunk.map((item) => [item.key, item])).values()])
  }
  return chunks
}

/**
 * Answers that are written in any order, in any split, and again and again, into a real PostgreSQL: the table is hashed after
 * each round, which begins from rows without answers or from what is there. `opened` is put to the proof.
 */
export async function mergeIdempotence(
  { size, seed }: How,
  opened: typeof openCases = openCases,
): Promise<readonly Figure[]> {
  const wanted = size === 'full' ? 10_000 : 1_000
  const random = seededRandom(seed)
  const items = itemsOf(random)
  const server = databases.find(({ name }) => name === 'PostgreSQL')
  if (server === undefined) throw new Error('there is no PostgreSQL')
  await using database = await server.open()
  await cases(database, rows)
  await using sink = await opened(database, { table: 'cases' })
  let [applications, rounds, different] = [0, 0, 0]
  let expected: unknown = null
  while (applications < wanted) {
    if (random() < 0.2)
      await database.database.exec(
        'update cases set headnote = null, cost = null, topics = null, meta = null',
      )
    for (const chunk of chunksOf(random, items)) {
      applications += 1
      const results = await sink.write(chunk, { mark: null, chunk: `c${applications}` })
      const strange = results.find(({ kind }) => kind !== 'written' && kind !== 'same')
      if (strange !== undefined) throw new Error(`an answer was ${JSON.stringify(strange)}`)
    }
    rounds += 1
    const [found] = await database.database.query(
      sql`select md5(string_agg(cases::text, '|' order by id)) as hash, count(headnote) as written from cases`,
    )
    if (Number(found?.['written']) !== rows) different += 1
    expected ??= found?.['hash']
    if (found?.['hash'] !== expected) different += 1
  }
  return [
    none(
      14,
      'tables that differ after permuted and repeated applications',
      different,
      applications,
      'applications',
      {
        seed,
        asked: 10_000,
        note: `, ${rounds} tables of ${rows} records`,
      },
    ),
  ]
}
