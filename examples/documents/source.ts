import { chain, checkedRecord, keyOf, keyParts, OffpeakError } from 'offpeak'
import type { ReadOptions, Source, SourceDefinition, SourcePage, SourceReader, SourceRecord } from 'offpeak'
import type { StandardSchema } from 'offpeak'
import { type Client, clientOf, type Found } from './client.ts'

interface DocumentsOptions<Row> {
  readonly url: string
  /** Judges each document; what it gives is the row of the job. */
  readonly row: StandardSchema<unknown, Row>
}

/** The documents of a service, in the order of their ids. */
export function documents<Row>(options: DocumentsOptions<Row>): Source<Row> {
  return chain(definition(options, Infinity))
}

function definition<Row>(options: DocumentsOptions<Row>, most: number): SourceDefinition<Row> {
  return {
    kind: 'documents',
    describe: `the documents of ${options.url}`,
    key: ['id'],
    open: async () => reader(clientOf(options.url, 'E_SOURCE_QUERY'), options, most),
    limit: (count) => definition(options, Math.min(most, count)),
  }
}

const pageDocuments = 100
const pageCharacters = 500_000

function reader<Row>(client: Client, { url, row }: DocumentsOptions<Row>, most: number): SourceReader<Row> {
  const recordOf = (found: Found): Promise<SourceRecord<Row>> => checkedRecord(keyOf([found.id]), found, row)

  async function* read({ after, limit, only }: ReadOptions): AsyncGenerator<SourcePage<Row>, void> {
    if (only !== null) {
      const found = (await client.lookup(only.map(idOf))).toSorted(byId)
      const records = await Promise.all(found.map(recordOf))
      if (records.length > 0) yield pageOf(records, found, 0)
      return
    }
    // A limit of the source counts over all readings, so a cursor says how many records lie before it.
    let [taken, id] = after === null ? [0, ''] : parseCursor(after)
    let left = Math.min(limit ?? Infinity, most - taken)
    while (left > 0) {
      const found = (await client.page(id, Math.min(pageDocuments, left))).slice(0, left)
      if (found.length === 0) return
      for (const some of inPages(found)) {
        yield pageOf(await Promise.all(some.map(recordOf)), some, taken)
        taken += some.length
        left -= some.length
        id = some.at(-1)?.id ?? id
      }
    }
  }

  return {
    async check() {
      const problems: string[] = []
      for await (const { records } of read({ after: null, limit: 20, order: 'given', only: null }))
        for (const { problem } of records) {
          if (problem === undefined) return
          problems.push(problem)
        }
      const [problem] = problems
      if (problem !== undefined)
        throw new OffpeakError('E_SOURCE_ROW', `None of the first documents can be used. ${problem}`, {
          where: url,
          fix: 'Correct the row schema of the source.',
        })
    },
    count: async () => Math.min(await client.count(), most),
    async sample(size) {
      const every = Math.max(1, Math.floor(Math.min(await client.count(), most) / Math.max(1, size)))
      const kept: SourceRecord<Row>[] = []
      let seen = 0
      for await (const { records } of read({ after: null, limit: null, order: 'key', only: null }))
        for (const record of records) if (seen++ % every === 0) kept.push(record)
      return kept
    },
    read,
    async reread(keys) {
      const rows = new Map<string, Row>()
      for (const found of await client.lookup(keys.map(idOf))) {
        const record = await recordOf(found)
        if (record.problem === undefined) rows.set(record.key, record.row)
      }
      return rows
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** The id that a key was made of. */
const idOf = (key: string): string => keyParts(key)[0] ?? ''

const byId = (one: Found, other: Found): number => (one.id < other.id ? -1 : 1)

/** The documents of a page in pieces of about half a megabyte: memory does not grow with what they hold. */
function* inPages(found: readonly Found[]): Generator<readonly Found[]> {
  let [from, characters] = [0, 0]
  for (const [index, one] of found.entries()) {
    characters += JSON.stringify(one).length
    if (characters < pageCharacters) continue
    yield found.slice(from, index + 1)
    ;[from, characters] = [index + 1, 0]
  }
  if (from < found.length) yield found.slice(from)
}

function pageOf<Row>(
  records: readonly SourceRecord<Row>[],
  found: readonly Found[],
  before: number,
): SourcePage<Row> {
  return {
    records,
    cursorAt: (index) => `${before + index + 1} ${found[index]?.id}`,
    mark: null,
  }
}

function parseCursor(text: string): [number, string] {
  const end = text.indexOf(' ')
  return [Number(text.slice(0, end)), text.slice(end + 1)]
}
