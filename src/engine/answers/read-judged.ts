import { OffpeakError } from '../../domain/errors.ts'
import { listedKey, typedKey } from '../../wording/typed-key.ts'
import { shellWord } from '../../wording/shell-word.ts'
import type { RunRow } from '../../ports/state.ts'
import { inDeliveryMode } from '../job/delivery-mode.ts'
import type { Flow } from '../flow.ts'
import { Judge, type Judgement } from './judge.ts'
import type { Override } from './override.ts'
import { answerTimes, readStoredAnswer } from './stored-answer.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { specOf } from '../spec.ts'
import type { JudgedRecord } from './judged-record.ts'

/** An answer as it is judged under several rulings. */
export interface JudgedAnswer extends Disposable {
  /** When it came. */
  readonly at: number
  readonly judge: (override: Override | null) => Promise<Judgement>
}

/** The stored answer of a record, judged. Throws E_DISK and E_RUN_STATE when it is not kept any more. */
export async function readJudged(
  flow: Flow,
  run: RunRow,
  job: PreparedJob,
  { request, asked }: JudgedRecord,
): Promise<JudgedAnswer> {
  const { answerFile, answerOffset, answerLength, attemptId, batchN } = asked
  const answer =
    run.filesRemoved === 1 || answerFile === null || answerOffset === null || answerLength === null
      ? null
      : await readStoredAnswer(flow.filesDir, answerFile, answerOffset, answerLength, job.provider)
  if (answer === null)
    throw new OffpeakError('E_RUN_STATE', `the answer to ${typedKey(request.key)} is not kept any more`, {
      fix: `offpeak plan ${run.job} --only ${shellWord(listedKey(request.key))} --redo says what asking again costs; \`retention\` keeps files longer`,
    })
  const spec = specOf(run)
  const batch = batchN === null ? null : await flow.store.batch(run.id, batchN)
  const judge = new Judge({
    job,
    spec: inDeliveryMode(spec, batch?.deliveryMode ?? spec.deliveryMode),
    runId: run.id,
    filesDir: flow.filesDir,
  })
  const at = await answerTimes(flow.store)(attemptId)
  return {
    at,
    judge: async (override) => judge.judge(request, answer, at, override),
    [Symbol.dispose]: () => judge[Symbol.dispose](),
  }
}
