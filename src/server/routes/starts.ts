import type { z } from '@hono/zod-openapi'
import { planFor, startAgreed } from '../../compose/client/agreed.ts'
import { amountOfPlan } from '../../wording/amount-of-plan.ts'
import type { Selection } from '../../compose/selection.ts'
import { amountIn, durationIn } from '../amount.ts'
import { ok, said } from '../answer.ts'
import { madePlan, newRun, selection } from '../contract/plan.ts'
import { startedRun } from '../contract/run.ts'
import { sees } from '../guard/caller.ts'
import { requireJob } from '../guard/allow.ts'
import { withoutHidden } from '../guard/seen-events.ts'
import { Refusal } from '../problem.ts'
import { defineRoute, type Route } from '../route.ts'
import { withAmount } from '../../wording/commands/command-line.ts'
import { cliCommandForRun } from '../../wording/commands/run-command.ts'
import { jobParams } from './jobs.ts'

const tag = 'Jobs'

export const startRoutes: readonly Route[] = [
  defineRoute(
    {
      method: 'post',
      path: '/api/v1/jobs/{job}/plan',
      tag,
      scope: 'run',
      expensive: true,
      summary: 'Find out what a run would be and cost; nothing is sent',
      params: jobParams,
      body: selection,
      answers: { 200: madePlan },
    },
    async ({ served: { offpeak }, caller, params: { job }, body }) => {
      await requireJob(offpeak, caller, job)
      const wanted = selectionOf(body)
      const plan = planFor(await offpeak.plan(job, wanted), (name) => sees(caller, name))
      return ok({
        planId: await offpeak.storePlan(plan, wanted),
        plan,
        simulated: offpeak.isSimulated,
        command: withAmount(cliCommandForRun(job, wanted), amountOfPlan(plan)),
      })
    },
  ),
  defineRoute(
    {
      method: 'post',
      path: '/api/v1/jobs/{job}/runs',
      tag,
      scope: 'run',
      spends: true,
      expensive: true,
      summary: 'Start a run, or take up the one that is running',
      description:
        'Needs an amount that is agreed to: `maxCost`, or the budget of the job, or the upper bound of the plan that `planId` names. A worker drives the run.',
      params: jobParams,
      body: newRun,
      answers: { 200: startedRun, 201: startedRun },
    },
    async ({ served: { offpeak }, caller, params: { job }, body: { planId, maxCost, hold, ...rest } }) => {
      await requireJob(offpeak, caller, job)
      const kept = planId === undefined ? null : await offpeak.storedPlan(job, planId)
      if (kept !== null) requireBare(rest)
      const { run, attached } = await startAgreed(offpeak, {
        job,
        selection: { ...(kept?.selection ?? selectionOf(rest)), hold },
        seen: kept?.plan ?? null,
        maxMicroUsd: amountIn(maxCost),
        payer: caller.budget,
        sees: (name) => sees(caller, name),
      })
      return said(attached ? 200 : 201, {
        attached,
        status: withoutHidden(caller, await offpeak.status(run.id)),
      })
    },
  ),
]

/** A selection as the planning takes it. Throws E_USAGE. */
function selectionOf({
  params,
  limit,
  only,
  redo,
  payAgain,
  keep,
  deliveryMode,
  deadline,
}: z.output<typeof selection>): Selection {
  if (deadline !== undefined && deliveryMode !== undefined && deliveryMode !== 'batch')
    throw new Refusal('E_USAGE', `a deadline is for batches, and ${deliveryMode} makes none`, {
      issues: [{ path: 'body.deadline', message: 'not with this delivery mode' }],
    })
  return {
    params,
    limit,
    only,
    redo,
    payAgain,
    keep,
    ...(deliveryMode === undefined ? {} : { deliveryMode }),
    ...(deadline === undefined ? {} : { deadlineMs: durationIn(deadline, 'body.deadline') }),
  }
}

/** A plan knows its records and its delivery mode. Throws E_USAGE for another choice beside it. */
function requireBare(rest: z.output<typeof selection>): void {
  const none = selection.parse({})
  const given = Object.entries(rest).find(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(none, name)),
  )
  if (given === undefined) return
  throw new Refusal(
    'E_USAGE',
    `a plan knows its records and its delivery mode; ${given[0]} belongs to the plan`,
    {
      issues: [{ path: `body.${given[0]}`, message: 'not next to planId' }],
    },
  )
}
