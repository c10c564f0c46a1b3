import { Buffer } from 'node:buffer'
import { hashRow } from '../planning/fingerprint.ts'
import type { Part, SourceRecord } from '../ports/source.ts'
import type { PreparedJob } from './prepare.ts'

/** A page of records as the bytes of their bodies, before it is known which of them are sent. */
export interface EncodedRecord {
  readonly key: string
  readonly problem: string | null
  readonly fingerprint: string
  readonly rowHash: string
  readonly body: Uint8Array
  /** The row as a JSON line, when the run keeps rows. */
  readonly row: string | null
  readonly part: Part | null
}

const nothing = new Uint8Array(0)

/** Encodes pages into one growing buffer; the bytes of a page are valid until the next call. */
export class PageEncoder {
  readonly #job: PreparedJob
  readonly #keepRows: boolean
  #buffer = Buffer.allocUnsafe(4 * 1024 * 1024)

  constructor(job: PreparedJob, keepRows: boolean) {
    this.#job = job
    this.#keepRows = keepRows
  }

  encode(records: readonly SourceRecord<unknown>[]): readonly EncodedRecord[] {
    const spans: {
      readonly record: SourceRecord<unknown>
      readonly problem: string | null
      readonly at: number
      readonly length: number
    }[] = []
    let filled = 0
    for (const record of records) {
      const made =
        record.problem === undefined
          ? this.#job.body(record.row, record.part?.of ?? record.key)
          : { problem: record.problem }
      if ('problem' in made) {
        spans.push({ record, problem: made.problem, at: 0, length: 0 })
        continue
      }
      this.#room(filled, made.text.length * 3)
      const length = this.#buffer.write(made.text, filled)
      spans.push({ record, problem: null, at: filled, length })
      filled += length
    }
    return spans.map(({ record, problem, at, length }) => {
      const body = problem === null ? this.#buffer.subarray(at, at + length) : nothing
      return {
        key: record.key,
        problem,
        body,
        fingerprint: problem === null ? this.#job.fingerprint(body) : '',
        rowHash: record.problem === undefined ? hashRow(record.row) : '',
        row: this.#keepRows && record.problem === undefined ? JSON.stringify(record.row) : null,
        part: record.problem === undefined ? (record.part ?? null) : null,
      }
    })
  }

  #room(filled: number, wanted: number): void {
    if (filled + wanted <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, filled + wanted))
    this.#buffer.copy(larger, 0, 0, filled)
    this.#buffer = larger
  }
}
