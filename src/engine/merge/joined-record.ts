import { OffpeakError } from '../../domain/errors.ts'
import type { Outcome } from '../../domain/outcome.ts'
import { addUsage, noUsage } from '../../domain/request.ts'
import type { JoinContext, SinkDefinition, Values } from '../../ports/job.ts'
import type { RequestRow } from '../../ports/state.ts'
import type { PartGroup } from '../../ports/store/answers.ts'
import type { Flow } from '../flow.ts'
import { answeredBy } from '../answers/judged-record.ts'
import { type Judge, sinkContext, valuesOf, type ReadOutcome } from '../answers/judge.ts'
import { withRows } from '../answers/lazy-row.ts'
import { type Override, overridesOf } from '../answers/override.ts'
import { type answerTimes, readStoredAnswer } from '../answers/stored-answer.ts'

/** The outcome of a record that was to be joined. */
export interface JoinedRecord {
  readonly group: PartGroup
  readonly outcome: Outcome
  readonly reason: string | null
  readonly values: Values | null
}

/** Tools that join the parts of a record. */
export interface JoiningTools {
  readonly definition: SinkDefinition<JoinContext<unknown, unknown>>
  readonly judge: Judge
  readonly timeOf: ReturnType<typeof answerTimes>
}

/** The sink's values of a record, made of the stored answers of all its parts. */
export async function joinedRecord(
  flow: Flow,
  { judge, timeOf, definition }: JoiningTools,
  group: PartGroup,
): Promise<JoinedRecord> {
  const outputs: unknown[] = []
  const scores: number[] = []
  let usage = noUsage
  let costPicoUsd = 0
  let at = 0
  const overrideOf = await overridesOf(flow.store, group.requests)
  for (const request of group.requests) {
    const asked = await answeredBy(flow.store, request)
    const read = await outputOf(flow, judge, request, asked, overrideOf(request, asked.attemptId))
    if (read.accepted === null)
      return {
        group,
        outcome: 'invalid',
        values: null,
        reason: `part ${(request.partIndex ?? 0) + 1}: ${read.reason ?? 'its answer is no longer good'}`,
      }
    outputs.push(read.accepted.output)
    if (read.score !== null) scores.push(read.score)
    usage = addUsage(usage, read.usage ?? noUsage)
    costPicoUsd += read.costPicoUsd
    at = Math.max(at, await timeOf(asked.attemptId))
  }
  const rows = (): readonly unknown[] => group.requests.map((request) => judge.row(request))
  const told = sinkContext(
    judge.context,
    { key: group.of, of: group.of, at },
    { usage, costPicoUsd, score: scores.length === 0 ? null : Math.min(...scores) },
  )
  return {
    group,
    ...valuesOf(definition, withRows({ ...told, output: outputs }, rows)),
  }
}

async function outputOf(
  flow: Flow,
  judge: Judge,
  request: RequestRow,
  asked: RequestRow,
  override: Override | null,
): Promise<ReadOutcome> {
  const { answerFile, answerOffset, answerLength } = asked
  try {
    if (answerFile === null || answerOffset === null || answerLength === null)
      throw new OffpeakError('E_DISK', 'its answer was not kept')
    const { provider } = judge.context.job
    const answer = await readStoredAnswer(flow.filesDir, answerFile, answerOffset, answerLength, provider)
    if (answer) return await judge.read(request, answer, override)
  } catch (thrown) {
    if (!(thrown instanceof OffpeakError) || thrown.code !== 'E_DISK') throw thrown
  }
  const reason = 'its answer is not kept any more; ask all parts again with --only and --redo'
  return { outcome: 'invalid', reason, accepted: null, usage: null, costPicoUsd: 0, score: null }
}
