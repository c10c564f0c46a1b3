import type { Sink } from '../ports/sink.ts'
import type { SourceReader } from '../ports/source.ts'
import type { Flow } from './flow.ts'
import type { PreparedJob } from './prepare.ts'

/** Where a job's answers go, with the source they can be compared with. */
export interface Target extends AsyncDisposable {
  readonly sink: Sink
  readonly reader: SourceReader<unknown>
}

/** Opens the sink of a job and its source, which tells whether a row is still what was asked about. */
export async function openTarget(
  flow: Pick<Flow, 'connectors' | 'openSink'>,
  job: PreparedJob,
): Promise<Target> {
  const reader = await job.source.open(flow.connectors)
  try {
    const sourceTables = (await reader.tables?.()) ?? []
    const sink = await flow.openSink(
      { ...job.job.to },
      { ...flow.connectors, sourceKey: job.source.keyFields, sourceTables },
    )
    return {
      sink,
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
