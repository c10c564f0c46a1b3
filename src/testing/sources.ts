import assert from 'node:assert/strict'
import { z } from 'zod'
import { seededRandom } from '../connectors/pipeline/reservoir.ts'
import { keyOf } from '../domain/record-key.ts'
import type { StandardSchema } from '../domain/standard-schema.ts'
import type { ConnectorContext, Source, SourceReader } from '../ports/source.ts'
import { keyOfTyped, typedKey } from '../wording/typed-key.ts'
import { failsWith } from './assertions.ts'
import { all, keys, readAll, readInSteps } from './reading.ts'
import type { Runner } from './runner.ts'

/** A row that a suite puts into a medium and expects back. */
export interface SuiteRow {
  readonly id: number
  readonly part: string
  readonly body: string
}

/** Rows in a medium, and the source that reads them. */
export interface OpenedSource extends AsyncDisposable {
  /** What the source is opened with. Left out: no directory but the root, and no database. */
  readonly context?: ConnectorContext
  /** The source with its key made of these fields, and its rows judged by this schema. */
  source<Row>(key: string | readonly string[], row: StandardSchema<unknown, Row>): Source<Row>
  /** Makes what is read look changed; null where a source goes on by key whatever happens. */
  readonly change: (() => Promise<void>) | null
}

/** The description of a source for its suite. */
export interface SourceKit {
  readonly name: string
  /**
   * `key`: reads in the order of the key (the suite's rows are in it by number and by text), tells repeated keys, looks
   * rows up by key. `file`: reads in the order in which the rows lie there, and looks none up.
   */
  readonly order: 'key' | 'file'
  /** `id` where every row is known by its `id`, whatever a job would like; `any` when left out: by fields of the job's choice. */
  readonly keys?: 'any' | 'id'
  /** False where the medium cannot hold two rows of one key; true when left out. */
  readonly repeats?: boolean
  /** Makes a new medium that holds these rows alone, in this order. */
  readonly open: (rows: readonly SuiteRow[]) => Promise<OpenedSource>
}

const row = z.object({ id: z.coerce.number(), part: z.string(), body: z.string() })

/** What a file may have to put in quotes. */
const line = 'é"\n,x and so on to the end of the line'

/** Rows whose ids have four digits, so that they are in order by number and by text. */
function makeRows(count: number, bodyLength: (index: number) => number = () => 0): SuiteRow[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1_001,
    part: ['a', 'b', 'c'][index % 3] ?? 'a',
    body: line.repeat(1 + Math.floor(bodyLength(index) / line.length)),
  }))
}

/** Asserts that a source counts right, or does not count: where that is dear it says null. */
async function counts(reader: Pick<SourceReader<unknown>, 'count'>, rows: number): Promise<void> {
  const counted = await reader.count()
  assert.ok(
    counted === null || counted === rows,
    `count() of ${rows} rows gives ${rows}, or null where it is dear, and not ${counted}`,
  )
}

/** The keys of the rows of `makeRows`, by their number from 1. */
const ids = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(1_000 + from + index))

const context: ConnectorContext = { baseDir: '/', databaseUrl: null }

