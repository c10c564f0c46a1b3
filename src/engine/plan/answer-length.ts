import { parseSums } from '../../domain/sums.ts'
import type { Flow } from '../flow.ts'
import type { PreparedJob } from '../job/prepare.ts'
import type { FoundPrice } from '../job/pricing.ts'
import { specOf } from '../spec.ts'

/** Output tokens of one answer. */
export interface AnswerLength {
  readonly likely: number
  readonly atMost: number | null
  /** `vector`: there are none. `unbilled`: pages are paid for, and not what stands on them. */
  readonly from: 'history' | 'try' | 'guess' | 'vector' | 'unbilled'
}

export interface AnswerLengthOptions {
  readonly flow: Pick<Flow, 'store'>
  readonly job: PreparedJob
  readonly price: FoundPrice | null
  readonly realtimePrice: FoundPrice | null
  /** Whether an emulator answers, as far as it is known. */
  readonly isSimulated: boolean
}

/** Output tokens of a record when nothing is known: no cap and no run before. */
const guessedOutputTokens = 300
const guessedShareOfCap = 0.6
const guessedAtLeast = 100

/** Runs and tries of a job whose answers tell how long the next ones will be. */
const runsToLookAt = 20

/**
 * Likely length of one answer: as in the newest run of the job, or the newest try of this version, whichever is newer,
 * by the same model where there is one, and never as the emulator has invented it for who is answered by another; else
 * a guess: a part of its cap, and no more than the sampled requests.
 */
export async function answerLength(
  { flow, job, price, realtimePrice, isSimulated }: AnswerLengthOptions,
  inputTokens: readonly number[],
): Promise<AnswerLength> {
  if (job.task === 'embedding') return { likely: 0, atMost: 0, from: 'vector' }
  if (job.unit === 'page') return { likely: 0, atMost: null, from: 'unbilled' }
  const { maxTokens } = job.inspection
  const cap = maxTokens ?? (price ?? realtimePrice)?.maxOutputTokens ?? null
  const runs = await flow.store.runs({
    job: job.job.name,
    trials: 'too',
    simulated: isSimulated,
    limit: runsToLookAt,
  })
  let other: AnswerLength | null = null
  for (const run of runs) {
    const spec = specOf(run)
    if (run.trial === 1 && spec.version !== (job.job.version ?? '')) continue
    const mean = await meanOutput(flow, run.id)
    if (mean === null) continue
    const found = {
      likely: mean,
      atMost: cap,
      from: run.trial === 1 ? ('try' as const) : ('history' as const),
    }
    if (run.trial === 0 || spec.model === job.model) return found
    // A batch deployment is tried under another name.
    other ??= found
  }
  if (other !== null) return other
  const guessed = maxTokens === null ? guessedOutputTokens : Math.round(maxTokens * guessedShareOfCap)
  const mean = inputTokens.reduce((sum, tokens) => sum + tokens, 0) / Math.max(1, inputTokens.length)
  // Answers are seldom longer than what they are about, unless that is very short.
  const bound = inputTokens.length === 0 ? guessed : Math.max(guessedAtLeast, Math.round(mean))
  return { likely: Math.min(guessed, bound), atMost: cap, from: 'guess' }
}

/** Output tokens of an answer of a run; null: it has none that tells. */
async function meanOutput({ store }: Pick<Flow, 'store'>, runId: string): Promise<number | null> {
  const sums = { outputTokens: 0, answered: 0 }
  for (const batch of await store.batches(runId)) {
    sums.outputTokens += parseSums(batch.usage).outputTokens ?? 0
    sums.answered += parseSums(batch.accounting).applied ?? 0
  }
  return sums.answered === 0 || sums.outputTokens === 0 ? null : Math.round(sums.outputTokens / sums.answered)
}
