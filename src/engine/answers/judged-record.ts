import { OffpeakError } from '../../domain/errors.ts'
import { type Outcome, outcomes } from '../../domain/outcome.ts'
import { typedKey, keyArgument } from '../../wording/typed-key.ts'
import { decideRetry, leftAlone } from '../../planning/waiting/retry.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { VerdictRow } from '../../ports/store/answers.ts'
import type { Flow } from '../flow.ts'
import { keysMeant } from '../job/typed-keys.ts'
import { specOf } from '../spec.ts'
import type { Store } from '../../ports/store.ts'

/** Outcomes of records that are good already. */
export const accepted: readonly Outcome[] = ['merged', 'held']

/** Outcomes of answers that are there and were not accepted. */
export const notAccepted: readonly Outcome[] = ['invalid', 'truncated', 'refused', 'rejected']

/** Outcomes of records whose answer somebody can say something about. */
const judgeable: readonly Outcome[] = [...accepted, ...notAccepted, 'review', 'declined', 'stale', 'rescued']

/** A record with its answer, before somebody judges it. */
export interface JudgedRecord {
  readonly request: RequestRow
  /** The request whose answer the record has: itself, or the one it was folded into. */
  readonly asked: RequestRow
  /** What was said of this very answer before. */
  readonly before: VerdictRow | null
}

/** A record of a run that has an answer. Throws E_RECORD_UNKNOWN and E_RUN_STATE. */
export async function findJudged(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
  typed: string,
): Promise<JudgedRecord> {
  const [key = typed] = await keysMeant(store, run, [typed])
  const request = await store.request(run.id, key)
  if (!request)
    throw new OffpeakError('E_RECORD_UNKNOWN', `run ${run.id} has no record ${typedKey(key)}`, {
      fix: 'check the key; a record that was asked in parts is judged part by part',
    })
  const asked = await answeredBy(store, request)
  if (!judgeable.includes(request.outcome) || asked.answerFile === null)
    throw new OffpeakError(
      'E_RUN_STATE',
      `record ${typedKey(request.key)} of run ${run.id} has no answer that could be judged: it is ${request.outcome} (${outcomes[request.outcome].words})`,
      { fix: `offpeak show ${run.id} ${keyArgument(request.key)}` },
    )
  const [row = null] = await store.verdicts(run.id, [request.seq])
  return { request, asked, before: row?.attemptId === asked.attemptId ? row : null }
}

/**
 * A guard for a record that the run is about to send once more, whose verdict would be forgotten: throws E_RUN_STATE.
 */
export function requireAtRest(run: RunRow, { request, asked }: JudgedRecord): void {
  if (run.state !== 'running' && run.state !== 'building') return
  const { tries: total, infrastructureFailures, retryRequested: again } = asked
  const { maxTries } = specOf(run)
  if (again === leftAlone) return
  if (again === 0 && decideRetry(request.outcome, { total, infrastructureFailures }, maxTries) === 'leave')
    return
  throw new OffpeakError(
    'E_RUN_STATE',
    `record ${typedKey(request.key)} is about to be sent again by run ${run.id}`,
    { fix: 'wait for its next answer' },
  )
}

/** The request whose answer a record has: its own, or that of the one it was folded into. */
export async function answeredBy(store: Pick<Store, 'requests'>, request: RequestRow): Promise<RequestRow> {
  if (request.deduplicatedInto === null) return request
  const [first] = await store.requests(request.runId, { afterSeq: request.deduplicatedInto - 1, limit: 1 })
  return first ?? request
}
