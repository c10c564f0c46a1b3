import type { SinkPresence } from '../../ports/sink.ts'
import type { SourceRecord } from '../../ports/source.ts'
import type { Flow } from '../flow.ts'
import type { PreparedJob } from './prepare.ts'

/** Asks the sink of a job which records it has already; for sinks that cannot tell, the state alone decides. */
export interface Presence extends AsyncDisposable {
  readonly of: (records: readonly SourceRecord<unknown>[]) => Promise<ReadonlyMap<string, SinkPresence>>
}

/** Opens the sink only where it can tell, which is one that writes files. `redo`: nothing counts as there. */
export async function openPresence(
  flow: Pick<Flow, 'connectors' | 'openSink' | 'store'>,
  job: PreparedJob,
  redo: boolean,
): Promise<Presence> {
  const { to, join } = job.job
  const definition = to ?? join
  const sink =
    definition && 'file' in definition
      ? await flow.openSink(
          { ...definition },
          { ...flow.connectors, sourceKey: job.source.keyFields, sourceTables: [] },
        )
      : null
  return {
    async of(records) {
      if (!sink?.present) return new Map()
      const usable = records.flatMap((record) => (record.problem === undefined ? [record] : []))
      const found = await sink.present(
        usable.map(({ key, row, part }) => ({ key: to ? key : (part?.of ?? key), row })),
      )
      const there = new Map(
        usable.map(({ key }, index) => [key, decided(found[index] ?? 'open', redo)] as const),
      )
      // No file yet, because a part of the record is missing: those that are answered are not asked again.
      const absent = [...there.keys()].filter((key) => there.get(key) === 'absent')
      if (to === undefined && absent.length > 0)
        for (const key of await flow.store.waitingParts(job.job.name, absent)) there.set(key, 'open')
      return there
    },
    async [Symbol.asyncDispose]() {
      await sink?.[Symbol.asyncDispose]()
    },
  }
}

function decided(presence: SinkPresence, redo: boolean): SinkPresence {
  return redo && presence === 'present' ? 'absent' : presence
}
