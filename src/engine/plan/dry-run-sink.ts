import { OffpeakError } from '../../domain/errors.ts'
import { ownValue } from '../../domain/own-value.ts'
import { threwWords } from '../../domain/user-code.ts'
import { typedKey } from '../../wording/typed-key.ts'
import type { SinkContext, SinkDefinition, Values } from '../../ports/job.ts'
import type { Sink } from '../../ports/sink.ts'
import type { SourceRecord } from '../../ports/source.ts'
import type { Flow } from '../flow.ts'
import { sinkValues, openTarget } from '../job/target.ts'
import { tooLongIn } from '../job/existing-output.ts'
import { otherMadeUpOutput } from '../job/made-up-context.ts'
import { numbersAsTextWarnings } from './numbers-as-text.ts'
import type { LongAnswer } from './longest-answer.ts'
import type { PreparedJob } from '../job/prepare.ts'

type Usable = Extract<SourceRecord<unknown>, { readonly problem?: undefined }>

export interface RehearsedSink<Context extends SinkContext<unknown, unknown>> {
  readonly flow: Pick<Flow, 'connectors' | 'openSink' | 'store' | 'clock'>
  readonly job: PreparedJob
  readonly sink: SinkDefinition<Context>
  readonly sourceKey: readonly string[]
  readonly sampled: readonly SourceRecord<unknown>[]
  /** The key by which a record is written there. */
  readonly keyOf: (record: SourceRecord<unknown>) => string
  /** What the sink is told of an answer to a record; null: none is at hand. */
  readonly contextOf: (record: SourceRecord<unknown> | null, output: unknown) => Context
  readonly answers: readonly (LongAnswer | { readonly kind: 'short'; readonly output: unknown })[]
}

/** The dry run of one sink of a job. Throws E_SINK_*. */
export async function dryRunSink<Context extends SinkContext<unknown, unknown>>({
  flow,
  job,
  sink,
  sourceKey,
  sampled,
  keyOf,
  contextOf,
  answers,
}: RehearsedSink<Context>): Promise<{
  readonly describe: string
  readonly done: boolean
  readonly warnings: readonly string[]
}> {
  await using target = await openTarget(flow, job, null, sink, sourceKey)
  const usable = sampled.filter((record) => record.problem === undefined)
  const record = await written(target.sink, usable, keyOf)
  const known = record ?? usable[0] ?? null
  const warnings: string[] = []
  const altered = new Set<string>()
  const valuesOf = (of: Usable, output: unknown): Values | null => valuesOrNull(sink, contextOf(of, output))
  for (const { kind, output } of answers) {
    const context = contextOf(known, output)
    // Without a usable record, code that reads the row has nothing to read, and nothing will be written either.
    if (kind === 'short' && known === null && throws(() => sinkValues(sink, context)))
      return { describe: target.sink.describe, done: false, warnings }
    const values = kind === 'short' ? valuesFor(job, sink, context) : valuesOrNull(sink, context)
    if (values === null) continue
    const item = { key: record === null ? '' : keyOf(record), values }
    if (kind === 'short') {
      const taken = await dryRunShort(job, target.sink, item, (vector) =>
        valuesFor(job, sink, contextOf(known, vector)),
      )
      await noteAlterations(target.sink, taken, altered)
    } else if (isRowSink(sink)) {
      const problem = await sinkProblem(target.sink, item)
      if (problem === null) {
        await noteAlterations(target.sink, item, altered)
        continue
      }
      if (kind === 'bounded') throw longerThan(problem, 'its schema lets it be')
      warnings.push(
        `a long answer may not be written: ${problem.message} (bound it in the schema, as z.string().max(200), or make room in the column)`,
      )
    }
  }
  if (isRowSink(sink)) warnings.push(...altered)
  const short = answers.find(({ kind }) => kind === 'short')
  if (isRowSink(sink) && short !== undefined)
    warnings.push(
      ...numbersAsTextWarnings(
        usable.map((of) => ({ row: of.row, values: valuesOf(of, short.output) ?? {} })),
      ),
    )
  if (isRowSink(sink))
    warnings.push(...(await tooLongWarnings(target.sink, usable, answers, otherMadeUpOutput(job), valuesOf)))
  // What was rehearsed shows where a sink of files writes.
  return { describe: target.sink.describe, done: true, warnings }
}

