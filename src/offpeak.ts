import {
  isNothingToSend,
  rescueAgreed,
  resumeAgreed,
  retryAgreed,
  startAgreed,
} from './compose/client/agreed.ts'
import { type Following, followRun } from './compose/client/following.ts'
import {
  planOptionsShape,
  requireOptions,
  requireRunName,
  resultsFilterShape,
  resumeOptionsShape,
  retryOptionsShape,
  runOptionsShape,
} from './compose/client/client-options.ts'
import { openProject } from './compose/open-project.ts'
import type { Project } from './compose/project.ts'
import { amountOf, type RecordChoice, selectionOf } from './compose/client/record-choice.ts'
import type { ConfigOptions } from './config/config.ts'
import { OffpeakError } from './domain/errors.ts'
import type { DeliveryMode } from './domain/delivery-mode.ts'
import type { Outcome } from './domain/outcome.ts'
import type { Plan } from './engine/plan/plan.ts'
import type { ResultsFilter, RunResult } from './engine/queries/results.ts'
import type { RunStatus } from './engine/queries/status.ts'
import { retryKind } from './planning/waiting/remedies.ts'
import { type AnyJob, isJob, type Job } from './ports/job.ts'

/** Which project is opened, and who answers in it. */
export interface OpenOptions {
  /** The directory of the project; the current one when left out. The configuration is looked for from there upwards. */
  readonly cwd?: string
  readonly configFile?: string
  readonly envFile?: string
  /** True: the embedded emulator answers, whatever keys are set. False: a provider does, whatever the configuration says. */
  readonly emulator?: ConfigOptions['emulator']
}

/** An amount of dollars: `$90`, `$0.50`. */
export type Dollars = string

/** Options of `run`. */
export interface RunOptions<Params = Readonly<Record<string, unknown>>>
  extends RecordChoice<Params>, Following {
  /** What the run, and the runs that follow it, may cost at most; the job's budget when left out. */
  readonly maxCost?: Dollars
}

/** Options of `resume`. */
export interface ResumeOptions extends Following {
  /** What the run may cost at most from now on, with what it has cost; as before when left out. */
  readonly maxCost?: Dollars
  /** The job has changed since the run began, and is meant as it is now. */
  readonly today?: boolean
  /** Takes what is there where answers are missing; these count as possibly paid. */
  readonly accept?: boolean
}

/** Options of `retry`. */
export interface RetryOptions extends Following {
  /** Only records with these outcomes; without a choice, those that may succeed unchanged. */
  readonly status?: Outcome | readonly Outcome[]
  /** Only records whose reason contains this text. */
  readonly error?: string
  /** Only these keys. */
  readonly only?: readonly string[]
  /** True: with the job as it is now, in a run of its own. False: with the bytes that were sent before. */
  readonly today?: boolean
  /** The most output tokens of one answer, for these records alone. */
  readonly maxTokens?: number
  /** A model for these records alone. */
  readonly model?: string
  readonly deliveryMode?: Exclude<DeliveryMode, 'batch'>
  /**
   * As sent: what the whole run may cost at most, with what it has cost. When left out, the retry spends what is left of
   * the amount that was agreed to for that run, and is refused with E_BUDGET where that cannot be enough. With the job
   * of today: what the new run may cost; the job's budget when left out.
   */
  readonly maxCost?: Dollars
}

/** A job of the project by its name, or a job that `defineJob` or `defineEmbedding` has given. */
export type JobChoice<Row, Params, Output, Example> = string | Job<Row, Params, Output, Example>

/**
 * A project, as code uses it: what the command line does, under the same rules. Every failure is an `OffpeakError`, to
 * be told apart by its `code`. Runs are named by their ids, or by the beginning of one; a job's name means its last run.
 */
