import type { Clock } from '../../ports/clock.ts'
import type { SinkItem } from '../../ports/sink.ts'
import type { SourceRecord } from '../../ports/source.ts'
import { sinkValues } from './target.ts'
import { ownValue } from '../../domain/own-value.ts'
import { madeUpContext, madeUpOutput, otherMadeUpOutput } from './made-up-context.ts'
import type { PreparedJob } from './prepare.ts'

/**
 * Items of an upsert for records that nobody has answered: the key is right where it is made of the record, and the
 * rest is made up.
 */
export class UnaskedItems {
  readonly #job: PreparedJob
  readonly #clock: Clock
  readonly #outputs: { first?: unknown; other?: unknown } = {}

  constructor(job: PreparedJob, clock: Clock) {
    this.#job = job
    this.#clock = clock
  }

  /** Null where the job's own code makes nothing of an invented answer. */
  of(record: SourceRecord<unknown>): SinkItem | null {
    return this.#item(record, 'first')
  }

  /** Whether a column is given this value whatever is answered, as far as two different answers show. */
  isOfRecordAlone(record: SourceRecord<unknown>, column: string, value: unknown): boolean {
    const item = this.#item(record, 'other')
    return item !== null && Object.is(ownValue(item.values, column), value)
  }

  #item(record: SourceRecord<unknown>, which: 'first' | 'other'): SinkItem | null {
    const { to } = this.#job.job
    if (to === undefined || record.problem !== undefined) return null
    const { key, row, part } = record
    try {
      const output = (this.#outputs[which] ??=
        which === 'first' ? madeUpOutput(this.#job) : otherMadeUpOutput(this.#job))
      const at = new Date(this.#clock.now())
      const values = sinkValues(to, madeUpContext(this.#job, { key, output, at, rowOf: () => row }))
      return part === undefined
        ? { key, values }
        : { key, values, part: { index: part.index, count: part.count } }
    } catch {
      return null
    }
  }
}

/** Whether a job's sink owns the chunks of the texts whose pieces it writes. */
export function ownsChunks({ job }: PreparedJob): boolean {
  return job.to !== undefined && 'scope' in job.to && job.to.scope !== undefined
}
