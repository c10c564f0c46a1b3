import { sinkValues } from '../job/target.ts'
import { closeSync, openSync, readSync } from 'node:fs'
import { OffpeakError } from '../../domain/errors.ts'
import { typedKey } from '../../wording/typed-key.ts'
import { variantNames, variantOf } from '../../planning/requests/render.ts'
import { textProblem } from '../../planning/answers/text-policy.ts'
import type { SinkContext, SinkDefinition, Values, AnyJob } from '../../ports/job.ts'
import type { RequestRow } from '../../ports/state.ts'
import { rowsFile } from '../files/durable-file.ts'
import { threwWords } from '../../domain/user-code.ts'
import { isFree, type Price } from '../../domain/money.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { Answer, Usage } from '../../domain/request.ts'
import { type MaybePromise, mapMaybe } from '../../domain/maybe-promise.ts'
import { type ReadAnswer, readAnswer, readVector } from '../../planning/answers/read-answer.ts'
import { readPatch } from '../../planning/answers/read-patch.ts'
import type { SpentTokens } from '../../planning/tokens/spent-tokens.ts'
import type { PreparedJob } from '../job/prepare.ts'
import type { RunSpec } from '../spec.ts'
import { billedPicoUsd } from './billed.ts'
import { withRow } from './lazy-row.ts'
import type { Override } from './override.ts'

/** The evaluation of one answer, before the sink has seen it. */
export interface Verdict {
  readonly outcome: Outcome
  readonly reason: string | null
  /** What is to be written, of an accepted answer. */
  readonly values: Values | null
  readonly usage: Usage | null
  readonly costPicoUsd: number
  /** What the job's `score` gave; null without one, or when the answer was not accepted. */
  readonly score: number | null
  /** Asking again would bring the same answer, which is not accepted. */
  readonly isFinal?: true
  /** The account was at fault: the try counts for nothing. */
  readonly isUntried?: true
}

/** Whoever goes through a whole run meets thousands of files. */
const maxOpenFiles = 32

export interface JudgeContext extends AnswerContext {
  readonly filesDir: string
}

/** The part of a request that judging its answer needs. */
export type Asked = Pick<RequestRow, 'key' | 'partOf' | 'fileTag' | 'rowOffset' | 'rowLength'>

/** An evaluator of answers: it reads, validates and shapes them; holds the files of kept rows open while it works. */
export class Judge implements Disposable {
  readonly context: JudgeContext
  readonly #handles = new Map<string, number>()

  constructor(context: JudgeContext) {
    this.context = context
  }

  /**
   * `at` is when the answer came. Never throws for what an answer, `check`, `set` or `line` does: that is the record's
   * outcome.
   */
  judge(asked: Asked, answer: Answer, at: number, override: Override | null = null): MaybePromise<Judgement> {
    return judgeAnswer(this.context, {
      key: asked.key,
      of: asked.partOf ?? asked.key,
      row: this.#lazyRow(asked),
      answer,
      at,
      override,
    })
  }

