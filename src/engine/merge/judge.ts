import { closeSync, openSync, readSync } from 'node:fs'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import { costPicoUsd } from '../../domain/money.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { Answer, Usage } from '../../domain/request.ts'
import { readAnswer } from '../../planning/read-answer.ts'
import { readVector } from '../../planning/read-vector.ts'
import { variantNames } from '../../planning/render.ts'
import { textProblem } from '../../planning/text-policy.ts'
import { variantOf } from '../../planning/variant.ts'
import type { AnyJob, SinkContext, SinkDefinition, Values } from '../../ports/job.ts'
import type { RequestRow } from '../../ports/state.ts'
import { rowsFile } from '../requests/artefacts.ts'
import type { PreparedJob } from '../plan/prepare.ts'
import type { RunSpec } from '../spec.ts'

/** What is thought of one answer, before the sink has seen it. */
export interface Verdict {
  readonly outcome: Outcome
  readonly reason: string | null
  /** What is to be written, of an accepted answer. */
  readonly values: Values | null
  readonly usage: Usage | null
  readonly costPicoUsd: number
  /** What the job's `score` gave; null without one, or when the answer was not accepted. */
  readonly score: number | null
}

/** Whoever goes through a whole run meets thousands of files. */
const maxOpenFiles = 32

export interface JudgeContext extends AnswerContext {
  readonly filesDir: string
}

/** The part of a request that judging its answer needs. */
export type Asked = Pick<RequestRow, 'key' | 'partOf' | 'fileTag' | 'rowOffset' | 'rowLength'>

