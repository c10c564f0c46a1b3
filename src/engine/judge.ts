import { closeSync, openSync, readSync } from 'node:fs'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import { costPicoUsd } from '../domain/money.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { Answer, Usage } from '../domain/request.ts'
import { readAnswer } from '../planning/read-answer.ts'
import { textProblem } from '../planning/text-policy.ts'
import type { AnyJob, SinkContext, Values } from '../ports/job.ts'
import type { RequestRow } from '../ports/state.ts'
import { rowsFile } from './artefacts.ts'
import type { PreparedJob } from './prepare.ts'
import type { RunSpec } from './spec.ts'

/** What is thought of one answer, before the sink has seen it. */
export interface Verdict {
  readonly outcome: Outcome
  readonly reason: string | null
  /** What is to be written, of an accepted answer. */
  readonly values: Values | null
  readonly usage: Usage | null
  readonly costPicoUsd: number
}

/** Whoever goes through a whole run meets thousands of files. */
const maxOpenFiles = 32

export interface JudgeContext extends AnswerContext {
  readonly filesDir: string
}

/** The part of a request that judging its answer needs. */
export type Asked = Pick<RequestRow, 'key' | 'fileTag' | 'rowOffset' | 'rowLength'>

/** Reads, validates and shapes answers; holds the files of kept rows open while it works. */
export class Judge implements Disposable {
  readonly #context: JudgeContext
  readonly #handles = new Map<string, number>()

  constructor(context: JudgeContext) {
    this.#context = context
  }

  /** Never throws for what an answer, `check`, `set` or `line` does: that is the record's outcome. */
  async judge(asked: Asked, answer: Answer): Promise<Verdict> {
    return judgeAnswer(this.#context, { key: asked.key, row: this.#lazyRow(asked), answer })
  }

  /** The output alone, as `judge` reads it, without what the sink makes of it. */
  async output(asked: Asked, answer: Answer): Promise<Output> {
    return readOutput(this.#context.job, { row: this.#lazyRow(asked), answer })
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
    const path = rowsFile(this.#context.filesDir, fileTag)
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
  readonly now: () => number
}

/** An answer with its record; the row is only fetched when somebody reads it. */
export interface AnsweredRecord {
  readonly key: string
  readonly row: () => unknown
  readonly answer: Answer
}

/** Never throws for what an answer, `check`, `set` or `line` does: that is the record's outcome. */
export async function judgeAnswer(context: AnswerContext, answered: AnsweredRecord): Promise<Verdict> {
  const { spec } = context
  const usage = answered.answer.kind === 'error' ? null : answered.answer.usage
  const paid = { usage, costPicoUsd: usage && spec.price ? costPicoUsd(spec.price, usage) : 0 }
  const reading = readOutput(context.job, answered)
  const read = reading instanceof Promise ? await reading : reading
  if (read.kind !== 'accepted') return { outcome: read.kind, reason: read.reason, values: null, ...paid }
  return { ...shape(context, { ...answered, output: read.output }, paid.usage, paid.costPicoUsd), ...paid }
}

/** What an answer says in the job's own shape, or why it cannot be used. */
export type Output =
  | { readonly kind: 'accepted'; readonly output: unknown }
  | { readonly kind: Outcome; readonly reason: string }

function readOutput(
  { job, strict }: Pick<PreparedJob, 'job' | 'strict'>,
  { row, answer }: Pick<AnsweredRecord, 'row' | 'answer'>,
): Output | Promise<Output> {
  if (answer.kind === 'error') return { kind: answer.outcome, reason: answer.reason }
  if (answer.kind === 'refusal') return { kind: 'refused', reason: answer.reason }
  const { check } = job
  return readAnswer({
    text: answer.text,
    cut: answer.cut,
    output: job.output ?? null,
    decode: strict?.decode ?? null,
    check: check
      ? ({ output }) =>
          check({
            get row() {
              return row()
            },
            output,
          })
      : null,
    row: null,
  })
}

/** What the sink is given for an accepted output. */
function shape(
  { job, spec, runId, now }: AnswerContext,
  { key, row, output }: { readonly key: string; readonly row: () => unknown; readonly output: unknown },
  usage: Usage | null,
  costPico: number,
): Pick<Verdict, 'outcome' | 'reason' | 'values'> {
  const context: SinkContext<unknown, unknown> = {
    key,
    get row() {
      return row()
    },
    output,
    usage: {
      inputTokens: usage?.inputTokens ?? 0,
      cachedTokens: usage?.cachedTokens ?? 0,
      outputTokens: usage?.outputTokens ?? 0,
      cost: costPico / 1e12,
    },
    provenance: { job: spec.job, version: spec.version, model: spec.model, run: runId, at: new Date(now()) },
  }
  try {
    const values = sinkValues(job.job, context)
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

/** What a job's sink definition makes of an accepted output. */
export function sinkValues(job: AnyJob, context: SinkContext<unknown, unknown>): Values {
  const { to } = job
  if ('jsonl' in to) return to.line ? to.line(context) : { output: context.output }
  return to.set(context)
}