export interface Offpeak extends AsyncDisposable {
  /**
   * What a run would send and cost. Sends nothing, changes nothing, and needs no key. Throws E_SOURCE_*, E_SINK_*,
   * E_SCHEMA and E_PARAMS.
   */
  readonly plan: <Row, Params, Output, Example>(
    job: JobChoice<Row, Params, Output, Example>,
    options?: RecordChoice<Params>,
  ) => Promise<Plan>
  /**
   * Sends what a job has to send, and merges the answers. Resolves when the run is over, or paused (`state`, and
   * `pauseReason` for what it waits for); null: nothing is to be sent. A run of the job that is going on is attached to,
   * and nothing is sent twice; one that asks otherwise than the job does now is refused with E_JOB_CHANGED, and a job of
   * the same name that another call is at work with and that differs, with E_JOB_INVALID.
   * Throws E_CONSENT where neither `maxCost` nor the job's budget names an amount, E_BUDGET where it cannot be enough,
   * and what `plan` throws.
   */
  readonly run: <Row, Params, Output, Example>(
    job: JobChoice<Row, Params, Output, Example>,
    options?: RunOptions<Params>,
  ) => Promise<RunStatus | null>
  /** Lets a paused run go on. Resolves as `run` does. Throws E_BUDGET, E_JOB_CHANGED and E_RUN_STATE. */
  readonly resume: (run: string, options?: ResumeOptions) => Promise<RunStatus>
  /**
   * Asks records of a run again that were not answered well. Resolves as `run` does, with the run that has asked them;
   * null: none of them is to be sent. Throws E_CONSENT, E_BUDGET, E_RUN_STATE and E_RECORD_UNKNOWN.
   */
  readonly retry: (run: string, options?: RetryOptions) => Promise<RunStatus | null>
  /** Cancels a run at the provider. What was answered is merged; what was paid is kept. Throws E_RUN_STATE. */
  readonly cancel: (run: string) => Promise<RunStatus>
  /** Where a run stands, from stored counters: as quick for ten records as for ten million. Throws E_RUN_UNKNOWN. */
  readonly status: (run: string) => Promise<RunStatus>
  /**
   * Every record of a run with its outcome, output, tokens and cost, in the order of the source, read page by page.
   * Nothing is sent. Throws E_RUN_UNKNOWN, and E_RUN_STATE when the answer files were removed.
   */
  readonly results: <Output = unknown>(
    run: string,
    filter?: ResultsFilter<Output>,
  ) => AsyncIterable<RunResult<Output>>
  /**
   * Closes the project. Calls that still wait are ended with E_USAGE, as by a `signal`: what was sent goes on. Later calls
   * throw E_USAGE, and closing again does nothing. A process with an open project does not end by itself.
   */
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/**
 * An opened project. Throws E_CONFIG, E_ENV, E_DATABASE and E_STATE_*. Nothing is sent.
 *
 * @example
 * await using offpeak = await openOffpeak()
 * const run = await offpeak.run('headnotes', { maxCost: '$90' })
 */
export async function openOffpeak(options: OpenOptions = {}): Promise<Offpeak> {
  const project = await openProject(options)
  const gate = new Gate()
  const runOf = async (call: string, name: string) => {
    requireRunName(call, name)
    return project.find(name)
  }
  const follow = (run: string, { signal, onProgress }: Following) =>
    followRun(project, run, {
      signal: signal === undefined ? gate.signal : AbortSignal.any([signal, gate.signal]),
      onProgress,
    })
  return {
    plan: (job, options = {}) =>
      gate.pass(async () => {
        requireOptions('plan', planOptionsShape, options)
        using given = await named(project, job)
        return await project.plan(given.name, selectionOf(options))
      }),
    run: (choice, options = {}) =>
      gate.pass(async () => {
        requireOptions('run', runOptionsShape, options)
        const { maxCost, signal, onProgress, ...records } = options
        signal?.throwIfAborted()
        using given = await named(project, choice)
        const job = given.name
        const selection = selectionOf(records)
        const maxMicroUsd = amountOf(maxCost)
        const [live] = await project.store.runs({ job, live: true, limit: 1 })
        const made = live === undefined ? await project.plan(job, selection) : null
        if (made !== null && isNothingToSend(made)) return null
        gate.signal.throwIfAborted()
        const { run } = await startAgreed(project, {
          job,
          selection,
          seen: null,
          ...(made === null ? {} : { made }),
          maxMicroUsd,
          payer: null,
          sees: everyJob,
        })
        return await follow(run.id, { signal, onProgress })
      }),
    resume: (name, options = {}) =>
      gate.pass(async () => {
        requireOptions('resume', resumeOptionsShape, options)
        const { maxCost, today = false, accept = false, ...following } = options
        const run = await runOf('resume', name)
        await resumeAgreed(project, run, amountOf(maxCost), { today, accept })
        return follow(run.id, following)
      }),
    retry: (name, options = {}) =>
      gate.pass(async () => {
        requireOptions('retry', retryOptionsShape, options)
        const { status, error, only, today, maxTokens, model, deliveryMode, maxCost, ...following } = options
        const run = await runOf('retry', name)
        const choice = {
          outcomes: status === undefined ? null : typeof status === 'string' ? [status] : status,
          reason: error ?? null,
          keys: only ?? null,
          deliveryMode: deliveryMode ?? null,
          model: model ?? null,
          maxTokens: maxTokens ?? null,
        }
        const how = { maxMicroUsd: amountOf(maxCost), dryRun: false }
        if (today === false && (model !== undefined || maxTokens !== undefined))
          throw new OffpeakError('E_USAGE', '`today: false` changes nothing; `maxTokens` and `model` do', {
            fix: 'leave `today` out',
          })
        if (retryKind({ ...choice, today: today ?? null }) === 'as-sent') {
          const { marked } = await retryAgreed(project, run, choice, how)
          return marked === 0 ? null : follow(run.id, following)
        }
        const { started } = await rescueAgreed(project, run, choice, { ...how, payer: null, sees: everyJob })
        return started && follow(started.id, following)
      }),
    cancel: (name) =>
      gate.pass(async () => {
        const { id } = await runOf('cancel', name)
        await project.cancel(id)
        return project.status(id)
      }),
    status: (run) =>
      gate.pass(async () => {
        requireRunName('status', run)
        return project.status(run)
      }),
    async *results(run, filter = {}) {
      gate.signal.throwIfAborted()
      requireRunName('results', run)
      requireOptions('results', resultsFilterShape, filter)
      for await (const result of project.results(run, filter)) {
        yield result
        gate.signal.throwIfAborted()
      }
    },
    [Symbol.asyncDispose]: () => gate.close(() => project[Symbol.asyncDispose]()),
  }
}

/** Lets calls to a project pass while it is open, and ends those that wait before it is closed. */
class Gate {
  private readonly closer = new AbortController()
  private readonly calls = new Set<Promise<unknown>>()
  private closed: Promise<void> | null = null