/** Reads, validates and shapes answers; holds the files of kept rows open while it works. */
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
  async judge(asked: Asked, answer: Answer, at: number): Promise<Verdict> {
    return judgeAnswer(this.context, {
      key: asked.key,
      of: asked.partOf ?? asked.key,
      row: this.#lazyRow(asked),
      answer,
      at,
    })
  }

  /** Reads and validates an answer. Never throws for what it holds. */
  async read(asked: Asked, answer: Answer): Promise<ReadOutcome> {
    return readOutput(this.context, { row: this.#lazyRow(asked), answer })
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
        `the row of ${key} was not kept, because the job did not read rows after asking when the run began`,
      )
    }
    const path = rowsFile(this.context.filesDir, fileTag)
    const handle = this.#handles.get(path) ?? openSync(path, 'r')
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

/** What an answer is judged by, besides the row it was asked about. */
export interface AnswerContext {
  readonly job: PreparedJob
  readonly spec: Pick<RunSpec, 'job' | 'version' | 'model' | 'price'>
  readonly runId: string
}

/** An answer with its record; the row is only fetched when somebody reads it. */
export interface AnsweredRecord {
  readonly key: string
  /** The key of the whole record. */
  readonly of: string
  readonly row: () => unknown
  readonly answer: Answer
  /** When the answer came: the same, however often it is written, so that writing it again changes nothing. */
  readonly at: number
}

/** What an answer was worth, before it is known where it goes. */
export interface ReadOutcome extends Pick<Verdict, 'outcome' | 'reason' | 'usage' | 'costPicoUsd' | 'score'> {
  /** What the job makes of an accepted answer; null when it was not accepted. */
  readonly accepted: { readonly output: unknown } | null
}

/** Never throws for what an answer, `check`, `set` or `line` does: that is the record's outcome. */
export async function judgeAnswer(
  context: AnswerContext,
  answered: AnsweredRecord,
): Promise<Verdict & Pick<ReadOutcome, 'accepted'>> {
  const { accepted, ...read } = await readOutput(context, answered)
  if (accepted === null) return { ...read, accepted, values: null }
  const { to } = context.job.job
  if (to === undefined) return { ...read, accepted, outcome: 'held', values: null }
  const { key, of, row, at } = answered
  const values = valuesOf(to, {
    ...sinkContext(context, { key, of, at }, read),
    get row() {
      return row()
    },
    output: accepted.output,
  })
  return { ...read, accepted, ...values }
}

/** Reads and validates an answer. Never throws for what it holds. */
export async function readOutput(
  { job, spec }: AnswerContext,
  { row, answer }: Pick<AnsweredRecord, 'row' | 'answer'>,
): Promise<ReadOutcome> {
  if (answer.kind === 'error')
    return {
      outcome: answer.outcome,
      reason: answer.reason,
      accepted: null,
      usage: null,
      costPicoUsd: 0,
      score: null,
    }
  const paid = {
    usage: answer.usage,
    costPicoUsd: answer.usage && spec.price ? costPicoUsd(spec.price, answer.usage) : 0,
    score: null,
  }
  if (answer.kind === 'refusal') return { outcome: 'refused', reason: answer.reason, accepted: null, ...paid }
  const { check } = job.job
  const checked: Parameters<typeof readVector>[1] = check
    ? ({ output }) =>
        check({
          get row() {
            return row()
          },
          output,
        })
    : null
  const read =
    job.endpoint === '/v1/embeddings'
      ? readVector({ answer, dimensions: job.job.dimensions ?? null }, checked)
      : readAnswer({
          text: answer.kind === 'text' ? answer.text : '',
          cut: answer.kind === 'text' && answer.cut,
          output: job.job.output ?? null,
          decode: job.strict?.decode ?? null,
          check: checked,
          row: null,
        })
  const result = read instanceof Promise ? await read : read
  if (result.kind !== 'accepted')
    return { ...paid, outcome: result.kind, reason: result.reason, accepted: null }
  const scored = scoreOf(job.job, row, result.output)
  return scored.reason === null
    ? { ...paid, score: scored.score, outcome: 'merged', reason: null, accepted: { output: result.output } }
    : { ...paid, score: scored.score, outcome: scored.outcome, reason: scored.reason, accepted: null }
}

/** What the job's `score` gives, and why the answer is not written if it is too low. */
function scoreOf(
  { score: rule }: AnyJob,
  row: () => unknown,
  output: unknown,
): { readonly score: number | null; readonly outcome: Outcome; readonly reason: string | null } {
  if (rule === undefined) return { score: null, outcome: 'merged', reason: null }
  try {
    const score = rule.of({
      get row() {
        return row()
      },
      output,
    })
    if (!(score >= 0 && score <= 1))
      return { score: null, outcome: 'invalid', reason: `the score is ${score}, not a number from 0 to 1` }
    const reason = rule.min === undefined || score >= rule.min ? null : `scored below ${rule.min}`
    return { score, outcome: reason === null ? 'merged' : 'review', reason }
  } catch (thrown) {
    return { score: null, outcome: 'invalid', reason: `the score failed: ${messageOf(thrown)}` }
  }
}

/** What every sink is told besides the row and the output. */
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

/** What the sink is given for an accepted output, or why there is nothing to give. */
export function valuesOf<Context extends SinkContext<unknown, unknown>>(
  to: SinkDefinition<Context>,
  context: Context,
): Pick<Verdict, 'outcome' | 'reason' | 'values'> {
  try {
    const values = sinkValues(to, context)
    const problem = textProblem(values)
    return problem === null
      ? { outcome: 'merged', reason: null, values }
      : { outcome: 'invalid', reason: problem, values: null }
  } catch (thrown) {
    return {
      outcome: 'rejected',
      reason: `the value for the sink could not be made: ${messageOf(thrown)}`,
      values: null,
    }
  }
}

/** What a sink definition makes of an accepted output. */
export function sinkValues<Context extends SinkContext<unknown, unknown>>(
  to: SinkDefinition<Context>,
  context: Context,
): Values {
  if ('file' in to)
    return { file: to.file(context), content: to.content ? to.content(context) : context.output }
  if ('set' in to) return to.set(context)
  return to.line ? to.line(context) : { output: context.output }
}
