import { jsonSchemaFrom } from '../../planning/schema/json-schema-from.ts'
import { candidateNames } from '../../ports/candidates.ts'
import { z } from '@hono/zod-openapi'
import { modelWords, sinkWords, sourceWords } from '../../compose/job-words.ts'
import type { LoadedJob } from '../../config/jobs.ts'
import { configuredBudgets } from '../../compose/configured-budgets.ts'
import type { AnyJob } from '../../ports/job.ts'
import { kept } from '../answer.ts'
import { coverage, type Job, job, jobs } from '../contract/job.ts'
import { requireJob } from '../guard/allow.ts'
import { type Caller, sees } from '../guard/caller.ts'
import { defineRoute, type Route } from '../route.ts'
import type { ServerContext } from '../server-context.ts'

export const jobParams = z.object({ job: z.string().max(64) })
const tag = 'Jobs'

export const jobRoutes: readonly Route[] = [
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/jobs',
      tag,
      scope: 'read',
      summary: 'The jobs of the project',
      answers: { 200: jobs },
    },
    async ({ served, caller }) =>
      kept(
        await served.brief.get(`jobs ${JSON.stringify(caller.jobs)}`, async () => {
          const known = [...(await served.offpeak.config.jobs.all()).values()]
          const seen = known.filter(({ job: { name } }) => sees(caller, name))
          const broken = caller.jobs === null ? await served.offpeak.config.jobs.broken() : []
          return {
            schema: 'offpeak.jobs/2' as const,
            broken: broken.map(({ file, names, error: { code, message, fix } }) => ({
              file,
              names: [...names],
              code,
              message,
              fix,
            })),
            items: await Promise.all(seen.map((each) => factsOf(served, caller, each))),
          }
        }),
      ),
  ),
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/jobs/{job}',
      tag,
      scope: 'read',
      summary: 'One job',
      params: jobParams,
      answers: { 200: job },
    },
    async ({ served, caller, params }) => {
      const loaded = await requireJob(served.offpeak, caller, params.job)
      const name = `job ${params.job} ${JSON.stringify(caller.jobs)}`
      return kept(await served.brief.get(name, () => factsOf(served, caller, loaded)))
    },
  ),
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/jobs/{job}/coverage',
      tag,
      scope: 'read',
      expensive: true,
      summary: 'How much of the source of a job is done; reads all of it',
      params: jobParams,
      query: z.object({
        by: z
          .string()
          .max(300)
          .optional()
          .openapi({ example: 'category,locale', description: 'fields of the rows' }),
      }),
      answers: { 200: coverage },
    },
    async ({ served, caller, params, query: { by } }) => {
      await requireJob(served.offpeak, caller, params.job)
      const fields = (by ?? '').split(',').filter((field) => field !== '')
      const name = `coverage ${params.job} ${JSON.stringify(fields)}`
      return kept(await served.brief.get(name, () => served.offpeak.coverage(params.job, {}, fields)))
    },
  ),
]

async function factsOf(
  { offpeak: { config, store } }: ServerContext,
  caller: Caller,
  { job, file }: LoadedJob,
): Promise<Job> {
  const [last] = await store.runs({ job: job.name, limit: 1 })
  return {
    name: job.name,
    file,
    model: modelWords(job),
    source: sourceWords(job),
    sink: sinkWords(job),
    version: job.version ?? '',
    simulated: config.isSimulated,
    after: (job.after === undefined
      ? []
      : [typeof job.after === 'string' ? job.after : job.after.name]
    ).filter((name) => sees(caller, name)),
    variants: Object.keys(job.variants ?? {}),
    candidates: candidateNames(job),
    scored: job.score !== undefined,
    params: paramsOf(job),
    budget: configuredBudgets(config, job),
    lastRun: last ? { run: last.id, state: last.state, createdAt: last.createdAt } : null,
  }
}

/** The JSON Schema of the parameters; one that allows anything where theirs cannot be written so. */
function paramsOf({ params }: AnyJob): Job['params'] {
  if (params === undefined) return null
  try {
    return jsonSchemaFrom(params)?.input({ target: 'draft-2020-12' }) ?? {}
  } catch {
    return {}
  }
}
