import { costPicoUsd } from '../../domain/money.ts'
import { type Outcome, type OutcomeCounts, unusableOutcomes } from '../../domain/outcome.ts'
import type { Usage } from '../../domain/request.ts'
import { parseSums } from '../../domain/sums.ts'
import type { BatchRequest, BatchSums, MergedRequest } from '../../ports/store/answers.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Step } from '../step/step.ts'
import type { BatchRow } from '../../ports/state.ts'
import { isOtherTier } from '../answers/billed.ts'
import type { Judgement } from '../answers/judge.ts'
import type { Judged, Written } from './write-chunk.ts'

export type Counters = Record<string, number>

/** The summary of an answer for the state, besides where it lies. */
export type EvaluationSummary = Pick<
  Judgement,
  'outcome' | 'reason' | 'usage' | 'costPicoUsd' | 'score' | 'isFinal' | 'isUntried'
>

/** Whether usage is told whole. */
export function isTold(usage: Usage | null): usage is Usage {
  return usage !== null && usage.isPartial !== true
}

/** Without the values, which are large and have gone into the item. */
export function evaluationSummaryOf({
  outcome,
  reason,
  usage,
  costPicoUsd: cost,
  score,
  isFinal,
  isUntried,
}: EvaluationSummary): EvaluationSummary {
  return {
    outcome,
    reason,
    usage,
    costPicoUsd: cost,
    score,
    ...(isFinal ? { isFinal } : {}),
    ...(isUntried ? { isUntried } : {}),
  }
}

/** A request with what its answer is worth and where that lies; no file: there is none. */
export interface Answered extends Judged {
  readonly request: BatchRequest
  readonly verdict: EvaluationSummary
  readonly file: string
  readonly offset: number
  readonly length: number
}

/** Counters of the lines of a chunk, and the offset up to which it was read. */
export interface ReadChunk {
  readonly accounting: Counters
  readonly usage: Counters
  readonly readTo: number
}

/**
 * So many results the state learns at once, or those of so many milliseconds, which people watch grow. Answers come in
 * any order, so that every commit writes nearly all pages of the batch; what was not committed yet is written to the
 * sink again after a crash, which changes nothing there.
 */
const resultsPerCommit = 25_000
const commitEveryMs = 3_000

type Merging = Pick<Step, 'flow' | 'lease' | 'run' | 'attempt' | 'spec'> & { readonly batch: BatchRow }

/** Results that the sink has taken and the state does not know yet. */
export class MergeResults {
  readonly #merging: Merging
  #requests: MergedRequest[] = []
  #final: number[] = []
  #untried: number[] = []
  #counts: OutcomeCounts = {}
  #usage: Counters = {}
  #accounting: Counters = {}
  #readTo = 0
  #since: number
  #sums: BatchSums

  constructor(merging: Merging) {
    this.#merging = merging
    const { usage, accounting } = merging.batch
    this.#sums = { usage: parseSums(usage), accounting: parseSums(accounting) }
    this.#since = merging.flow.clock.now()
  }

  /** The counters of the batch, as the state has them. */
  get sums(): BatchSums {
    return this.#sums
  }

  /** Whether it is time to commit. */
  get areMany(): boolean {
    const { clock } = this.#merging.flow
    return this.#requests.length >= resultsPerCommit || clock.now() - this.#since >= commitEveryMs
  }

  /** A chunk that the sink has taken. */
  note(answered: readonly Answered[], written: readonly Written[], chunk: ReadChunk): void {
    answered.forEach(({ request, verdict, file, offset, length }, index) => {
      const { outcome, reason } = written[index] ?? verdict
      const isPaid = request.line !== null && (verdict.usage !== null || verdict.costPicoUsd > 0)
      const paid = isPaid ? verdict.usage : null
      this.#counts[outcome] = (this.#counts[outcome] ?? 0) + 1
      if (isPaid) this.#pay(paid, verdict.costPicoUsd, outcome)
      if (verdict.isFinal && outcome === verdict.outcome) this.#final.push(request.seq)
      if (verdict.isUntried && request.line !== null) this.#untried.push(request.seq)
      this.#requests.push({
        seq: request.seq,
        outcome,
        reason: reason?.slice(0, 500) ?? null,
        answerFile: file === '' ? null : file,
        answerOffset: file === '' ? null : offset,
        answerLength: file === '' ? null : length,
        inputTokens: paid?.inputTokens ?? null,
        outputTokens: paid?.outputTokens ?? null,
        costPicoUsd: isPaid ? verdict.costPicoUsd : null,
        scorePermille: verdict.score === null ? null : Math.round(verdict.score * 1000),
      })
    })
    for (const [name, value] of Object.entries(chunk.usage)) add(this.#usage, name, value)
    for (const [name, value] of Object.entries(chunk.accounting)) add(this.#accounting, name, value)
    this.#readTo = chunk.readTo
  }

  #pay(paid: Usage | null, costPico: number, outcome: Outcome): void {
    const { realtimePrice } = this.#merging.spec
    add(this.#usage, 'costPicoUsd', costPico)
    if (paid) {
      add(this.#usage, 'inputTokens', paid.inputTokens)
      add(this.#usage, 'cachedTokens', paid.cachedTokens)
      if (paid.cacheWriteTokens !== undefined) add(this.#usage, 'cacheWriteTokens', paid.cacheWriteTokens)
      if (paid.longCacheWriteTokens !== undefined)
        add(this.#usage, 'longCacheWriteTokens', paid.longCacheWriteTokens)
      add(this.#usage, 'outputTokens', paid.outputTokens)
      if (isOtherTier(this.#merging.spec, paid)) {
        add(this.#usage, 'otherTierLines', 1)
        add(this.#usage, 'otherTierPicoUsd', costPico)
      }
      if (realtimePrice) add(this.#usage, 'realtimePicoUsd', costPicoUsd(realtimePrice, paid))
    }
    if (unusableOutcomes.includes(outcome)) add(this.#usage, 'unusablePicoUsd', costPico)
  }

  /** Has the state know of them. */
  async commit(): Promise<void> {
    const { flow, lease, run, batch, attempt } = this.#merging
    const noted = {
      // In the order in which the state keeps them, so that neighbours are written together.
      requests: this.#requests.sort((one, other) => one.seq - other.seq),
      final: this.#final,
      untried: this.#untried,
      counts: this.#counts,
      usage: this.#usage,
      accounting: this.#accounting,
    }
    this.#requests = []
    this.#final = []
    this.#untried = []
    this.#counts = {}
    this.#usage = {}
    this.#accounting = {}
    this.#since = flow.clock.now()
    if (noted.requests.length === 0 && Object.keys(noted.accounting).length === 0) return
    lease.check()
    this.#sums = await withCrashPoints(flow.reach, 'merge.commit', () =>
      flow.store.commitMerged({
        ...noted,
        runId: run.id,
        batchN: batch.n,
        job: run.job,
        now: flow.clock.now(),
        claim: lease.claim,
        mergedBytes: Math.max(attempt.mergedBytes, this.#readTo),
      }),
    )
  }
}

/** An addition to one of several named sums. */
export function add(sums: Counters, name: string, value: number): void {
  sums[name] = (sums[name] ?? 0) + value
}

/** The outcome of requests without an answer. */
export interface Unanswered {
  readonly outcome: Outcome
  readonly reason: string
  /** So many of them may be paid, whichever they are; when left out, all that are lost and no others. */
  readonly mayBePaid?: number
}
