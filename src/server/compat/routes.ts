import { z } from '@hono/zod-openapi'
import { OffpeakError } from '../../domain/errors.ts'
import type { Project } from '../../compose/project.ts'
import type { RunRow } from '../../ports/state.ts'
import { amountIn } from '../amount.ts'
import { ok } from '../answer.ts'
import { pageQuery, usdText } from '../contract/page.ts'
import { requireOwnBudget, unknownRun } from '../guard/allow.ts'
import { type Caller, sees } from '../guard/caller.ts'
import { defineRoute, type Route } from '../route.ts'
import type { ServerContext } from '../server-context.ts'
import { statusWords, coverageWords } from './batch-words.ts'
import { createBatch } from './create.ts'
import { listBatches } from './list.ts'
import { paramsQuery } from './params-query.ts'
import { processResults } from './process.ts'
import { submitBatch } from './submit.ts'
import {
  batchList,
  batchState,
  batchStatus,
  coverageStatus,
  createdBatch,
  processedResults,
} from './shapes.ts'

const base = '/api/v1/batch'
const tag = 'Batches of one job'
const named = z.object({ id: z.string().max(64) })
/** Requests of a batch that is only to be looked at. */
const testLimit = '5'

/**
 * The paths of a batch service: create, submit, status and results of one job, as thin words over its runs. None
 * without `api.compat` in the config. Throws E_JOB_UNKNOWN when it names a job that is not there.
 */
export async function compatRoutes(offpeak: Pick<Project, 'config' | 'job'>): Promise<readonly Route[]> {
  const { compat } = offpeak.config.settings.api
  if (compat === undefined) return []
  const { job } = await offpeak.job(compat.job)
  const params = paramsQuery(job)
  const answers = { 200: createdBatch, 201: createdBatch } as const

  return [
    defineRoute(
      {
        method: 'post',
        path: `${base}/create`,
        tag,
        scope: 'run',
        spends: true,
        replayedAs: 200,
        expensive: true,
        summary: 'Build the files of a batch; nothing is sent',
        query: params,
        answers,
      },
      async ({ served, caller, query, signal }) => {
        requireSeen(caller, job.name)
        return createBatch(served, caller, { job: job.name, params: query, limit: null, base, signal })
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: `${base}/create-test`,
        tag,
        scope: 'run',
        spends: true,
        replayedAs: 200,
        expensive: true,
        summary: 'The same with a few requests',
        query: params.extend({
          limit: z
            .string()
            .regex(/^[1-9]\d{0,8}$/)
            .default(testLimit),
        }),
        answers,
      },
      async ({ served, caller, query: { limit, ...given }, signal }) => {
        requireSeen(caller, job.name)
        return createBatch(served, caller, {
          job: job.name,
          params: given,
          limit: Number(limit),
          base,
          signal,
        })
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: `${base}/submit/{id}`,
        tag,
        scope: 'run',
        spends: true,
        summary: 'Send a batch that was created',
        description: 'Within the budget of the job, or `max_cost`. A second call sends nothing twice.',
        params: named,
        query: z.object({ max_cost: usdText.optional() }),
        answers: { 202: batchStatus },
      },
      async ({ served, caller, params: { id }, query }) => {
        const run = await runOf(served, caller, job.name, id)
        requireOwnBudget(caller, run)
        await submitBatch(served.offpeak, run, amountIn(query.max_cost))
        return { status: 202 as const, body: await words(served, id) }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: `${base}/status/{id}`,
        tag,
        scope: 'read',
        summary: 'Where a batch stands',
        params: named,
        answers: { 200: batchStatus },
      },
      async ({ served, caller, params: { id } }) => {
        await runOf(served, caller, job.name, id)
        return ok(await words(served, id))
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: `${base}/process-results/{id}`,
        tag,
        scope: 'run',
        summary: 'Write the answers that are there; pays nothing, and may be done again',
        params: named,
        query: z.object({ partial: z.enum(['true', 'false']).optional() }),
        answers: { 200: processedResults },
      },
      async ({ served, caller, params: { id }, query: { partial } }) =>
        ok(await processResults(served, await runOf(served, caller, job.name, id), partial === 'true')),
    ),
    defineRoute(
      {
        method: 'get',
        path: `${base}/list`,
        tag,
        scope: 'read',
        summary: 'The batches, newest first',
        query: z.object({ ...pageQuery, status: batchState.optional() }),
        answers: { 200: batchList },
      },
      async ({ served, caller, query }) => {
        requireSeen(caller, job.name)
        return ok(await listBatches(served, job.name, query))
      },
    ),
    ...[`${base}/products/status`, '/products/status'].map((path) =>
      defineRoute(
        {
          method: 'get',
          path,
          tag,
          scope: 'read',
          expensive: true,
          summary: 'How far the job is',
          query: params,
          answers: { 200: coverageStatus },
        },
        async ({ served, caller, query }) => {
          requireSeen(caller, job.name)
          const given = { ...compat.params, ...query }
          return ok(coverageWords(await served.offpeak.coverage(job.name, given, compat.by)))
        },
      ),
    ),
  ]
}

/** Throws E_ROUTE, as if the paths were not mounted, for a caller that does not see their job. */
function requireSeen(caller: Caller, job: string): void {
  if (sees(caller, job)) return
  throw new OffpeakError('E_ROUTE', 'there is nothing here', { fix: '/openapi.json lists what there is' })
}

/** The run, when it is one of the job and the caller sees it. Throws E_RUN_UNKNOWN. */
async function runOf({ offpeak }: ServerContext, caller: Caller, job: string, id: string): Promise<RunRow> {
  requireSeen(caller, job)
  const run = await offpeak.store.run(id)
  if (!run || run.job !== job) throw unknownRun(id)
  return run
}

async function words({ offpeak, clock }: ServerContext, id: string): Promise<z.input<typeof batchStatus>> {
  const status = await offpeak.status(id)
  return statusWords(await offpeak.find(id), status, clock.now())
}
