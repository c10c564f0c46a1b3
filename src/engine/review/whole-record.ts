import type { Outcome } from '../../domain/outcome.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { openRecord } from '../merge/join.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { wholeRecord } from '../job/whole-records.ts'
import type { JudgedRecord } from '../answers/judged-record.ts'
import { requireUntouched } from './write-answer.ts'

/** The record that an answer is a part of, of a job that joins. */
export interface WholeRecord extends AsyncDisposable {
  /** The key of the record when it is written already, so that it has to be joined once more. */
  readonly rejoin: string | null
  /** Writes it when all of its parts are accepted now; null: one is not yet. */
  readonly write: (at: number) => Promise<Outcome | null>
}

/**
 * The whole record that an answer is a part of, before the answer changes; null: the job does not join. Throws
 * E_RUN_STATE when it is written and is not any more what was written.
 */
export async function openWhole(
  flow: Flow,
  run: RunRow,
  job: PreparedJob,
  record: JudgedRecord,
): Promise<WholeRecord | null> {
  const { join } = job.job
  const { partOf, joined } = record.request
  if (join === undefined || partOf === null) return null
  const group = joined === 1 ? await wholeRecord(flow, run, partOf) : null
  const open = group === null ? null : await openRecord(flow, run, job, join, group)
  if (open !== null) {
    const values = await open.values()
    // A new value is made of what is stored once the answer has changed.
    await requireUntouched(open.sink, record, [values === null ? null : { key: partOf, values }])
  }
  return {
    rejoin: open === null ? null : partOf,
    async write(at) {
      const name = `review/${record.request.seq}/${at}`
      if (open !== null) return open.write({ name, redo: true })
      const now = await wholeRecord(flow, run, partOf)
      if (now === null) return null
      await using first = await openRecord(flow, run, job, join, now)
      return await first.write({ name, redo: false })
    },
    async [Symbol.asyncDispose]() {
      await open?.[Symbol.asyncDispose]()
    },
  }
}
