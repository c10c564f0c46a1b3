import type { NewRequest } from '../../ports/store/requests.ts'
import type { EncodedRecord } from './page.ts'

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
