/** A connector of a stranger, each name used as there. It is compiled by `npm run typecheck` and never run. */
import { chain, checkedRecord, keyFields, keyOf, keyParts } from 'offpeak'
import type {
  ConnectorContext,
  Part,
  ReadOptions,
  RepeatedKeys,
  Sink,
  SinkConnector,
  SinkItem,
  SinkOpenContext,
  SinkPresence,
  SinkRecord,
  SinkResult,
  SinkRow,
  Source,
  SourceDefinition,
  SourcePage,
  SourceReader,
  SourceRecord,
  StandardIssue,
  StandardResult,
  StandardSchema,
  WriteOptions,
} from 'offpeak'

interface Row {
  readonly id: string
}

const issue: StandardIssue = { message: 'is not a row', path: ['id'] }
const result = (value: unknown): StandardResult<Row> =>
  typeof value === 'string' ? { value: { id: value } } : { issues: [issue] }
const schema: StandardSchema<unknown, Row> = {
  '~standard': { version: 1, vendor: 'mine', validate: result },
}

const part: Part = { of: 'a', index: 0, count: 1 }
const repeated: RepeatedKeys = { records: 0, of: 1, example: null }
const record: SourceRecord<Row> = { key: keyOf(['a', 'b']), row: { id: 'a' }, part }

async function* read({ after, only }: ReadOptions): AsyncGenerator<SourcePage<Row>> {
  const checked: SourceRecord<Row> = await checkedRecord(keyParts(after ?? '').join(), only, schema)
  yield { records: [record, checked], cursorAt: String, mark: null }
}

const reader: SourceReader<Row> = {
  check: () => Promise.resolve(),
  count: () => Promise.resolve(null),
  sample: () => Promise.resolve([record]),
  repeatedKeys: () => Promise.resolve(repeated),
  read,
  reread: null,
  [Symbol.asyncDispose]: () => Promise.resolve(),
}

const definition: SourceDefinition<Row> = {
  kind: 'mine',
  describe: 'my rows',
  key: keyFields('id', 'mine'),
  open: (_context: ConnectorContext) => Promise.resolve(reader),
  limit: () => definition,
}
export const source: Source<Row> = chain(definition).limit(5)

const row: SinkRow = { name: 'a', isOwnKey: true }
const sink: Sink = {
  describe: 'my place',
  dryRun: (_item: SinkItem) => Promise.resolve(),
  present: (records: readonly SinkRecord[]) => Promise.resolve(records.map((): SinkPresence => 'open')),
  rows: () => Promise.resolve([row, null]),
  write: (items, { chunk }: WriteOptions) =>
    Promise.resolve(items.map((): SinkResult => ({ kind: chunk === '' ? 'same' : 'written' }))),
  [Symbol.asyncDispose]: () => Promise.resolve(),
}
export const connector: SinkConnector = {
  kind: 'mine',
  describe: 'my place',
  open: (_context: SinkOpenContext) => Promise.resolve(sink),
}
