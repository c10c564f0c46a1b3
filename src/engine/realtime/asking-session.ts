import { customId } from '../../domain/request.ts'
import { backoffMs, maxRetryAfterMs } from '../../planning/waiting/backoff.ts'
import type { Completed } from '../../ports/provider/realtime.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import type { BatchRow } from '../../ports/state.ts'
import { requestFile } from '../files/durable-file.ts'
import type { AskingLog } from './asking-log.ts'
import { bodyOfLine } from '../files/body.ts'
import { withCrashPoints } from '../crash-points.ts'
import { lostRequestFile, requestLines } from '../files/file-lines.ts'
import { pauseRun } from '../step/pause.ts'
import type { Step } from '../step/step.ts'
import { type RateLimiter, rateLimiterOf } from './rate-limiter.ts'
import { realtimeLimits } from '../flow.ts'
import { isFree } from '../../domain/money.ts'

/** How a session ends: all lines have something, the run was cancelled, or there is a reason to come again later. */
export type SessionEnd =
  | { readonly kind: 'all' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'later'; readonly at: number }

interface Question {
  readonly line: number
  readonly body: string
}

/** Time that must be left on the lease when a paid call is sent. */
const leaseRoomFraction = 0.5
const lookEveryMs = 1_000
/** A longer rest is not waited for with the attempt in hand. */
const longRestMs = 10_000
const pausedMs = 300_000
const maxRestMs = 60_000
/** Output tokens that a request is taken for by the limits of a minute, when it may have more. */
const usualOutputTokens = 1_000

const diedReason = 'the process ended before the answer was kept'

/** A session that asks the lines of one file, under one claim. */
export class AskingSession {
  readonly #step: Step
  readonly #batch: BatchRow
  /** What the ids of its answers begin with. */
  readonly #tag: string
  readonly #log: AskingLog
  readonly #concurrency: number
  readonly #rateLimiter: RateLimiter
  readonly #again: Question[] = []
  readonly #over = new AbortController()
  #ended: SessionEnd | null = null
  #refusals = 0
  #lookedAt = 0
  #looking: Promise<void> | null = null

  constructor(step: Step, batch: BatchRow, log: AskingLog) {
    this.#step = step
    this.#batch = batch
    this.#tag = step.attempt.idTag ?? batch.tag
    this.#log = log
    const { provider } = step.job
    const limits = realtimeLimits(step.flow, provider)
    this.#concurrency = limits.concurrency
    // Two servers may have a model of the same name.
    this.#rateLimiter = rateLimiterOf(step.flow, `${provider.account} ${step.spec.quotaKey}`, limits)
  }