  /** Reads and validates an answer. Never throws for what it holds. */
  read(asked: Asked, answer: Answer, override: Override | null = null): MaybePromise<ReadOutcome> {
    return readOutput(this.context, { row: this.#lazyRow(asked), answer, override })
  }

  /** The row that was asked about. Throws E_JOB_INVALID when the run has not kept it. */
  row(asked: Asked): unknown {
    return this.#readRow(asked)
  }

  #lazyRow(asked: Asked): () => unknown {
    let row: { readonly value: unknown } | null = null
    return () => (row ??= { value: this.#readRow(asked) }).value
  }

  #readRow({ fileTag, rowOffset, rowLength, key }: Asked): unknown {
    if (fileTag === null || rowOffset === null || rowLength === null) {
      throw new OffpeakError(
        'E_JOB_INVALID',
        `the row of ${typedKey(key)} was not kept, because the job did not read rows after asking when the run began`,
      )
    }
    const path = rowsFile(this.context.filesDir, fileTag)
    const handle = this.#handles.get(path) ?? openRows(path, key)
    const [oldest] = this.#handles
    if (oldest && this.#handles.size >= maxOpenFiles && !this.#handles.has(path)) {
      this.#handles.delete(oldest[0])
      closeSync(oldest[1])
    }
    this.#handles.set(path, handle)
    const buffer = Buffer.allocUnsafe(rowLength)
    readSync(handle, buffer, 0, rowLength, rowOffset)
    return JSON.parse(buffer.toString('utf8')) as unknown
  }

  [Symbol.dispose](): void {
    for (const handle of this.#handles.values()) closeSync(handle)
    this.#handles.clear()
  }
}

function openRows(path: string, key: string): number {
  try {
    return openSync(path, 'r')
  } catch (thrown) {
    if (Reflect.get(Object(thrown), 'code') !== 'ENOENT') throw thrown
    throw new OffpeakError('E_DISK', `the row of ${typedKey(key)} was kept in a file that is lost`, {
      where: path,
      fix: 'put the file back, and `offpeak merge <run>` writes its answers, at no cost',
    })
  }
}

/** An answer with its record. */
export interface AnsweredRecord extends AnswerAtHand {
  readonly key: string
  /** The key of the whole record. */
  readonly of: string
  /** When the answer came: the same, however often it is written, so that writing it again changes nothing. */
  readonly at: number
}

/** A verdict with the output that it is about. */
export type Judgement = Verdict & Pick<ReadOutcome, 'accepted'>

/** Never throws for what an answer, `check`, `set` or `line` does: that is the record's outcome. */
export function judgeAnswer(context: AnswerContext, answered: AnsweredRecord): MaybePromise<Judgement> {
  return mapMaybe(readOutput(context, answered), (read): Judgement => {
    const { accepted } = read
    if (accepted === null) return { ...read, values: null }
    const { to } = context.job.job
    if (to === undefined) return { ...read, outcome: 'held', values: null }
    const { key, of, row, at } = answered
    const told = { ...sinkContext(context, { key, of, at }, read), output: accepted.output }
    const values = valuesOf(to, withRow(told, row))
    return { ...read, ...values }
  })
}

/** The context of every sink, besides the row and the output. */
export function sinkContext(
  { job, spec, runId }: Pick<AnswerContext, 'job' | 'spec' | 'runId'>,
  { key, of, at }: Pick<AnsweredRecord, 'key' | 'of' | 'at'>,
  { usage, costPicoUsd: costPico, score }: Pick<Verdict, 'usage' | 'costPicoUsd' | 'score'>,
): Pick<SinkContext<unknown, unknown>, 'key' | 'score' | 'variant' | 'usage' | 'provenance'> {
  return {
    key,
    score,
    variant: variantOf(of, variantNames(job.job)),
    usage: {
      inputTokens: usage?.inputTokens ?? 0,
      cachedTokens: usage?.cachedTokens ?? 0,
      outputTokens: usage?.outputTokens ?? 0,
      cost: costPico / 1e12,
    },
    provenance: { job: spec.job, version: spec.version, model: spec.model, run: runId, at: new Date(at) },
  }
}

/**
 * Values for the sink from an accepted output, or the reason why there are none: the answer is good then, and asking
 * again would bring the same values.
 */
export function valuesOf<Context extends SinkContext<unknown, unknown>>(
  to: SinkDefinition<Context>,
  context: Context,
): Pick<Verdict, 'outcome' | 'reason' | 'values'> {
  try {
    const values = sinkValues(to, context)
    const problem = textProblem(values)
    return problem === null
      ? { outcome: 'merged', reason: null, values }
      : { outcome: 'rejected', reason: `the value for the sink cannot be written: ${problem}`, values: null }
  } catch (thrown) {
    return {
      outcome: 'rejected',
      reason: `the value for the sink could not be made: it threw${threwWords(thrown)}`,
      values: null,
    }
  }
}

/** The context that an answer is judged by, besides the row it was asked about. */
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

/** Outcome, usage and cost of an answer, before it is known where it goes. */
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

/** The outcome of an answer, read and validated. Never throws for what it holds. */
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
