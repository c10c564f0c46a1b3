import { z } from '@hono/zod-openapi'
import { modelName, modelQuotaKey } from '../../compose/provider.ts'
import { quotaKeyAt } from '../../engine/job/quota-key.ts'
import { quotasOf } from '../../engine/submission/quota.ts'
import { durationIn } from '../amount.ts'
import { kept, ok } from '../answer.ts'
import { costs, costsBy, quotas } from '../contract/cost.ts'
import { type Caller, sees } from '../guard/caller.ts'
import { defineRoute, type Route } from '../route.ts'
import type { ServerContext } from '../server-context.ts'

const tag = 'Money'

export const costRoutes: readonly Route[] = [
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/costs',
      tag,
      scope: 'read',
      expensive: true,
      summary: 'What was spent, by job, model, day or run',
      query: z.object({
        by: costsBy.default('job'),
        series: costsBy.optional(),
        since: z
          .string()
          .max(20)
          .optional()
          .openapi({ example: '30d', description: 'only the last so long' }),
      }),
      answers: { 200: costs },
    },
    async ({ served: { offpeak, brief, clock }, caller, query: { by, series = null, since } }) => {
      const from = since === undefined ? null : clock.now() - durationIn(since, 'query.since')
      const name = `costs ${by} ${series} ${since} ${JSON.stringify(caller.jobs)}`
      return kept(await brief.get(name, () => offpeak.costs(by, from, series, caller.jobs)))
    },
  ),
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/quota',
      tag,
      scope: 'read',
      summary: 'Enqueued tokens: the limit, what is in use, what waits',
      answers: { 200: quotas },
    },
    async ({ served, caller }) => {
      const { value } = await served.brief.get('quota', () => quotasOf(served.offpeak.flow))
      const mine = await quotaKeysOf(served, caller)
      return ok({
        items: value.quotas
          .filter(({ key }) => mine === null || mine.has(key))
          .map(({ key, limitTokens, usedTokens, waitingBatches, notBefore }) => ({
            key,
            limitTokens,
            usedTokens,
            waiting: waitingBatches,
            notBefore,
          })),
      })
    },
  ),
]

/** The models of the jobs that a caller sees; null: all. */
async function quotaKeysOf(
  { offpeak: { config } }: ServerContext,
  caller: Caller,
): Promise<ReadonlySet<string> | null> {
  if (caller.jobs === null) return null
  const seen = [...(await config.jobs.all()).values()].filter(({ job: { name } }) => sees(caller, name))
  return new Set(
    seen.flatMap(({ job: { model, ...job } }) => {
      const key = modelQuotaKey(config, model, modelName(config, { ...job, model }))
      return [key, ...(model.accounts ?? []).map(({ name }) => quotaKeyAt(key, name))]
    }),
  )
}
