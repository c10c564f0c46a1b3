import { mostAnswerBytes } from '../../planning/answers/answer-bytes.ts'
import type { BatchRow } from '../../ports/state.ts'

/** The most bytes that an answer file of this batch is taken for one with. */
export function boundOf(
  batch: Pick<BatchRow, 'requests' | 'bytes'> | null,
  maxOutputTokens: number | null,
): number {
  return mostAnswerBytes({
    requests: batch?.requests ?? 1,
    requestBytes: batch?.bytes ?? 0,
    maxOutputTokens,
  })
}
