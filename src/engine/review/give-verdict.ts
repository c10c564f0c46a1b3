import { OffpeakError } from '../../domain/errors.ts'
import type { Outcome } from '../../domain/outcome.ts'
import { typedKey } from '../../wording/typed-key.ts'
import type { VerdictName } from '../../domain/verdict.ts'
import type { RunRow } from '../../ports/state.ts'
import type { GivenVerdict as StoredVerdict, VerdictRow } from '../../ports/store/answers.ts'
import { withCrashPoints } from '../crash-points.ts'
import { settleRescued } from '../job/settle-rescued.ts'
import type { Flow } from '../flow.ts'
import { acceptedAsIs, overrideIn } from '../answers/override.ts'
import { trackWhole } from '../merge/track.ts'
import { type PreparedJob, prepareReading } from '../job/prepare.ts'
import { requireSameWrite } from '../job/job-change.ts'
import { accepted, findJudged, type JudgedRecord, requireAtRest } from '../answers/judged-record.ts'
import { type OutcomeChange, outcomeChange } from './outcome-change.ts'
import { editedOutput, fitting, requireNewest } from './refusals.ts'
import { openWhole } from './whole-record.ts'
import { readJudged } from '../answers/read-judged.ts'
import { writeAnswer } from './write-answer.ts'

/** A person's verdict on one answer. */
export interface Verdict {
  readonly run: string
  readonly key: string
  readonly verdict: VerdictName
  readonly reason: string | null
  readonly by: string
  readonly at: number
}

/** A new verdict of a person. */
export interface NewVerdict extends Omit<Verdict, 'run' | 'at'> {
  /** With `edit`: the whole output, as it should be. */
  readonly patch?: unknown
}

export interface GivenVerdict {
  readonly verdict: Verdict
  /** What the record is now. */
  readonly outcome: Outcome
  /** Whether something was written. */
  readonly wrote: boolean
}

/**
 * The result of a person's verdict, which takes the place of an earlier one: an accepted or edited answer is written
 * where it is not, a rejected one that waits is declined. Nothing is paid. Throws E_RECORD_UNKNOWN, E_RUN_STATE,
 * E_SCHEMA for an output that does not fit, E_SINK_* and E_DISK.
 */
export async function giveVerdict(flow: Flow, run: RunRow, said: NewVerdict): Promise<GivenVerdict> {
  const record = await findJudged(flow, run, said.key)
  const isGood = accepted.includes(record.request.outcome)
  if (said.verdict === 'edit' || (said.verdict === 'accept' && !isGood))
    return acceptAndSettle(flow, run, record, said)
  if (said.verdict === 'reject' && !isGood && !atRest.includes(record.request.outcome))
    return turnDown(flow, run, record, said)
  const row = verdictRow(flow, record, said)
  await keep(flow, run, record, { verdict: row, merged: null, rejoin: null })
  return { verdict: shown(row), outcome: record.request.outcome, wrote: false }
}

/** What a rescue has in the end is not missing where it was asked first. */
async function acceptAndSettle(
  flow: Flow,
  run: RunRow,
  record: JudgedRecord,
  said: NewVerdict,
): Promise<GivenVerdict> {
  const given = await accept(flow, run, record, said)
  await settleRescued(flow, run)
  return given
}

/** What cannot be turned down any more. */
const atRest: readonly Outcome[] = ['declined', 'stale', 'rescued']

async function turnDown(
  flow: Flow,
  run: RunRow,
  record: JudgedRecord,
  said: NewVerdict,
): Promise<GivenVerdict> {
  requireAtRest(run, record)
  const row = { ...verdictRow(flow, record, said), overruled: 0, patch: null }
  const becoming: OutcomeChange = { outcome: 'declined', reason: said.reason }
  await keep(flow, run, record, {
    verdict: row,
    merged: outcomeChange(run, record.request, becoming, row.at),
    rejoin: null,
  })
  await tell(flow, run, await prepareReading(flow, run), record, becoming)
  return { verdict: shown(row), outcome: 'declined', wrote: false }
}

