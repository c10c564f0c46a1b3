import { OffpeakError } from '../domain/errors.ts'
import { isSinkConnector, type OpenSink, type Sink, type SinkItem } from '../ports/sink.ts'
import { openFileSink } from './files/file-sink.ts'
import { openCsvSink } from './row-files/csv-sink.ts'
import { openJsonlSink } from './row-files/jsonl-sink.ts'
import { openParquetSink } from './parquet/parquet-sink.ts'
import { openPostgresSink } from './postgres/sink.ts'
import { openSqliteSink } from './sqlite/sink.ts'
import { keyParts } from '../domain/record-key.ts'

/** A table is one of a SQLite file when the definition names one. */
const openTableSink: OpenSink = (definition, context) =>
  definition['database'] === undefined
    ? openPostgresSink(definition, context)
    : openSqliteSink(definition, context)

function ofRows(open: OpenSink): OpenSink {
  return async (definition, context) => withSourceTexts(await open(definition, context), context.sourceKey)
}

/** A connector that the job brings with it. */
const openOwnSink: OpenSink = async ({ sink }, context) => {
  if (!isSinkConnector(sink))
    throw new OffpeakError('E_JOB_INVALID', 'A sink of your own is { sink: connector }')
  return sink.open(context)
}

const openers: readonly (readonly [string, OpenSink])[] = [
  ['table', openTableSink],
  ['upsert', openTableSink],
  ['jsonl', ofRows(openJsonlSink)],
  ['csv', ofRows(openCsvSink)],
  ['parquet', ofRows(openParquetSink)],
  ['file', openFileSink],
  ['sink', openOwnSink],
]

const isNamed = (kind: string, value: unknown): boolean =>
  kind === 'sink' ? isSinkConnector(value) : typeof value === (kind === 'file' ? 'function' : 'string')

/** The sink that a job's `to` describes, by its shape; E_JOB_INVALID when it is none. */
export const openSink: OpenSink = (definition, context) => {
  const [open, ...others] = openers.filter(([kind]) => isNamed(kind, definition[kind]))
  if (!open || others.length > 0) {
    throw new OffpeakError(
      'E_JOB_INVALID',
      'The sink (`to`) of the job needs exactly one of table, upsert, jsonl, csv, parquet, file and sink',
      {
        fix: "For example: to: { table: 'cases', set: ({ output }) => ({ headnote: output }) }",
      },
    )
  }
  return open[1](definition, context)
}

/**
 * A sink of a file that is told keys of one field as the source's text, whatever it holds; keys of several fields stay
 * in the form of `keyOf`, and so does half of a surrogate pair, which no encoding of Unicode has.
 */
export function withSourceTexts(sink: Sink, sourceKey: readonly string[]): Sink {
  if (sourceKey.length !== 1) return sink
  return {
    ...sink,
    dryRun: (item) => sink.dryRun(withSourceText(item)),
    write: (items, options) => sink.write(items.map(withSourceText), options),
  }
}

function withSourceText(item: SinkItem): SinkItem {
  const [text = '', ...others] = keyParts(item.key)
  return text === item.key || others.length > 0 || !text.isWellFormed() ? item : { ...item, key: text }
}