  async work(): Promise<SessionEnd> {
    await this.#settleEarlier()
    const { flow, lease } = this.#step
    const stop = (): void => this.#end({ kind: 'later', at: flow.clock.now() })
    if (lease.signal.aborted) stop()
    lease.signal.addEventListener('abort', stop)
    const questions = this.#questions()
    try {
      const askers = Array.from({ length: this.#concurrency }, () => this.#askOn(questions))
      const results = await Promise.allSettled(askers)
      const failed = results.find((result) => result.status === 'rejected')
      if (failed) throw failed.reason
    } finally {
      lease.signal.removeEventListener('abort', stop)
      await questions.return(undefined)
    }
    return this.#ended ?? { kind: 'all' }
  }

  /** Ends it with what is there. */
  async close(): Promise<SessionEnd> {
    await this.#settleEarlier()
    return { kind: 'cancelled' }
  }

  /**
   * What was asked before and has no answer may have been paid, and is not asked again by this attempt; where asking costs
   * nothing, it is.
   */
  async #settleEarlier(): Promise<void> {
    const { price } = this.#step.spec
    if (price !== null && isFree(price)) return
    for (const line of this.#log.unanswered) await this.#unsure(line, diedReason)
  }

  async *#questions(): AsyncGenerator<Question> {
    const { filesDir } = this.#step.flow
    const path = requestFile(filesDir, this.#batch.tag)
    let line = -1
    for await (const group of requestLines(filesDir, this.#batch.tag)) {
      for (const { bytes } of group) {
        line += 1
        if (this.#log.has(line)) continue
        const body = bodyOfLine(bytes)
        if (body === null) throw lostRequestFile(path, `has no body in line ${line + 1}`)
        yield { line, body: body.toString('utf8') }
      }
    }
  }

  async #askOn(questions: AsyncGenerator<Question>): Promise<void> {
    try {
      for (;;) {
        if (this.#ended !== null) return
        const question = this.#again.shift() ?? (await nextOf(questions))
        if (question === null) return
        await this.#inTurn(question)
      }
    } catch (thrown) {
      // The others finish what they have on the wire and take nothing more.
      this.#end({ kind: 'later', at: 0 })
      throw thrown
    }
  }

  async #inTurn(question: Question): Promise<void> {
    const { spec } = this.#step
    const tokens =
      Math.ceil(question.body.length / 4) + Math.min(spec.maxOutputTokens ?? 0, usualOutputTokens)
    await this.#rateLimiter.enter(tokens, this.#over.signal)
    try {
      await this.#look()
      if (this.#ended !== null) return
      await this.#ask(question)
    } finally {
      this.#rateLimiter.leave()
    }
  }

  async #ask({ line, body }: Question): Promise<void> {
    const { flow, lease, spec, job } = this.#step
    const { reach, timings } = flow
    lease.check()
    await withCrashPoints(reach, 'ask.note.sync', () => this.#log.ask(line))
    try {
      // A process that was stopped in between must not send on a lease that others have taken over.
      lease.check(timings.leaseMs * leaseRoomFraction)
    } catch (thrown) {
      await this.#log.free(line)
      throw thrown
    }
    const reply = await withCrashPoints(reach, 'ask.post', () =>
      job.provider.complete({
        endpoint: spec.endpoint,
        model: spec.realtimeModel ?? spec.model,
        body,
        deliveryMode: spec.deliveryMode === 'flex' ? 'flex' : 'realtime',
      }),
    )
    if (reply.kind === 'accepted') {
      this.#refusals = 0
      this.#rateLimiter.answered()
      const outputLine = job.provider.outputLine(customId(this.#tag, line), reply.value)
      await withCrashPoints(reach, 'ask.answer.sync', () => this.#log.answer(line, outputLine, false))
    } else if (reply.kind === 'unknown') await this.#unsure(line, reply.message)
    else {
      await this.#log.free(line)
      this.#again.push({ line, body })
      await this.#refused(reply)
    }
  }

  async #unsure(line: number, unsure: string): Promise<void> {
    const { job, flow } = this.#step
    const outputLine = job.provider.outputLine(customId(this.#tag, line), { unsure })
    await withCrashPoints(flow.reach, 'ask.unsure.sync', () => this.#log.answer(line, outputLine, true))
  }

  /** Turned away unpaid: all wait a while, or a person is asked; no request fails for it. */
  async #refused(reply: Extract<Reply<Completed>, { kind: 'refused' }>): Promise<void> {
    const { flow, run, spec, job } = this.#step
    const now = flow.clock.now()
    if (['auth', 'account', 'gone', 'invalid'].includes(reply.cause)) {
      if (this.#ended === null)
        await pauseRun(flow, run, {
          kind: reply.cause === 'auth' ? 'credentials' : 'provider',
          reason: `${job.provider.name} refused the request: ${reply.message}`,
        })
      return this.#end({ kind: 'later', at: now + pausedMs })
    }
    const baseMs = Math.min(1_000, flow.timings.quotaBackoffMs)
    const restMs =
      reply.retryAfterMs === null
        ? backoffMs(this.#refusals, { baseMs, maxMs: maxRestMs, random01: 0.5 })
        : Math.min(Math.max(reply.retryAfterMs, baseMs), maxRetryAfterMs)
    const until = now + restMs
    // Calls that were on their way together are turned away together.
    if (this.#rateLimiter.notBefore <= now) this.#refusals += 1
    this.#rateLimiter.refused(until)
    // Other processes wait as well.
    await flow.store.setQuota(spec.quotaKey, { notBefore: until })
    if (until - now > longRestMs) this.#end({ kind: 'later', at: until })
  }

  /** Now and then: what others want of the run, and how far this has come. */
  async #look(): Promise<void> {
    const now = this.#step.flow.clock.now()
    if (this.#looking === null && now - this.#lookedAt >= lookEveryMs) {
      this.#lookedAt = now
      this.#looking = this.#lookNow(now).finally(() => (this.#looking = null))
    }
    await this.#looking
  }

  async #lookNow(now: number): Promise<void> {
    const { flow, lease, run, spec } = this.#step
    const { answered, unsure } = this.#log.counts
    await flow.store.saveAttempt(lease.claim, { remoteCompleted: answered, remoteFailed: unsure })
    const state = (await flow.store.run(run.id))?.state
    if (state === 'cancelling') this.#end({ kind: 'cancelled' })
    else if (state === 'paused') this.#end({ kind: 'later', at: now + pausedMs })
    const quota = await flow.store.quota(spec.quotaKey)
    if (quota) this.#rateLimiter.rest(quota.notBefore)
  }

  #end(how: SessionEnd): void {
    this.#ended ??= how
    this.#over.abort()
  }
}

async function nextOf(questions: AsyncGenerator<Question>): Promise<Question | null> {
  const next = await questions.next()
  return next.done === true ? null : next.value
}
