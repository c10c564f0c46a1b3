import { OffpeakError } from '../domain/errors.ts'
import type { OpenSink } from '../ports/sink.ts'
import { openFileSink } from './file-sink.ts'
import { openJsonlSink } from './jsonl-sink.ts'
import { openPostgresSink } from './postgres-sink.ts'

/** Opens the sink that a job's `to` describes, by its shape; E_JOB_INVALID when it is none. */
export const openSink: OpenSink = (definition, context) => {
  const kinds = [
    ...['table', 'upsert', 'jsonl'].filter((kind) => typeof definition[kind] === 'string'),
    ...(typeof definition['file'] === 'function' ? ['file'] : []),
  ]
  if (kinds.length !== 1) {
    throw new OffpeakError(
      'E_JOB_INVALID',
      'The sink (`to`) of the job needs exactly one of table, upsert, jsonl and file',
      {
        fix: "For example: to: { table: 'cases', set: ({ output }) => ({ headnote: output }) }",
      },
    )
  }
  if (kinds[0] === 'file') return openFileSink(definition, context)
  return kinds[0] === 'jsonl' ? openJsonlSink(definition, context) : openPostgresSink(definition, context)
}
