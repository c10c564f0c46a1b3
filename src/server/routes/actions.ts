import { z } from '@hono/zod-openapi'
import { rescueAgreed, resumeAgreed, retryAgreed, submitAgreed } from '../../compose/client/agreed.ts'
import { amountAsSent } from '../../engine/control/amount-of-retry.ts'
import { amountOfPlan, maxCostOf } from '../../wording/amount-of-plan.ts'
import { retryKind } from '../../planning/waiting/remedies.ts'
import type { RunRow } from '../../ports/state.ts'
import { amountIn } from '../amount.ts'
import { ok } from '../answer.ts'
import {
  cancelRequest,
  mergeAnswer,
  mergeRequest,
  resumeRequest,
  retryAnswer,
  retryRequest,
  runStatus,
  submitRequest,
} from '../contract/run.ts'
import { requireOwnBudget, requireRun } from '../guard/allow.ts'
import { type Caller, sees } from '../guard/caller.ts'
import { withoutHidden } from '../guard/seen-events.ts'
import { Refusal } from '../problem.ts'
import { defineRoute, type Route } from '../route.ts'
import type { ServerContext } from '../server-context.ts'
import { withAmount } from '../../wording/commands/command-line.ts'
import { cliCommandForRetry } from '../../wording/commands/retry-command.ts'
import { runParams } from './runs.ts'

const tag = 'Runs'
const scope = 'run'
const nothing = z.strictObject({})
/** Others may hold the run or its batches for a moment; nobody waits longer for them. */
const cancelWithinMs = 60_000

export const actionRoutes: readonly Route[] = [
  defineRoute(
    {
      method: 'post',
      path: '/api/v1/runs/{run}/submit',
      tag,
      scope,
      spends: true,
      summary: 'Send the files of a run that was only built',
      params: runParams,
      body: submitRequest,
      answers: { 200: runStatus },
    },
    async ({ served, caller, params, body: { maxCost } }) => {
      const run = await payable(served, caller, params.run)
      await submitAgreed(served.offpeak, run, amountIn(maxCost))
      return ok(withoutHidden(caller, await served.offpeak.status(run.id)))
    },
  ),
  defineRoute(
    {
      method: 'post',
      path: '/api/v1/runs/{run}/pause',
      tag,
      scope,
      summary: 'Send no more of a run until it is resumed',
      params: runParams,
      body: nothing,
      answers: { 200: runStatus },
    },
    async ({ served: { offpeak }, caller, params }) => {
      const { id } = await requireRun(offpeak.store, caller, params.run)
      await offpeak.pause(id)
      return ok(withoutHidden(caller, await offpeak.status(id)))
    },
  ),
  defineRoute(
    {
      method: 'post',
      path: '/api/v1/runs/{run}/resume',
      tag,
      scope,
      spends: true,
      summary: 'Let a run continue, with a new cap when one is named',
      params: runParams,
      body: resumeRequest,
      answers: { 200: runStatus },
    },
    async ({ served, caller, params, body: { maxCost, accept, today } }) => {
      const run = await payable(served, caller, params.run)
      await resumeAgreed(served.offpeak, run, amountIn(maxCost), { today, accept })
      return ok(withoutHidden(caller, await served.offpeak.status(run.id)))
    },
  ),
  defineRoute(
    {
      method: 'post',
      path: '/api/v1/runs/{run}/cancel',
      tag,
      scope,
      summary: 'Stop a run, one of its batches, or what was not sent yet; what is paid for is kept',
      params: runParams,
      body: cancelRequest,
      answers: { 200: runStatus },
    },
    async ({ served: { offpeak }, caller, params, body: { batch, unsent } }) => {
      const { id } = await requireRun(offpeak.store, caller, params.run)
      if (batch !== null && unsent)
        throw new Refusal('E_USAGE', '`batch` and `unsent` exclude each other', {
          issues: [{ path: 'body.unsent', message: 'not next to batch' }],
        })
      if (batch !== null) await offpeak.cancelBatch(id, batch)
      else if (unsent) await offpeak.cancelUnsent(id, AbortSignal.timeout(cancelWithinMs))
      else await offpeak.cancel(id)
      return ok(withoutHidden(caller, await offpeak.status(id)))
    },
  ),
  defineRoute(
    {
      method: 'post',
      path: '/api/v1/runs/{run}/merge',
      tag,
      scope,
      expensive: true,
      summary: 'Judge stored answers again and write those that fit; pays nothing',
      params: runParams,
      body: mergeRequest,
      answers: { 200: mergeAnswer },
    },
    async ({ served: { offpeak }, caller, params, body: { today } }) => {
      const { id } = await requireRun(offpeak.store, caller, params.run)
      if (today) await offpeak.takeToday(id)
      return ok({ run: id, counts: await offpeak.mergeAgain(id, null) })
    },
  ),
  defineRoute(
    {
      method: 'post',
      path: '/api/v1/runs/{run}/retry',
      tag,
      scope,
      spends: true,
      expensive: true,
      summary: 'Send again what failed, under the cap of the run or a new one',
      description:
        'Without a choice, what may succeed unchanged. What would end the same again is asked with the job as it is now, in a run of its own, which `rescue` names. `dryRun` only tells how much it is.',
      params: runParams,
      body: retryRequest,
      answers: { 200: retryAnswer },
    },
    async ({ served, caller, params, body: { maxCost, dryRun, today, ...choice } }) => {
      const run = dryRun
        ? await requireRun(served.offpeak.store, caller, params.run)
        : await payable(served, caller, params.run)
      const wish = { maxMicroUsd: amountIn(maxCost), dryRun }
      const kind = retryKind({ ...choice, today })
      if (today === false && (choice.model !== null || choice.maxTokens !== null))
        throw new Refusal('E_USAGE', '`today: false` changes nothing; `maxTokens` and `model` do', {
          issues: [{ path: 'body.today', message: 'not with maxTokens or model' }],
        })
      const command = cliCommandForRetry(run.id, choice, today)
      if (kind === 'as-sent') {
        const { cost, marked } = await retryAgreed(served.offpeak, run, choice, wish)
        const { money } = await served.offpeak.status(run.id)
        const amount = cost.requests === 0 ? null : amountAsSent(run, money, cost)
        return ok({ ...cost, kind, marked, rescue: null, asked: null, command: withAmount(command, amount) })
      }
      const { plan, started } = await rescueAgreed(served.offpeak, run, choice, {
        ...wish,
        payer: caller.budget,
        sees: (name) => sees(caller, name),
      })
      return ok({
        schema: 'offpeak.retry-plan/2' as const,
        run: run.id,
        requests: plan.toSend,
        counts: {},
        deliveryMode: plan.deliveryMode,
        likelyMicroUsd: plan.cost?.likelyMicroUsd ?? null,
        atMostMicroUsd: maxCostOf(plan),
        asBuilt: false,
        kind,
        marked: started === null ? 0 : plan.toSend,
        rescue: started?.id ?? null,
        asked: plan.rescue?.asked ?? null,
        command: withAmount(command, amountOfPlan(plan)),
      })
    },
  ),
]

/** A run that the caller sees and may spend on. Throws E_RUN_UNKNOWN and E_SCOPE. */
async function payable({ offpeak: { store } }: ServerContext, caller: Caller, id: string): Promise<RunRow> {
  const run = await requireRun(store, caller, id)
  requireOwnBudget(caller, run)
  return run
}
