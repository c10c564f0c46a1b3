import { sinkValues } from '../job/sink-values.ts'
import { closeSync, openSync, readSync } from 'node:fs'
import { OffpeakError } from '../../domain/errors.ts'
import { typedKey } from '../../wording/typed-key.ts'
import { threwWords } from '../../domain/user-code.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { Answer, Usage } from '../../domain/request.ts'
import { type MaybePromise, mapMaybe } from '../../domain/maybe-promise.ts'
import { variantNames } from '../../planning/requests/render.ts'
import { textProblem } from '../../planning/answers/text-policy.ts'
import { variantOf } from '../../planning/requests/variant.ts'
import type { SinkContext, SinkDefinition, Values } from '../../ports/job.ts'
import type { RequestRow } from '../../ports/state.ts'
import { rowsFile } from '../files/durable-file.ts'
import { withRow } from './lazy-row.ts'
import { type AnswerAtHand, type AnswerContext, readOutput, type ReadOutcome } from './read-output.ts'
import type { Override } from './override.ts'

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

/**
 * What the sink is given for an accepted output, or why there is nothing to give: the answer is good then, and asking
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
