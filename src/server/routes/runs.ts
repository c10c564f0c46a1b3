import { z } from '@hono/zod-openapi'
import { OffpeakError } from '../../domain/errors.ts'
import { kept, ok } from '../answer.ts'
import { plan } from '../contract/plan.ts'
import { batch, runStatus } from '../contract/run.ts'
import { list } from '../contract/page.ts'
import { unknownRun } from '../guard/allow.ts'
import { type Caller, sees } from '../guard/caller.ts'
import type { RunStatus } from '../../engine/look/status.ts'
import { defineRoute, type Route } from '../route.ts'
import type { Served } from '../served.ts'
import type { Kept } from '../brief-cache.ts'

export const runParams = z.object({ run: z.string().max(64) })
const tag = 'Runs'

export const runRoutes: readonly Route[] = [
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/runs/{run}',
      tag,
      scope: 'read',
      summary: 'Where a run stands',
      params: runParams,
      answers: { 200: runStatus },
    },
    async ({ served, caller, params }) => kept(await statusSeen(served, caller, params.run)),
  ),
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/runs/{run}/batches',
      tag,
      scope: 'read',
      summary: 'The batches of a run',
      params: runParams,
      answers: { 200: z.object({ items: list(batch) }).openapi('Batches') },
    },
    async ({ served, caller, params }) => {
      const { value } = await statusSeen(served, caller, params.run)
      return ok({ items: value.batches })
    },
  ),
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/runs/{run}/plan',
      tag,
      scope: 'read',
      summary: 'What was planned before a run began',
      params: runParams,
      answers: { 200: plan },
    },
    async ({ served, caller, params }) => {
      const { value } = await statusSeen(served, caller, params.run)
      if (value.plan) return ok(value.plan)
      throw new OffpeakError(
        'E_RUN_UNKNOWN',
        `run ${params.run} has no plan: its answers came from elsewhere`,
      )
    },
  ),
]

/** The status of a run with exactly this id, when the caller sees its job. Throws E_RUN_UNKNOWN. */
export async function statusSeen(served: Served, caller: Caller, id: string): Promise<Kept<RunStatus>> {
  const found = await served.brief.get(`status ${id}`, async () => {
    const run = await served.offpeak.store.run(id)
    return run === null ? null : served.offpeak.status(run.id)
  })
  const { value, json } = found
  if (value !== null && sees(caller, value.job)) return { value, json }

  throw unknownRun(id)
}
