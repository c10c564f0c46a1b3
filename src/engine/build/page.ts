import { Buffer } from 'node:buffer'
import { setImmediate as breath } from 'node:timers/promises'
import { hashRow } from '../../planning/requests/fingerprint.ts'
import type { Marked } from '../../planning/requests/meaning.ts'
import type { Attachments } from '../../ports/attachments.ts'
import type { Part, SourceRecord } from '../../ports/source.ts'
import { type AttachedSpan, loadBody, type LoadedBody, loadedAlready, writeBody } from '../files/body.ts'
import type { PreparedJob } from '../job/prepare.ts'
import type { NewRequest } from '../../ports/store/requests.ts'

/** A page of records as the bytes of their bodies, before it is known which of them are sent. */
export interface EncodedRecord extends Marked {
  readonly key: string
  readonly problem: string | null
  readonly rowHash: string
  readonly body: Uint8Array
  /** Where attached files lie in the body. */
  readonly spans: readonly AttachedSpan[]
  /** The row as a JSON line, when the run keeps rows. */
  readonly row: string | null
  readonly part: Part | null
}

const nothing = new Uint8Array(0)
const noSpans: readonly AttachedSpan[] = []

/** With attached files a page can be a thousand times as large as its rows: it is then given in groups of so many bytes. */
const groupBytes = 16 * 1024 * 1024

/** The source's next page only comes in while nothing else runs: without a breath it would be waited for. */
const breathBytes = 128 * 1024

interface Span {
  readonly record: SourceRecord<unknown>
  readonly problem: string | null
  readonly at: number
  readonly length: number
  readonly spans: readonly AttachedSpan[]
  readonly fingerprint: string
}

/** An encoder of pages into one growing buffer; the bytes of a group are valid until the next one is asked for. */
export class PageEncoder {
  readonly #job: PreparedJob
  readonly #keepRows: boolean
  readonly #attachments: Attachments
  #buffer = Buffer.allocUnsafe(4 * 1024 * 1024)
  #filled = 0

  constructor(job: PreparedJob, keepRows: boolean, attachments: Attachments) {
    this.#job = job
    this.#keepRows = keepRows
    this.#attachments = attachments
  }

  /** The records in their order, all in one group unless they carry many bytes of files. */
  async *encode(records: readonly SourceRecord<unknown>[]): AsyncGenerator<readonly EncodedRecord[], void> {
    let spans: Span[] = []
    this.#filled = 0
    let breathAt = breathBytes
    for (const record of records) {
      const made =
        record.problem === undefined
          ? this.#job.body(record.row, record.part?.of ?? record.key)
          : { problem: record.problem }
      if ('problem' in made) spans.push(unusable(record, made.problem))
      else if (made.files.length === 0) spans.push(this.#write(record, loadedAlready(made)))
      else {
        if (this.#filled >= groupBytes) {
          yield this.#finish(spans)
          spans = []
          this.#filled = 0
          breathAt = breathBytes
        }
        const loaded = await loadBody(made, this.#attachments)
        spans.push('problem' in loaded ? unusable(record, loaded.problem) : this.#write(record, loaded))
      }
      if (this.#filled < breathAt) continue
      breathAt = this.#filled + breathBytes
      await breath()
    }
    if (spans.length > 0) yield this.#finish(spans)
  }

  #write(record: SourceRecord<unknown>, loaded: LoadedBody): Span {
    this.#room(loaded.mostBytes)
    const at = this.#filled
    const written = writeBody(loaded, this.#job.reader, this.#buffer, at)
    if ('problem' in written) return unusable(record, written.problem)
    const { length, spans, own } = written
    this.#filled += length
    // Its pieces lie in a buffer that may be exchanged for a larger one.
    return { record, problem: null, at, length, spans, fingerprint: this.#job.fingerprint(own) }
  }

  #finish(group: readonly Span[]): readonly EncodedRecord[] {
    return group.map(({ record, problem, at, length, spans, fingerprint }) => {
      const body = problem === null ? this.#buffer.subarray(at, at + length) : nothing
      return {
        key: record.key,
        problem,
        body,
        spans,
        fingerprint,
        former: () => this.#job.formerFingerprint(body),
        rowHash: record.problem === undefined ? hashRow(record.row) : '',
        row: this.#keepRows && record.problem === undefined ? JSON.stringify(record.row) : null,
        part: record.problem === undefined ? (record.part ?? null) : null,
      }
    })
  }

  #room(wanted: number): void {
    const needed = this.#filled + wanted
    if (needed <= this.#buffer.length) return
    // Memory for one large file is not doubled: nothing that large need come after it.
    const larger = Buffer.allocUnsafe(
      wanted > groupBytes ? needed : Math.max(needed, this.#buffer.length * 2),
    )
    this.#buffer.copy(larger, 0, 0, this.#filled)
    this.#buffer = larger
  }
}

function unusable(record: SourceRecord<unknown>, problem: string): Span {
  return { record, problem, at: 0, length: 0, spans: noSpans, fingerprint: '' }
}

/** The request of a record before it lies in a file; where parts are joined, a record that was not split is its own only part. */
export function newRequest(record: EncodedRecord, seq: number, joins: boolean): NewRequest {
  const part = record.part ?? (joins ? { of: record.key, index: 0, count: 1 } : null)
  return {
    seq,
    key: record.key,
    fingerprint: record.fingerprint,
    rowHash: record.rowHash,
    batchN: null,
    line: null,
    fileOffset: null,
    fileLength: null,
    rowOffset: null,
    rowLength: null,
    outcome: 'pending',
    reason: null,
    deduplicatedInto: null,
    partOf: part?.of ?? null,
    partIndex: part?.index ?? null,
    parts: part?.count ?? null,
  }
}