/**
 * Of each column of bounded texts the first record of which a text that the job puts together is too long for it: with a
 * short answer already, or with the longest that its schema lets be.
 */
async function tooLongWarnings(
  sink: Sink,
  usable: readonly Usable[],
  answers: RehearsedSink<SinkContext<unknown, unknown>>['answers'],
  other: unknown,
  valuesOf: (record: Usable, output: unknown) => Values | null,
): Promise<readonly string[]> {
  const bounds = (await sink.mostCharacters?.()) ?? new Map<string, number>()
  if (bounds.size === 0) return []
  const warned = new Map<string, string>()
  for (const record of usable) {
    const others = valuesOf(record, other) ?? {}
    for (const { kind, output } of answers) {
      if (kind === 'likely') continue
      for (const { column, text, problem } of tooLongIn(valuesOf(record, output) ?? {}, bounds)) {
        // What is the record's own whatever is answered is told of that record.
        if (ownValue(others, column) === text || warned.has(column)) continue
        const long = kind === 'short' ? 'a short answer' : 'an answer as long as its schema lets it be'
        warned.set(
          column,
          `${long} to record ${typedKey(record.key)} cannot be written: ${problem} (make room in the column, or cut the text in the job)`,
        )
      }
    }
  }
  return [...warned.values()]
}

/** The first record that has one row where it is written, which is rehearsed with. */
async function written(
  sink: Sink,
  usable: readonly Usable[],
  keyOf: (record: SourceRecord<unknown>) => string,
): Promise<Usable | null> {
  if (!sink.present || usable.length === 0) return usable[0] ?? null
  const found = await sink.present(usable.map((record) => ({ key: keyOf(record), row: record.row })))
  return usable.find((_, at) => typeof (found[at] ?? 'open') === 'string') ?? null
}

/**
 * Rehearses a short answer; returns what was taken. A vector of a model whose length nobody has written down is as long
 * there as the column says that it is.
 */
async function dryRunShort(
  job: PreparedJob,
  sink: Sink,
  item: Parameters<Sink['dryRun']>[0],
  valuesOf: (vector: readonly number[]) => Values,
): Promise<typeof item> {
  const problem = await sinkProblem(sink, item)
  if (problem === null) return item
  const isGuess = job.task === 'embedding' && job.inspection.vectorLength === null
  const wanted = isGuess ? /expected (\d+) dimensions/.exec(problem.message)?.[1] : undefined
  if (wanted === undefined) throw problem
  const fitting = { ...item, values: valuesOf(Array.from({ length: Number(wanted) }, () => 0.01)) }
  await sink.dryRun(fitting)
  return fitting
}

/** What the sink would make of this item, once for each column and cause. */
async function noteAlterations(
  sink: Sink,
  item: Parameters<Sink['dryRun']>[0],
  known: Set<string>,
): Promise<void> {
  for (const words of (await sink.alters?.(item)) ?? []) known.add(words)
}

async function sinkProblem(sink: Sink, item: Parameters<Sink['dryRun']>[0]): Promise<OffpeakError | null> {
  try {
    await sink.dryRun(item)
    return null
  } catch (thrown) {
    if (thrown instanceof OffpeakError && thrown.code.startsWith('E_SINK')) return thrown
    throw thrown
  }
}

function longerThan(problem: OffpeakError, what: string): OffpeakError {
  return new OffpeakError(
    problem.code,
    `an answer as long as ${what} cannot be written: ${problem.message}`,
    {
      ...(problem.where === null ? {} : { where: problem.where }),
      fix: 'make room in the column, or bound the field of the schema by what the column takes: z.string().max(…)',
      cause: problem,
    },
  )
}

function isRowSink(sink: object): boolean {
  return 'table' in sink || 'upsert' in sink
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
        fix: 'fix the function there; it is called with an answer made up from the schema',
        cause: thrown,
      },
    )
  }
}

function valuesOrNull<Context extends SinkContext<unknown, unknown>>(
  sink: SinkDefinition<Context>,
  context: Context,
): Values | null {
  try {
    return sinkValues(sink, context)
  } catch {
    return null
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
