import { OffpeakError } from '../../domain/errors.ts'
import type { Outcome } from '../../domain/outcome.ts'
import { typedKey } from '../../wording/typed-key.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { accepted, findJudged } from '../answers/judged-record.ts'
import { outcomeChange } from './outcome-change.ts'

export interface TakenBack {
  /** What the record is now. */
  readonly outcome: Outcome
  /** True: the verdict has written something, which stays as it is. */
  readonly wrote: boolean
}

/**
 * The result of undoing a verdict: a record that was declined waits again. What was written stays written, and stays
 * what it is taken for; only the verdict goes. Throws E_RECORD_UNKNOWN, also when nobody has judged the record, and
 * E_RUN_STATE.
 */
export async function takeBack(
  flow: Pick<Flow, 'store' | 'clock'>,
  run: RunRow,
  key: string,
): Promise<TakenBack> {
  const { store, clock } = flow
  const { request, before } = await findJudged(flow, run, key)
  if (before === null || before.verdict === null)
    throw new OffpeakError(
      'E_RECORD_UNKNOWN',
      `nobody has judged the answer to ${typedKey(request.key)} of run ${run.id}`,
      { fix: `offpeak review ${run.id}` },
    )
  const wrote = before.overruled === 1 && accepted.includes(request.outcome)
  const restored = request.outcome === 'declined' && before.was !== 'declined'
  const outcome = restored ? before.was : request.outcome
  const done = await store.giveVerdict({
    job: run.job,
    runId: run.id,
    seq: request.seq,
    from: request.outcome,
    verdict: wrote ? { ...before, verdict: null, reason: null } : null,
    merged: restored
      ? outcomeChange(run, request, { outcome: before.was, reason: before.wasReason }, clock.now())
      : null,
    // What was not good enough counted as done only because it had been turned down.
    forget: restored && before.was !== 'review',
    rejoin: null,
  })
  if (!done)
    throw new OffpeakError(
      'E_RUN_STATE',
      `record ${typedKey(request.key)} has become something else meanwhile`,
      { fix: 'look at it again' },
    )
  return { outcome, wrote }
}
