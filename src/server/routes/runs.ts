import { z } from '@hono/zod-openapi'
import { OffpeakError } from '../../domain/errors.ts'
import { type RunState, runStates } from '../../domain/run.ts'
import { kept, ok } from '../answer.ts'
import { plan } from '../contract/plan.ts'
import { list, page, pageQuery } from '../contract/page.ts'
import { batch, runStatus, runSummary, timeline } from '../contract/run.ts'
import { requireRun, unknownRun } from '../guard/allow.ts'
import { type Caller, sees } from '../guard/caller.ts'
import { withoutHidden } from '../guard/seen-events.ts'
import type { RunStatus } from '../../engine/queries/status.ts'
import { defineRoute, type Route } from '../route.ts'
import type { ServerContext } from '../server-context.ts'
import type { Kept } from '../short-lived-cache.ts'

export const runParams = z.object({ run: z.string().max(64) })
const tag = 'Runs'

/** States as `running,paused`. */
const states = z
  .string()
  .max(100)
  .transform((text, context): readonly RunState[] => {
    const words = text.split(',')
    const known = runStates.filter((name) => words.includes(name))
    if (known.length === new Set(words).size) return known
    context.addIssue({ code: 'custom', message: `states are ${runStates.join(', ')}` })
    return z.NEVER
  })
  .openapi({ type: 'string', example: 'building,running' })

export const runRoutes: readonly Route[] = [
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/runs',
      tag,
      scope: 'read',
      summary: 'Runs, newest first',
      query: z.object({ job: z.string().max(64).optional(), state: states.optional(), ...pageQuery }),
      answers: { 200: page(runSummary).openapi('RunPage') },
    },
    async ({ served: { offpeak, brief }, caller: { jobs }, query }) => {
      const { job, state, cursor = null, limit } = query
      const filter = {
        ...(job === undefined ? {} : { job }),
        ...(state === undefined ? {} : { states: state }),
        jobs,
        cursor,
        limit,
      }
      return kept(await brief.get(`runs ${JSON.stringify(filter)}`, () => offpeak.runs(filter)))
    },
  ),
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
      path: '/api/v1/runs/{run}/timeline',
      tag,
      scope: 'read',
      summary: 'Money and merged records over the time of a run',
      params: runParams,
      answers: { 200: timeline },
    },
    async ({ served: { offpeak, brief }, caller, params }) => {
      const { id } = await requireRun(offpeak.store, caller, params.run)
      return kept(await brief.get(`timeline ${id}`, () => offpeak.timeline(id)))
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
export async function statusSeen(
  served: ServerContext,
  caller: Caller,
  id: string,
): Promise<Kept<RunStatus>> {
  const found = await served.brief.get(`status ${id}`, async () => {
    const run = await served.offpeak.store.run(id)
    return run === null ? null : served.offpeak.status(run.id)
  })
  const { value, json } = found
  if (value !== null && sees(caller, value.job)) {
    const shown = withoutHidden(caller, value)
    return shown === value
      ? { value, json }
      : { value: shown, json: new TextEncoder().encode(JSON.stringify(shown)) }
  }

  throw unknownRun(id)
}
