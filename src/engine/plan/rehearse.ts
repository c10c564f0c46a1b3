import { OffpeakError } from '../../domain/errors.ts'
import { threwWords } from '../../domain/user-code.ts'
import type { JoinContext, SinkContext, SinkDefinition, Values } from '../../ports/job.ts'
import type { SourceReader } from '../../ports/source.ts'
import { exampleOf } from '../../planning/example.ts'
import { refuseHopeless } from '../../planning/hopeless-field.ts'
import { variantNames } from '../../planning/render.ts'
import type { Flow } from '../flow.ts'
import { sinkValues } from '../merge/judge.ts'
import type { PreparedJob } from './prepare.ts'
import { openTarget, recordKey } from '../merge/target.ts'

export interface Rehearsed {
  readonly describe: string
  readonly checked: readonly string[]
  /** Whether `set`, `line` or `check` reads the row, which then has to be kept until the answer comes. */
  readonly keepRows: boolean
}

/** How many numbers the smaller of OpenAI's models gives (OpenAI guide, Embeddings). */
const usualDimensions = 1_536
/** So many records may be unusable before the rehearsal goes without one. */
const lookedAt = 10

/**
 * Makes up an answer that fits the schema and writes it in a transaction that is rolled back, so that a missing
 * column is found before money is spent. Throws E_SINK_*, E_JOB_INVALID for a job without a sink, and E_SCHEMA for an
 * output that no answer can fit.
 */
export async function rehearse(
  flow: Pick<Flow, 'connectors' | 'openSink' | 'clock'>,
  job: PreparedJob,
  reader: SourceReader<unknown>,
): Promise<Rehearsed> {
  const { to, join, check, score } = job.job
  if (to === undefined && join === undefined)
    throw new OffpeakError('E_JOB_INVALID', `the job ${job.job.name} has no \`to\` and no \`join\``, {
      fix: "say where answers go: to: { table: 'cases', set: ({ output }) => ({ … }) }",
    })
  if (job.strict !== null && job.job.output !== undefined) await refuseHopeless(job.strict, job.job.output)
  const sampled = await reader.sample(lookedAt)
  const first = sampled.find(({ problem }) => problem === undefined) ?? sampled[0]
  const usable = first !== undefined && first.problem === undefined
  const row = usable ? first.row : {}
  const of = (usable ? first.part?.of : undefined) ?? first?.key ?? ''
  let touched = false
  const part: SinkContext<unknown, unknown> = {
    key: first?.key ?? '',
    get row() {
      touched = true
      return row
    },
    output: madeUp(job),
    score: job.job.score ? 1 : null,
    variant: variantNames(job.job)[0] ?? null,
    usage: { inputTokens: 1_000, cachedTokens: 0, outputTokens: 100, cost: 0.0001 },
    provenance: {
      job: job.job.name,
      version: job.job.version ?? '',
      model: job.model,
      run: 'rehearsal',
      at: new Date(flow.clock.now()),
    },
  }
  const whole: JoinContext<unknown, unknown> = {
    key: of,
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
  const sinks = [
    to ? await rehearseSink(flow, job, to, part, { sourceKey: job.source.keyFields, usable }) : null,
    join ? await rehearseSink(flow, job, join, whole, { sourceKey: recordKey(job, of), usable }) : null,
  ].filter((sink) => sink !== null)
  const code = [
    check?.toString(),
    score?.of.toString(),
    ...[to, join].map((sink) => (sink ? codeOf(sink) : '')),
  ].join('\n')
  return {
    describe: sinks.map(({ describe }) => describe).join(', '),
    checked: sinks.flatMap(({ describe, done }) => (done ? [`${describe} (rehearsed, rolled back)`] : [])),
    // What the code reads only now and then cannot be seen in one rehearsal, so its text is asked as well.
    keepRows: touched || /\brows?\b/.test(code),
  }
}

function madeUp(job: PreparedJob): unknown {
  if (job.endpoint === '/v1/embeddings')
    return Array.from({ length: job.job.dimensions ?? usualDimensions }, () => 0.01)
  return job.strict ? job.strict.decode(exampleOf(job.strict.enforced)) : 'An answer.'
}

async function rehearseSink<Context extends SinkContext<unknown, unknown>>(
  flow: Pick<Flow, 'connectors' | 'openSink'>,
  job: PreparedJob,
  sink: SinkDefinition<Context>,
  context: Context,
  { sourceKey, usable }: { readonly sourceKey: readonly string[]; readonly usable: boolean },
): Promise<{ readonly describe: string; readonly done: boolean }> {
  await using target = await openTarget(flow, job, sink, sourceKey)
  // Without a usable record, code that reads the row has nothing to read, and nothing will be written either.
  const done = usable || !throws(() => sinkValues(sink, context))
  if (done) await target.sink.rehearse({ key: context.key, values: valuesFor(job, sink, context) })
  return { describe: target.sink.describe, done }
}

/** The text of everything that a sink calls with a record. */
function codeOf(sink: object): string {
  return Object.values(sink)
    .map((part: unknown) => (typeof part === 'function' ? part.toString() : ''))
    .join('\n')
}

function valuesFor<Context extends SinkContext<unknown, unknown>>(
  job: PreparedJob,
  sink: SinkDefinition<Context>,
  context: Context,
): Values {
  try {
    return sinkValues(sink, context)
  } catch (thrown) {
    throw new OffpeakError(
      'E_SINK_VALUE',
      `the job's sink cannot make values of an answer that fits its schema: it threw${threwWords(thrown)}`,
      {
        where: `job ${job.job.name}`,
        fix: 'mend the function there; it is called with an answer made up from the schema',
        cause: thrown,
      },
    )
  }
}

function throws(act: () => unknown): boolean {
  try {
    act()
    return false
  } catch {
    return true
  }
}