  /** Aborted with what a call to a closed project throws. */
  get signal(): AbortSignal {
    return this.closer.signal
  }

  async pass<Given>(call: () => Promise<Given>): Promise<Given> {
    this.signal.throwIfAborted()
    const given = call()
    this.calls.add(given)
    try {
      return await given
    } finally {
      this.calls.delete(given)
    }
  }

  close(project: () => PromiseLike<void>): Promise<void> {
    this.closer.abort(
      new OffpeakError('E_USAGE', 'the project is closed', {
        fix: 'call before it is closed, or open it again by openOffpeak(); a run that has begun goes on, and run() attaches to it',
      }),
    )
    return (this.closed ??= Promise.allSettled(this.calls).then(project))
  }
}

const everyJob = (): boolean => true

interface NamedJob extends Disposable {
  readonly name: string
}

/**
 * The name of a job; one that was given as a value is known by it from now on, and the only one of its name until this is
 * disposed. Throws E_USAGE and E_JOB_INVALID.
 */
async function named({ config }: Pick<Project, 'config'>, job: string | object): Promise<NamedJob> {
  if (typeof job === 'string') return { name: job, [Symbol.dispose]: () => undefined }
  const given: unknown = job
  if (!isJob(given))
    throw new OffpeakError('E_USAGE', 'a job is a name, or what defineJob() returns', {
      fix: "offpeak.run('headnotes'), or offpeak.run(defineJob({ … }))",
    })
  const held = await config.jobs.give(given satisfies AnyJob)
  return { name: given.name, [Symbol.dispose]: () => held[Symbol.dispose]() }
}
