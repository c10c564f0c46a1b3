import { z } from '@hono/zod-openapi'
import { ok } from '../answer.ts'
import {
  comparedPage,
  comparison,
  newPreference,
  preferredCounts,
  severalCompared,
} from '../contract/compare.ts'
import { pageQuery } from '../contract/page.ts'
import { candidateNames } from '../../ports/candidates.ts'
import { requireJob, requireRun } from '../guard/allow.ts'
import type { Caller } from '../guard/caller.ts'
import { defineRoute, type Route } from '../route.ts'
import type { ServerContext } from '../server-context.ts'

const tag = 'Compare'
const side = z.string().max(100).openapi({ example: '7k2m:short', description: 'a run, or a run:variant' })

export const compareRoutes: readonly Route[] = [
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/compare',
      tag,
      scope: 'read',
      expensive: true,
      summary: 'Two runs of a job, or two of its prompts, next to each other',
      query: z.object({ a: side, b: side, sample: z.coerce.number().int().min(1).max(10_000).default(200) }),
      answers: { 200: comparison },
    },
    async ({ served, caller, query: { a, b, sample } }) => {
      await requireSides(served, caller, a, b)
      return ok(await served.offpeak.compare(a, b, sample))
    },
  ),
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/compare/candidates',
      tag,
      scope: 'read',
      expensive: true,
      summary: 'The newest runs of a job\u2019s candidates side by side',
      query: z.object({ job: z.string().max(200) }),
      answers: { 200: severalCompared },
    },
    async ({ served: { offpeak }, caller, query: { job } }) => {
      const known = await requireJob(offpeak, caller, job)
      for (const name of candidateNames(known.job)) await requireJob(offpeak, caller, name)
      return ok(await offpeak.compareCandidates(job))
    },
  ),
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/compare/records',
      tag,
      scope: 'read',
      expensive: true,
      summary: 'The records that both have an answer to',
      query: z.object({
        a: side,
        b: side,
        changed: z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(false),
        ...pageQuery,
      }),
      answers: { 200: comparedPage },
    },
    async ({ served, caller, query: { a, b, changed, cursor = null, limit } }) => {
      await requireSides(served, caller, a, b)
      return ok(await served.offpeak.comparedRecords(a, b, { changedOnly: changed, cursor, limit }))
    },
  ),
  defineRoute(
    {
      method: 'post',
      path: '/api/v1/compare/preferences',
      tag,
      scope: 'run',
      summary: 'Say which of two answers is better',
      body: newPreference,
      answers: { 200: z.object({ preferred: preferredCounts }).openapi('Preferred') },
    },
    async ({ served, caller, body: { a, b, key, preference } }) => {
      await requireSides(served, caller, a, b)
      return ok(await served.offpeak.prefer(a, b, key, preference))
    },
  ),
]

/** Both sides are runs that the caller sees. Throws E_RUN_UNKNOWN. */
async function requireSides(
  { offpeak: { store } }: ServerContext,
  caller: Caller,
  ...sides: string[]
): Promise<void> {
  for (const each of sides) await requireRun(store, caller, each.split(':')[0] ?? '')
}
