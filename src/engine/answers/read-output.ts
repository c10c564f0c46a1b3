import { threwWords } from '../../domain/user-code.ts'
import { isFree, type Price } from '../../domain/money.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { Answer, Usage } from '../../domain/request.ts'
import { type MaybePromise, mapMaybe } from '../../domain/maybe-promise.ts'
import { type ReadAnswer, readAnswer } from '../../planning/answers/read-answer.ts'
import { readPatch } from '../../planning/answers/read-patch.ts'
import { readVector } from '../../planning/answers/read-vector.ts'
import type { SpentTokens } from '../../planning/tokens/spent-tokens.ts'
import type { AnyJob } from '../../ports/job.ts'
import type { PreparedJob } from '../job/prepare.ts'
import type { RunSpec } from '../spec.ts'
import { billedPicoUsd } from './billed.ts'
import { withRow } from './lazy-row.ts'
import type { Override } from './override.ts'

/** What an answer is judged by, besides the row it was asked about. */
export interface AnswerContext {
  readonly job: PreparedJob
  readonly spec: Pick<RunSpec, 'job' | 'version' | 'model' | 'price' | 'maxOutputTokens'> &
    Partial<Pick<RunSpec, 'textAs' | 'realtimePrice'>>
  readonly runId: string
}

/** An answer; the row it was asked about is only fetched when somebody reads it. */
export interface AnswerAtHand {
  readonly row: () => unknown
  readonly answer: Answer
  /** What a person has decided about it. */
  readonly override?: Override | null
}

/** What an answer was worth, before it is known where it goes. */
export interface ReadOutcome {
  readonly outcome: Outcome
  readonly reason: string | null
  readonly usage: Usage | null
  readonly costPicoUsd: number
  /** What the job's `score` gave; null without one, or when the answer was not accepted. */
  readonly score: number | null
  /** What the job makes of an accepted answer; null when it was not accepted. */
  readonly accepted: { readonly output: unknown } | null
  /** An answer that was not accepted, and that asking again would bring again. */
  readonly isFinal?: true
  /** The account was at fault: the try counts for nothing, and a person is asked before there is another. */
  readonly isUntried?: true
}

/** Reads and validates an answer. Never throws for what it holds. */
export function readOutput(
  context: AnswerContext,
  { row, answer, override = null }: AnswerAtHand,
): MaybePromise<ReadOutcome> {
  const { usage } = answer
  const paid = { usage, costPicoUsd: billedPicoUsd(context.spec, usage), score: null }
  const read: MaybePromise<
    ReadAnswer | { readonly kind: Outcome; readonly reason: string; readonly isFinal?: undefined }
  > = override?.patch
    ? patched(context, override.patch)
    : answer.kind === 'error'
      ? { kind: failureOf(answer, context.spec.price), reason: answer.reason }
      : answer.kind === 'refusal'
        ? { kind: 'refused' as const, reason: answer.reason }
        : readKept(context, row, answer, override)
  return mapMaybe(read, (result): ReadOutcome => {
    if (result.kind !== 'accepted')
      return {
        ...paid,
        outcome: result.kind,
        reason: result.reason,
        accepted: null,
        ...(result.isFinal ? { isFinal: true } : {}),
        ...(answer.kind === 'error' && answer.about === 'account' && !override?.patch
          ? { isUntried: true }
          : {}),
      }
    const { score, outcome, reason } = scoreOf(context.job.job, row, result.output)
    return reason === null || override !== null
      ? { ...paid, score, outcome: 'merged', reason: null, accepted: { output: result.output } }
      : { ...paid, score, outcome, reason, accepted: null }
  })
}

/** What nobody knows the fate of was only not answered, where it cannot have cost anything: it may be asked again. */
function failureOf({ outcome }: Extract<Answer, { kind: 'error' }>, price: Price | null): Outcome {
  return outcome === 'unsure' && price !== null && isFree(price) ? 'transient' : outcome
}

/** An answer that a person has accepted is neither checked nor held against where it was cut: it only has to fit. */
function readKept(
  { job, spec }: AnswerContext,
  row: () => unknown,
  answer: Extract<Answer, { kind: 'text' | 'vector' }>,
  override: Override | null,
): MaybePromise<ReadAnswer> {
  const { check, dimensions = null, output = null } = job.job
  const checked: Parameters<typeof readVector>[1] =
    check && override === null ? ({ output: read }) => check(withRow({ output: read }, row)) : null
  return job.task === 'embedding'
    ? readVector({ answer, dimensions }, checked)
    : readAnswer({
        text: answer.kind === 'text' ? textOf(answer.text, spec.textAs ?? null) : '',
        cut: answer.kind === 'text' && answer.cut && override === null,
        spent: spentOn(answer, spec.maxOutputTokens),
        // An empty page is read as what it is; asking again would buy the same.
        mayBeBlank: job.task === 'ocr',
        output,
        decode: job.strict?.decode ?? null,
        check: checked,
        row: null,
      })
}

/** What is read of the text of an answer: the plain text of another system is one field of what the job wants. */
function textOf(text: string, textAs: string | null): string {
  return textAs === null || text.trim() === '' ? text : JSON.stringify({ [textAs]: text })
}

/** Only told where the words about an answer are made of it. */
function spentOn(answer: Answer, limit: number | null): SpentTokens | null {
  if (answer.kind !== 'text' || (!answer.cut && answer.reasoningTokens === null)) return null
  return { limit, outputTokens: answer.usage?.outputTokens ?? null, reasoningTokens: answer.reasoningTokens }
}

/** The output that a person has put in the place of an answer. */
async function patched(
  { job }: AnswerContext,
  { output: patch }: NonNullable<Override['patch']>,
): Promise<ReadAnswer> {
  const read = await readPatch({ patch, output: job.job.output ?? null, decode: job.strict?.decode ?? null })
  return read.kind === 'accepted'
    ? { kind: 'accepted', output: read.output, replaced: 0 }
    : { kind: 'invalid', reason: `the edited output does not fit: ${read.reason}` }
}

/** What the job's `score` gives, and why the answer is not written if it is too low. */
function scoreOf(
  { score: rule }: AnyJob,
  row: () => unknown,
  output: unknown,
): { readonly score: number | null; readonly outcome: Outcome; readonly reason: string | null } {
  if (rule === undefined) return { score: null, outcome: 'merged', reason: null }
  try {
    const score = rule.of(withRow({ output }, row))
    if (!(score >= 0 && score <= 1))
      return { score: null, outcome: 'invalid', reason: `the score is ${score}, not a number from 0 to 1` }
    const reason = rule.min === undefined || score >= rule.min ? null : `scored below ${rule.min}`
    return { score, outcome: reason === null ? 'merged' : 'review', reason }
  } catch (thrown) {
    return { score: null, outcome: 'invalid', reason: `the score threw${threwWords(thrown)}` }
  }
}
