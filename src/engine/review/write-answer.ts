import { OffpeakError } from '../../domain/errors.ts'
import { typedKey } from '../../wording/typed-key.ts'
import { hashRow } from '../../planning/requests/fingerprint.ts'
import type { RunRow } from '../../ports/state.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import type { Judgement } from '../answers/judge.ts'
import { openTarget, type Target } from '../job/target.ts'
import { ownerOf } from '../job/target.ts'
import { itemOf, writeChunk, type Written } from '../merge/write-chunk.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { specOf } from '../spec.ts'
import type { JudgedRecord } from '../answers/judged-record.ts'

/** An answer that a person has accepted, and what was to be written of the record before. */
export interface AcceptedAnswer {
  readonly run: RunRow
  readonly job: PreparedJob
  readonly record: JudgedRecord
  readonly judgement: Judgement
  /** What was written of it, when it is in the sink already. */
  readonly written: Judgement | null
}

/**
 * The outcome of a record once an answer that a person has accepted is written into the job's sink. A row that is no
 * longer what was asked about is left alone: `stale`. What was written before only gives way while it is still there as
 * it was written (E_RUN_STATE).
 */
export async function writeAnswer(flow: Flow, answer: AcceptedAnswer): Promise<Written> {
  const { run, job, record, judgement, written } = answer
  if (job.job.to === undefined) return { outcome: 'held', reason: null }
  if (judgement.values === null)
    throw new OffpeakError(
      'E_SINK_VALUE',
      `the answer cannot be written: ${judgement.reason ?? 'it has no values'}`,
      { where: `job ${run.job}`, fix: 'edit it, or fix `set` in the job' },
    )
  await using target = await openTarget(flow, job, ownerOf(run, true))
  const { request } = record
  const chunk = `${run.id}/review/${request.seq}/${flow.clock.now()}`
  if (written === null) {
    const batch = request.batchN === null ? null : await flow.store.batch(run.id, request.batchN)
    const mark = batch?.snapshot ?? null
    // Where the sink cannot tell what changed since, the source is asked, however long ago the record was read.
    if (mark === null && (await hasChanged(target, record)))
      return { outcome: 'stale', reason: 'its row changed after it was read' }
    const judged = [{ request, verdict: judgement, item: itemOf(request, judgement) }]
    const [result] = await withCrashPoints(flow.reach, 'review.sink.write', () =>
      writeChunk(target.sink, target.reader, judged, { mark, redo: specOf(run).redo, chunk }),
    )
    return result ?? { outcome: 'rejected', reason: 'the sink has said nothing' }
  }
  const items = [{ key: request.key, values: judgement.values }]
  await requireUntouched(target.sink, record, [itemOf(request, written), items[0] ?? null])
  const [result] = await withCrashPoints(flow.reach, 'review.sink.write', () =>
    target.sink.write(items, { mark: null, redo: true, chunk }),
  )
  if (result?.kind === 'written' || result?.kind === 'same') return { outcome: 'merged', reason: null }
  throw new OffpeakError(
    'E_SINK_VALUE',
    `the sink did not take it: ${result?.kind === 'rejected' ? result.reason : 'the row is gone'}`,
    { where: target.sink.describe, fix: 'what was written before is still there; put it otherwise' },
  )
}

/** The check that the sink holds one of these, as far as it can tell: throws E_RUN_STATE when it does not. */
export async function requireUntouched(
  sink: Target['sink'],
  { request }: JudgedRecord,
  known: readonly (Parameters<NonNullable<Target['sink']['holds']>>[0][number] | null)[],
): Promise<void> {
  if (!sink.holds) return
  for (const item of known) {
    const [held] = item === null ? [false] : await sink.holds([item])
    if (held === true) return
  }
  throw new OffpeakError(
    'E_RUN_STATE',
    `what was written of record ${typedKey(request.key)} was changed since; it is left as it is`,
    {
      where: sink.describe,
      fix: `offpeak merge ${request.runId} writes the stored answers over whatever is there`,
    },
  )
}

async function hasChanged({ reader }: Target, { request }: JudgedRecord): Promise<boolean> {
  const rows = reader.reread ? await reader.reread([request.key]) : null
  return rows !== null && (!rows.has(request.key) || hashRow(rows.get(request.key)) !== request.rowHash)
}
