import { describe, expect, test } from 'vitest'
import { rows } from '../../src/connectors/code/rows.ts'
import type { Sink, SinkResult } from '../../src/ports/sink.ts'
import type { Source, SourcePage, SourceReader } from '../../src/ports/source.ts'
import type { Runner } from '../../src/testing/runner.ts'
import { describeSink } from '../../src/testing/sinks.ts'
import { describeSource } from '../../src/testing/sources.ts'
import { failing } from './failing.ts'

interface SourceFault {
  readonly what: string
  readonly test: string
  readonly change: <Row>(reader: SourceReader<Row>) => Partial<SourceReader<Row>>
}

/** The same pages, each changed. */
function paged(change: <Row>(page: SourcePage<Row>) => SourcePage<Row>): SourceFault['change'] {
  return (reader) => ({
    async *read(options) {
      for await (const page of reader.read(options)) yield change(page)
    },
  })
}

const sourceFaults: readonly SourceFault[] = [
  {
    what: 'loses the last record of a page',
    test: 'arrive all',
    change: paged((page) => ({ ...page, records: page.records.slice(0, -1) })),
  },
  {
    what: 'goes on one record too early',
    test: 'continue behind any record',
    change: paged((page) => ({ ...page, cursorAt: (index) => page.cursorAt(Math.max(0, index - 1)) })),
  },
  {
    what: 'gives all records in one page',
    test: 'come in pages',
    change: (reader) => ({
      async *read(options) {
        const pages = await Array.fromAsync(reader.read(options))
        const [first] = pages
        if (first) yield { ...first, records: pages.flatMap(({ records }) => records) }
      },
    }),
  },
  {
    what: 'takes the first records for a sample',
    test: 'give the same sample',
    change: (reader) => ({
      async sample(size) {
        for await (const { records } of reader.read({ after: null, limit: size, order: 'key', only: null }))
          return records
        return []
      },
    }),
  },
  {
    what: 'checks nothing',
    test: 'do not fit the schema',
    change: () => ({ check: () => Promise.resolve() }),
  },
  {
    what: 'counts one too many',
    test: 'may be none',
    change: (reader) => ({ count: async () => ((await reader.count()) ?? 0) + 1 }),
  },
]

function sourceSuite(change: SourceFault['change']): (runner: Runner) => void {
  const faulty = <Row>(source: Source<Row>): Source<Row> => ({
    ...source,
    limit: (count) => faulty(source.limit(count)),
    async open(context) {
      const reader = await source.open(context)
      return { ...reader, ...change(reader) }
    },
  })
  return (runner) =>
    describeSource(runner, {
      name: 'a list',
      order: 'file',
      open: (given) =>
        Promise.resolve({
          source: (key, row) =>
            faulty(
              rows(({ skip }) => given.slice(skip), { key, row, seeks: true, count: () => given.length }),
            ),
          change: null,
          [Symbol.asyncDispose]: () => Promise.resolve(),
        }),
    })
}

describe('the suite of sources', () => {
  test('is content with a list of rows', async () => {
    expect(
      await failing(
        sourceSuite(() => ({})),
        '',
      ),
    ).toEqual([])
  })

  test('is content with a source to which counting is dear', async () => {
    expect(
      await failing(
        sourceSuite(() => ({ count: () => Promise.resolve(null) })),
        '',
      ),
    ).toEqual([])
  })

  test.each(sourceFaults)('finds a source that $what', async ({ test, change }) => {
    expect(await failing(sourceSuite(change), test)).toHaveLength(1)
  })
})

/** What is written: the note of each key, in the order in which they came; a faulty sink may write one twice. */
type Place = [string, string][]

/** A sink into a list that does what a sink is to do. */
function listSink(place: Place): Sink {
  const writeOne = (key: string, note: unknown): SinkResult => {
    const reason = reasonAgainst(note)
    if (reason !== null) return { kind: 'rejected', reason }
    const there = place.find(([each]) => each === key)
    if (there?.[1] === note) return { kind: 'same' }
    if (there) there[1] = String(note)
    else place.push([key, String(note)])
    return { kind: 'written' }
  }
  return {
    describe: 'a list',
    dryRun: () => Promise.resolve(),
    write: (items) => Promise.resolve(items.map(({ key, values }) => writeOne(key, values['note']))),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function reasonAgainst(note: unknown): string | null {
  return typeof note === 'string' ? null : 'a circular value is no text'
}

interface SinkFault {
  readonly what: string
  readonly test: string
  readonly change: (sink: Sink, place: Place) => Partial<Sink>
}

const sinkFaults: readonly SinkFault[] = [
  {
    what: 'appends what comes again',
    test: 'leaves the same data',
    change: (_sink, place) => ({
      async write(items) {
        place.push(...items.map(({ key, values }): [string, string] => [key, String(values['note'])]))
        return items.map(() => ({ kind: 'written' }))
      },
    }),
  },
  {
    what: 'always says that it has written',
    test: 'tells what was the same',
    change: (sink) => ({
      async write(items, options) {
        await sink.write(items, options)
        return items.map(() => ({ kind: 'written' }))
      },
    }),
  },
  {
    what: 'tells of items in another order',
    test: 'rejects a value',
    change: (sink) => ({
      write: async (items, options) => (await sink.write(items, options)).toSorted(byKind),
    }),
  },
  {
    what: 'leaves a trace of a rehearsal',
    test: 'rehearses',
    change: (_sink, place) => ({
      async dryRun({ key }) {
        place.push([key, 'made up'])
      },
    }),
  },
  {
    what: 'makes no row that is missing',
    test: 'inserts rows',
    change: () => ({ write: async (items) => items.map(() => ({ kind: 'missing' })) }),
  },
]

const byKind = (one: SinkResult, other: SinkResult): number => (one.kind < other.kind ? -1 : 1)

function sinkSuite(change: SinkFault['change']): (runner: Runner) => void {
  return (runner) =>
    describeSink(runner, {
      name: 'a list',
      kind: 'upsert',
      killable: false,
      open() {
        const place: Place = []
        const sink = listSink(place)
        return Promise.resolve({
          sink: () => Promise.resolve({ ...sink, ...change(sink, place) }),
          read: () => Promise.resolve(place.map(([key, note]) => ({ key, note }))),
          [Symbol.asyncDispose]: () => Promise.resolve(),
        })
      },
    })
}

describe('the suite of sinks', () => {
  test('is content with a list', async () => {
    expect(
      await failing(
        sinkSuite(() => ({})),
        '',
      ),
    ).toEqual([])
  })

  test.each(sinkFaults)('finds a sink that $what', async ({ test, change }) => {
    expect(await failing(sinkSuite(change), test)).toHaveLength(1)
  })
})
