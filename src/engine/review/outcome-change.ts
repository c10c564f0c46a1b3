import { type Outcome, type OutcomeCounts, unusableOutcomes } from '../../domain/outcome.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { Merged } from '../../ports/store/answers.ts'

/** The new outcome of a record. */
export interface OutcomeChange {
  readonly outcome: Outcome
  readonly reason: string | null
  /** From 0 to 1; undefined: as it is. */
  readonly score?: number | null
}

/** A record's new outcome with what it changes in the counters of its batch. Null: it has no batch. */
export function outcomeChange(
  run: Pick<RunRow, 'id' | 'job'>,
  request: RequestRow,
  { outcome, reason, score }: OutcomeChange,
  now: number,
): Merged | null {
  const { seq, batchN, answerFile, answerOffset, answerLength, inputTokens, outputTokens } = request
  if (batchN === null) return null
  const { costPicoUsd } = request
  const counts: OutcomeCounts = outcome === request.outcome ? {} : { [request.outcome]: -1, [outcome]: 1 }
  const unusablePicoUsd =
    request.line === null ? 0 : (costPicoUsd ?? 0) * (unusable(outcome) - unusable(request.outcome))
  return {
    runId: run.id,
    batchN,
    job: run.job,
    now,
    requests: [
      {
        seq,
        outcome,
        reason,
        answerFile,
        answerOffset,
        answerLength,
        inputTokens,
        outputTokens,
        costPicoUsd,
        scorePermille:
          score === undefined ? request.scorePermille : score === null ? null : Math.round(score * 1_000),
      },
    ],
    counts,
    usage: unusablePicoUsd === 0 ? {} : { unusablePicoUsd },
    accounting: {},
    claim: null,
    mergedBytes: null,
  }
}

/** 1 for what is paid and of no use. */
function unusable(outcome: Outcome): number {
  return unusableOutcomes.includes(outcome) ? 1 : 0
}