/** The suite of every source of rows, whatever it reads. */
export function describeSource({ describe, test }: Runner, kit: SourceKit): void {
  const { name, order, keys: keyed = 'any', repeats = true } = kit
  const open = async (rows: readonly SuiteRow[]): Promise<Required<OpenedSource>> => {
    const opened = await kit.open(rows)
    return {
      context: opened.context ?? context,
      source: (key, schema) => opened.source(key, schema),
      change: opened.change,
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    }
  }

  describe(`rows of ${name}`, () => {
    test('arrive all, once, in order, as they are, and are counted', async () => {
      const rows = makeRows(1_500)
      await using opened = await open(rows)
      await using reader = await opened.source('id', row).open(opened.context)
      await reader.check()
      await counts(reader, 1_500)
      const records = await readAll(reader)
      assert.deepEqual(keys(records), ids(1, 1_500))
      assert.deepEqual(
        records.map((record) => (record.problem === undefined ? record.row : null)),
        rows,
      )
      assert.deepEqual(keys(await readAll(reader, { order: 'given' })), ids(1, 1_500))
    })

    test('come in pages, whose number grows with the data and not their size', async () => {
      await using opened = await open(makeRows(300, () => 20_000))
      await using reader = await opened.source('id', row).open(opened.context)
      const pages = await Array.fromAsync(reader.read(all))
      const largest = Math.max(...pages.map(({ records }) => records.length))
      assert.ok(pages.length > 2, `300 rows of 20 kB are more than ${pages.length} pages`)
      assert.ok(largest < 150, `a page is about half a megabyte, and not ${largest} rows of 20 kB`)
      assert.deepEqual(
        pages.flatMap(({ records }) => keys(records)),
        ids(1, 300),
      )
    })

    test('continue behind any record of any page, in any split', async () => {
      await using opened = await open(makeRows(90, (index) => (index * 997) % 30_000))
      const random = seededRandom()
      for (const key of keyed === 'any' ? ['id', ['part', 'id']] : ['id']) {
        await using reader = await opened.source(key, row).open(opened.context)
        const whole = keys(await readAll(reader))
        assert.equal(new Set(whole).size, 90)
        for (const lists of [3, 4, 5, 3]) {
          const steps = Array.from({ length: lists }, () => 1 + Math.floor(random() * 60))
          const seen = await readInSteps(reader, steps, whole.length)
          assert.deepEqual(seen, whole, `read in steps of ${steps.join(', ')}`)
        }
      }
    })

    test('are limited by the source and by the reading, also over a resumption', async () => {
      await using opened = await open(makeRows(100))
      const source = opened.source('id', row).limit(80).limit(90)
      await using reader = await source.open(opened.context)
      await counts(reader, 80)
      assert.deepEqual(keys(await readAll(reader)), ids(1, 80))
      assert.deepEqual(keys(await readAll(reader, { limit: 2 })), ids(1, 2))
      assert.deepEqual(keys(await readAll(reader, { limit: 2, order: 'given' })), ids(1, 2))
      assert.deepEqual(await readAll(reader, { limit: 0 }), [])
      const last = (await Array.fromAsync(reader.read({ ...all, limit: 50 }))).at(-1)
      const after = last?.cursorAt(last.records.length - 1) ?? null
      assert.deepEqual(keys(await readAll(reader, { after })), ids(51, 80))
      assert.deepEqual(keys(await readAll(reader, { after, limit: 3 })), ids(51, 53))
      assert.throws(() => source.limit(-1), { message: /whole number/ })
    })

    test('can be taken by key, wherever they are', async () => {
      await using opened = await open(makeRows(100))
      await using reader = await opened.source('id', row).limit(50).open(opened.context)
      const only = ['1003', '1099', '1040', '1777', '01003']
      assert.deepEqual(keys(await readAll(reader, { only })), ['1003', '1040', '1099'])
      assert.deepEqual(await readAll(reader, { only: [] }), [])
    })

    if (keyed === 'any') {
      test('can be taken by a composite key', async () => {
        await using opened = await open(makeRows(100))
        await using parts = await opened.source(['part', 'id'], row).open(opened.context)
        const only = [keyOf(['c', '1003']), keyOf(['a', '1001']), keyOf(['a', '1002'])]
        assert.deepEqual(
          new Set(keys(await readAll(parts, { only }))),
          new Set([keyOf(['a', '1001']), keyOf(['c', '1003'])]),
        )
      })

      test('have a key of their own, whatever texts it is made of', async () => {
        const rows = oddTexts.map(([part, body], index) => ({ id: index + 1, part, body }))
        await using opened = await open(rows)
        await using reader = await opened.source(['part', 'body'], row).open(opened.context)
        const records = await readAll(reader)
        const own = new Map(rows.map(({ part, body, id }) => [keyOf([part, body]), id]))
        assert.equal(own.size, rows.length)
        assert.deepEqual(new Map(records.map((one) => [one.key, one.problem ?? one.row.id])), own)
        for (const [key, id] of own) {
          const typed = keyOfTyped(typedKey(key), 2)
          const found = await readAll(reader, { only: [typed] })
          assert.deepEqual(
            found.map((one) => one.problem ?? one.row.id),
            [id],
          )
          if (reader.reread) assert.equal((await reader.reread([typed])).get(typed)?.id, id)
        }
        assert.deepEqual(keys(await reader.sample(100)).toSorted(), [...own.keys()].toSorted())
      })

      test('are refused before anything is read when the key is not there', async () => {
        await using opened = await open(makeRows(3))
        await using reader = await opened.source('ident', row).open(opened.context)
        await failsWith('E_SOURCE_KEY', reader.check(), 'check() of a key that no row has')
        const none = (async (): Promise<unknown> => opened.source([], row))()
        await failsWith('E_SOURCE_KEY', none, 'a source without a key')
      })
    }

    test('give the same sample again, from all over', async () => {
      await using opened = await open(makeRows(1_000))
      await using reader = await opened.source('id', row).open(opened.context)
      const sample = await reader.sample(100)
      assert.ok(sample.length >= 80 && sample.length <= 120, `about 100 rows, and not ${sample.length}`)
      assert.deepEqual(await reader.sample(100), sample)
      const found = keys(sample).map(Number)
      assert.ok(Math.min(...found) < 1_150, `the first row of the sample is ${Math.min(...found)}`)
      assert.ok(Math.max(...found) > 1_850, `the last row of the sample is ${Math.max(...found)}`)
      assert.equal((await reader.sample(5_000)).length, 1_000)
    })

    test('that do not fit the schema become problems at their key, and the rest continues', async () => {
      await using opened = await open(makeRows(9))
      const odd = row.refine(({ id }) => id % 3 !== 0, 'is divisible')
      await using reader = await opened.source('id', odd).open(opened.context)
      await reader.check()
      const records = await readAll(reader)
      assert.deepEqual(keys(records), ids(1, 9))
      const problems = records.filter(({ problem }) => problem !== undefined)
      assert.deepEqual(keys(problems), ['1002', '1005', '1008'])
      assert.match(problems[0]?.problem ?? '', /is divisible/)
      await using none = await opened.source('id', z.object({ title: z.string() })).open(opened.context)
      const what = 'check() where none of the first rows fits the schema'
      const { message } = await failsWith('E_SOURCE_ROW', none.check(), what)
      assert.match(message, /title/, 'the message names the field that does not fit')
    })

    if (repeats) {
      test('with a key that another row has too are none of them lost', async () => {
        const twice = [...makeRows(3), { id: 1_003, part: 'z', body: 'again' }]
        await using opened = await open(twice)
        await using reader = await opened.source('id', row).open(opened.context)
        assert.deepEqual(keys(await readAll(reader)), [
          ...ids(1, 3),
          order === 'key' ? '1003 (again 1)' : '1003',
        ])
      })
    }

    test('may be none at all', async () => {
      await using opened = await open([])
      await using reader = await opened.source('id', row).open(opened.context)
      await reader.check()
      await counts(reader, 0)
      assert.deepEqual(await readAll(reader), [])
      assert.deepEqual(await reader.sample(10), [])
    })

    test(order === 'key' ? 'can be looked up again by key' : 'are not looked up again', async () => {
      await using opened = await open(makeRows(50))
      await using reader = await opened.source('id', row).open(opened.context)
      const now = (await reader.reread?.(['1007', '1003', '1099'])) ?? null
      if (order === 'file') return assert.equal(now, null)
      const found = [...(now ?? [])].map(([key, { id }]) => `${key}: ${id}`)
      assert.deepEqual(found.toSorted(), ['1003: 1003', '1007: 1007'])
    })

    test('are read to the end, or the reading says that they have changed', async () => {
      await using opened = await open(makeRows(20))
      await using reader = await opened.source('id', row).open(opened.context)
      const [page] = await Array.fromAsync(reader.read(all))
      const after = page?.cursorAt(9) ?? null
      await opened.change?.()
      const rest = readAll(reader, { after })
      if (opened.change) await failsWith('E_SOURCE_CHANGED', rest, 'a cursor of what has changed since')
      else assert.deepEqual(keys(await rest), ids(11, 20))
    })

    test('that change while they are read are not given, once one page of them is', async () => {
      await using opened = await open(makeRows(300, () => 20_000))
      await using reader = await opened.source('id', row).open(opened.context)
      const found: string[] = []
      const read = async (): Promise<void> => {
        for await (const { records } of reader.read(all)) {
          if (found.length === 0) await opened.change?.()
          found.push(...keys(records))
        }
      }
      if (!opened.change) {
        await read()
        return assert.deepEqual(found, ids(1, 300))
      }
      await failsWith('E_SOURCE_CHANGED', read(), 'what changes behind the first page of a reading')
      assert.deepEqual(found, ids(1, found.length))
    })
  })
}

/** Texts that have what stands between the parts of a key, what escapes it, quotes, wildcards and emoji. */
const oddTexts: readonly (readonly [string, string])[] = [
  ['a/b', 'c'],
  ['a', 'b/c'],
  ['x\u001fy', 'z'],
  ['x', 'y\u001fz'],
  ['\u0010', '001f'],
  ['\u0010001f', '\u001f'],
  ['"', "'\\"],
  ['"\\', "'"],
  ['a,b', '%_?*'],
  ['😀', 'null'],
]