async function accept(
  flow: Flow,
  run: RunRow,
  record: JudgedRecord,
  said: NewVerdict,
): Promise<GivenVerdict> {
  const { request } = record
  requireAtRest(run, record)
  if (request.outcome === 'stale')
    throw new OffpeakError(
      'E_RUN_STATE',
      `the row of ${typedKey(request.key)} changed after it was asked about; its answer is not written over it`,
      { fix: `offpeak plan ${run.job} says what asking about the row as it is now costs` },
    )
  const job = await prepareReading(flow, run)
  const override = said.verdict === 'edit' ? await editedOutput(job, said.patch) : acceptedAsIs
  using answer = await readJudged(flow, run, job, record)
  await requireNewest(flow, run, record, answer.at)
  await requireSameWrite(flow, run)
  const judgement = fitting(run, record, await answer.judge(override))
  const isGood = accepted.includes(request.outcome)
  const written = isGood ? await answer.judge(overrideIn(record.before, record.asked.attemptId)) : null
  await using whole = await openWhole(flow, run, job, record)
  const made = await writeAnswer(flow, { run, job, record, judgement, written })
  const outcome = isGood ? request.outcome : made.outcome
  const becoming: OutcomeChange = {
    outcome,
    reason: isGood ? request.reason : made.reason,
    score: judgement.score,
  }
  const row = {
    ...verdictRow(flow, record, said),
    overruled: 1,
    patch: override.patch === null ? null : JSON.stringify(override.patch.output),
  }
  await keep(flow, run, record, {
    verdict: row,
    merged: outcomeChange(run, request, becoming, row.at),
    rejoin: whole?.rejoin ?? null,
  })
  const joined = (await whole?.write(row.at)) ?? null
  if (joined === null) await tell(flow, run, job, record, becoming)
  const [now = request] = await flow.store.requestsAt(run.id, [request.seq])
  const wrote = joined === 'merged' || (job.job.to !== undefined && made.outcome === 'merged')
  return { verdict: shown(row), outcome: now.outcome, wrote }
}

/** Tells the user's own table what became of a record that is not joined. */
async function tell(
  flow: Flow,
  run: RunRow,
  job: PreparedJob,
  { request, asked }: JudgedRecord,
  { outcome, reason }: OutcomeChange,
): Promise<void> {
  if (request.partOf !== null) return
  const attempt = asked.attemptId === null ? null : await flow.store.attempt(asked.attemptId)
  await trackWhole({ flow, run, job }, (at) =>
    Promise.resolve([
      {
        key: request.key,
        state: outcome === 'merged' ? 'completed' : 'failed',
        providerBatchId: attempt?.providerBatchId ?? null,
        at,
        error: outcome === 'merged' ? null : `${outcome}${reason === null ? '' : `: ${reason}`}`,
      },
    ]),
  )
}

/** What is kept of a verdict; what an earlier one has decided about the answer stays. */
function verdictRow(
  { clock }: Flow,
  { request, asked, before }: JudgedRecord,
  { verdict, reason, by }: NewVerdict,
): VerdictRow & { readonly verdict: VerdictName } {
  const { runId, seq, key, outcome } = request
  return {
    runId,
    seq,
    key,
    verdict,
    reason,
    by,
    at: clock.now(),
    attemptId: asked.attemptId,
    was: before?.was ?? outcome,
    wasReason: before === null ? request.reason : before.wasReason,
    overruled: before?.overruled ?? 0,
    patch: before?.patch ?? null,
  }
}

/** Throws E_RUN_STATE when the record has become something else meanwhile. */
async function keep(
  { store, reach }: Flow,
  run: RunRow,
  { request }: JudgedRecord,
  { verdict, merged, rejoin }: Pick<StoredVerdict, 'verdict' | 'merged' | 'rejoin'>,
): Promise<void> {
  const { seq, outcome: from } = request
  const kept = await withCrashPoints(reach, 'review.commit', () =>
    store.giveVerdict({ job: run.job, runId: run.id, seq, from, verdict, merged, rejoin, forget: false }),
  )
  if (kept) return
  throw new OffpeakError(
    'E_RUN_STATE',
    `record ${typedKey(request.key)} has become something else meanwhile: somebody else has judged it, or it was sent again`,
    { fix: 'look at it again' },
  )
}

function shown({ runId, key, verdict, reason, by, at }: ReturnType<typeof verdictRow>): Verdict {
  return { run: runId, key, verdict, reason, by, at }
}
