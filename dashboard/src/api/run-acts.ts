import type { GivenVerdict, NewVerdict, TakenBack } from '../../../src/server/contract/review.ts'
import type { RetryAnswer, RetryRequest, RunStatus } from '../../../src/server/contract/run.ts'
import type { MadePlan, NewRun, Selection } from '../../../src/server/contract/plan.ts'
import type { OutcomeCounts } from '../../../src/server/contract/outcome.ts'
import type { StartedRun } from '../../../src/server/contract/run.ts'
import { path, request } from './request.ts'

/** An act that can spend is given a key of `Repeats`, so that trying again spends once. */
export interface Spending {
  readonly repeatKey: string
}

export function pauseRun(run: string): Promise<RunStatus> {
  return request('POST', path`/runs/${run}/pause`, { body: {} })
}

export function resumeRun(
  run: string,
  {
    maxCost,
    accept,
    today,
    repeatKey,
  }: Spending & { readonly maxCost?: string; readonly accept?: boolean; readonly today?: boolean },
): Promise<RunStatus> {
  return request('POST', path`/runs/${run}/resume`, { body: { maxCost, accept, today }, repeatKey })
}

/** Sends a run that is built. */
export function submitRun(
  run: string,
  { maxCost, repeatKey }: Spending & { readonly maxCost?: string },
): Promise<RunStatus> {
  return request('POST', path`/runs/${run}/submit`, { body: { maxCost }, repeatKey })
}

export function cancelRun(
  run: string,
  wish: { readonly batch?: number; readonly unsent?: boolean } = {},
): Promise<RunStatus> {
  return request('POST', path`/runs/${run}/cancel`, { body: wish })
}

/** By the job as it is now. */
export function mergeRun(run: string): Promise<{ run: string; counts: OutcomeCounts }> {
  return request('POST', path`/runs/${run}/merge`, { body: { today: true } })
}

/** With `dryRun` it only says how many and how much, and spends nothing. */
export function retryRun(run: string, { repeatKey, ...wish }: RetryRequest & Spending): Promise<RetryAnswer> {
  return request('POST', path`/runs/${run}/retry`, { body: wish, repeatKey })
}

export function planJob(job: string, selection: Selection): Promise<MadePlan> {
  return request('POST', path`/jobs/${job}/plan`, { body: selection })
}

export function startRun(job: string, { repeatKey, ...wish }: NewRun & Spending): Promise<StartedRun> {
  return request('POST', path`/jobs/${job}/runs`, { body: wish, repeatKey })
}

export function giveVerdict(verdict: NewVerdict): Promise<GivenVerdict> {
  return request('POST', '/reviews', { body: verdict })
}

/** Takes a verdict back. What it wrote stays written. */
export function takeBackVerdict(run: string, key: string): Promise<TakenBack> {
  return request('DELETE', path`/reviews/${run}/${key}`)
}
