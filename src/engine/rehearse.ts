import { messageOf, OffpeakError } from '../domain/errors.ts'
import type { SinkContext } from '../ports/job.ts'
import type { SourceReader } from '../ports/source.ts'
import { exampleOf } from '../planning/example.ts'
import type { Flow } from './flow.ts'
import { sinkValues } from './judge.ts'
import type { PreparedJob } from './prepare.ts'
import { openTarget } from './target.ts'

export interface Rehearsed {
  readonly describe: string
  readonly checked: readonly string[]
  /** Whether `set`, `line` or `check` reads the row, which then has to be kept until the answer comes. */
  readonly keepRows: boolean
}

/** So many records may be unusable before the rehearsal goes without one. */
const lookedAt = 10

/**
 * Makes up an answer that fits the schema and writes it in a transaction that is rolled back, so that a missing
 * column is found before money is spent. Throws E_SINK_*.
 */
export async function rehearse(
  flow: Pick<Flow, 'connectors' | 'openSink' | 'clock'>,
  job: PreparedJob,
  reader: SourceReader<unknown>,
): Promise<Rehearsed> {
  await using target = await openTarget(flow, job)
  const sampled = await reader.sample(lookedAt)
  const first = sampled.find(({ problem }) => problem === undefined) ?? sampled[0]
  const key = first?.key ?? ''
  const row = first && first.problem === undefined ? first.row : {}
  let touched = false
  const context: SinkContext<unknown, unknown> = {
    key,
    get row() {
      touched = true
      return row
    },
    output: job.strict ? job.strict.decode(exampleOf(job.strict.schema)) : 'An answer.',
    usage: { inputTokens: 1_000, cachedTokens: 0, outputTokens: 100, cost: 0.0001 },
    provenance: {
      job: job.job.name,
      version: job.job.version ?? '',
      model: job.model,
      run: 'rehearsal',
      at: new Date(flow.clock.now()),
    },
  }
  // Without a usable record, code that reads the row has nothing to read, and nothing will be written either.
  const isRehearsed =
    (first !== undefined && first.problem === undefined) || !throws(() => sinkValues(job.job, context))
  if (isRehearsed) await target.sink.rehearse({ key, values: valuesFor(job, context) })
  const { to } = job.job
  const code = [
    job.job.check,
    'line' in to && to.line,
    'set' in to && to.set,
    'file' in to && to.file,
    'content' in to && to.content,
  ]
    .map((act) => (typeof act === 'function' ? act.toString() : ''))
    .join('\n')
  return {
    describe: target.sink.describe,
    checked: isRehearsed ? [`${target.sink.describe} (rehearsed, rolled back)`] : [],
    // What the code reads only now and then cannot be seen in one rehearsal, so its text is asked as well.
    keepRows: touched || /\brow\b/.test(code),
  }
}

function valuesFor(
  job: PreparedJob,
  context: SinkContext<unknown, unknown>,
): Readonly<Record<string, unknown>> {
  try {
    return sinkValues(job.job, context)
  } catch (thrown) {
    throw new OffpeakError(
      'E_SINK_VALUE',
      `the job's sink cannot make values of an answer that fits its schema: ${messageOf(thrown)}`,
      { where: `job ${job.job.name}`, cause: thrown },
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
