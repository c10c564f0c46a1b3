import { keySeparator } from '../../domain/record-key.ts'
import type { Sink } from '../../ports/sink.ts'
import type { SourceReader } from '../../ports/source.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import type { PreparedJob } from './prepare.ts'
import { type OwnedSink, type Owner, withOwnedRows } from './owned-rows.ts'
import type { SinkContext, SinkDefinition, Values } from '../../ports/job.ts'

/** Where a job's answers go, with the source they can be compared with. */
export interface Target extends AsyncDisposable {
  readonly sink: OwnedSink
  readonly reader: SourceReader<unknown>
}

/**
 * A sink of a job and its source, opened; the source tells whether a row is still what was asked about. Without a
 * definition (a job that only joins) the sink takes nothing; without an owner nobody asks whose a row is.
 */
export async function openTarget(
  flow: Pick<Flow, 'connectors' | 'openSink' | 'store' | 'clock'>,
  job: PreparedJob,
  owner: Owner | null,
  definition: object | undefined = job.job.to,
  sourceKey: readonly string[] = job.source.keyFields,
): Promise<Target> {
  const reader = await job.source.open(flow.connectors)
  try {
    const sourceTables = (await reader.tables?.()) ?? []
    const sourceFiles = reader.files?.() ?? []
    const sink =
      definition === undefined
        ? noSink
        : await flow.openSink({ ...definition }, { ...flow.connectors, sourceKey, sourceTables, sourceFiles })
    return {
      sink: owner === null ? sink : withOwnedRows(sink, flow, owner),
      reader,
      async [Symbol.asyncDispose]() {
        await sink[Symbol.asyncDispose]()
        await reader[Symbol.asyncDispose]()
      },
    }
  } catch (thrown) {
    await reader[Symbol.asyncDispose]()
    throw thrown
  }
}

const noSink: Sink = {
  describe: 'nothing',
  dryRun: () => Promise.resolve(),
  write: (items) => Promise.resolve(items.map(() => ({ kind: 'written' }))),
  [Symbol.asyncDispose]: () => Promise.resolve(),
}

/** The columns of the source's key that make the key of a whole record. */
export function recordKey(job: PreparedJob, of: string): readonly string[] {
  return job.source.keyFields.slice(0, of.split(keySeparator).length)
}

/** For whom a run writes. */
export function ownerOf(
  { id, job, simulated }: Pick<RunRow, 'id' | 'job' | 'simulated'>,
  redo: boolean,
): Owner {
  return { job, runId: id, isSimulated: simulated === 1, redo, take: true }
}

/** Values that a sink definition makes of an accepted output. */
export function sinkValues<Context extends SinkContext<unknown, unknown>>(
  to: SinkDefinition<Context>,
  context: Context,
): Values {
  if ('file' in to)
    return { file: to.file(context), content: to.content ? to.content(context) : context.output }
  if ('set' in to) return to.set(context)
  if ('sink' in to) return to.values ? to.values(context) : { output: context.output }
  return to.line ? to.line(context) : { output: context.output }
}
