import { OffpeakError } from '../../domain/errors.ts'
import type { JoinContext, SinkContext } from '../../ports/job.ts'
import type { SourceReader, SourceRecord } from '../../ports/source.ts'
import { refuseHopeless } from '../../planning/schema/hopeless-field.ts'
import type { Flow } from '../flow.ts'
import { recordKey } from '../job/target.ts'
import { longAnswers } from './longest-answer.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { madeUpContext } from '../job/made-up-context.ts'
import { madeUpOutput } from '../job/made-up-context.ts'
import { refuseOwnSource } from './own-source.ts'
import { dryRunSink } from './dry-run-sink.ts'

export interface Rehearsed {
  readonly describe: string
  readonly checked: readonly string[]
  /** What may not be written, though it was not tried in vain. */
  readonly warnings: readonly string[]
  /** Whether `set`, `line` or `check` reads the row, which then has to be kept until the answer comes. */
  readonly keepRows: boolean
}

/** Of so many records from all over the source, the first that can be written is rehearsed with. */
const lookedAt = 10

/**
 * The dry run of a job: made-up answers that fit the schema, a short one and one as long as may be, are written by the
 * key of a real record in a transaction that is rolled back, so that a missing column, or one that is too short, is
 * found before money is spent. Throws E_SINK_*, E_JOB_INVALID for a job without a sink, and E_SCHEMA for an output that
 * no answer can fit.
 */
export async function dryRun(
  flow: Pick<Flow, 'connectors' | 'openSink' | 'store' | 'clock'>,
  job: PreparedJob,
  reader: SourceReader<unknown>,
): Promise<Rehearsed> {
  const { to, join, check, score } = job.job
  if (to === undefined && join === undefined)
    throw new OffpeakError('E_JOB_INVALID', `the job ${job.job.name} has no \`to\` and no \`join\``, {
      fix: "say where answers go: to: { table: 'cases', set: ({ output }) => ({ … }) }",
    })
  for (const sink of [to, join])
    if (sink !== undefined) refuseOwnSource(sink, reader.files?.() ?? [], flow.connectors.baseDir)
  if (job.strict !== null && job.job.output !== undefined) await refuseHopeless(job.strict, job.job.output)
  const sampled = await reader.sample(lookedAt)
  let touched = false
  const at = new Date(flow.clock.now())
  const partOf = (record: SourceRecord<unknown> | null, output: unknown): SinkContext<unknown, unknown> =>
    madeUpContext(job, {
      key: record?.key ?? '',
      output,
      at,
      rowOf() {
        touched = true
        return record !== null && record.problem === undefined ? record.row : {}
      },
    })
  const wholeOf = (record: SourceRecord<unknown> | null, output: unknown): JoinContext<unknown, unknown> => {
    const part = partOf(record, output)
    return {
      key: record === null ? '' : wholeKey(record),
      get row() {
        return part.row
      },
      get rows() {
        return [part.row]
      },
      output: [part.output],
      score: part.score,
      variant: part.variant,
      usage: part.usage,
      provenance: part.provenance,
    }
  }
  const answers = [{ kind: 'short' as const, output: madeUpOutput(job) }, ...(await longAnswers(job))]
  const common = { flow, job, sampled, answers }
  const [first] = sampled
  const joinKey = recordKey(job, first === undefined ? '' : wholeKey(first))
  const sinks = [
    to
      ? await dryRunSink({
          ...common,
          sink: to,
          contextOf: partOf,
          sourceKey: job.source.keyFields,
          keyOf: ({ key }) => key,
        })
      : null,
    join
      ? await dryRunSink({
          ...common,
          sink: join,
          contextOf: wholeOf,
          sourceKey: joinKey,
          keyOf: wholeKey,
        })
      : null,
  ].filter((sink) => sink !== null)
  const code = [
    check?.toString(),
    score?.of.toString(),
    ...[to, join].map((sink) => (sink ? codeOf(sink) : '')),
  ].join('\n')
  return {
    describe: sinks.map(({ describe }) => describe).join(', '),
    checked: sinks.flatMap(({ describe, done }) => (done ? [`${describe} (dry run, rolled back)`] : [])),
    warnings: sinks.flatMap(({ warnings }) => warnings),
    // What the code reads only now and then cannot be seen in one rehearsal, so its text is asked as well.
    keepRows: touched || /\brows?\b/.test(code),
  }
}

function wholeKey(record: SourceRecord<unknown>): string {
  return (record.problem === undefined ? record.part?.of : undefined) ?? record.key
}

/** The text of everything that a sink calls with a record. */
function codeOf(sink: object): string {
  return Object.values(sink)
    .map((part: unknown) => (typeof part === 'function' ? part.toString() : ''))
    .join('\n')
}
