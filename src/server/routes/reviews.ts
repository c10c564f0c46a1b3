import { z } from '@hono/zod-openapi'
import { ok } from '../answer.ts'
import { givenVerdict, newVerdict, reviewQueue, takenBack } from '../contract/review.ts'
import { requireRun } from '../guard/allow.ts'
import { defineRoute, type Route } from '../route.ts'
import { runParams } from './runs.ts'

const tag = 'Reviews'

export const reviewRoutes: readonly Route[] = [
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/runs/{run}/review',
      tag,
      scope: 'read',
      expensive: true,
      summary: 'What of a run a person is to look at',
      params: runParams,
      query: z.object({
        source: z.enum(['review', 'sample', 'failed']).default('review'),
        sample: z.coerce.number().int().min(1).max(1_000).default(100),
      }),
      answers: { 200: reviewQueue },
    },
    async ({ served: { offpeak }, caller, params, query }) => {
      const { id } = await requireRun(offpeak.store, caller, params.run)
      return ok(await offpeak.reviewQueue(id, query))
    },
  ),
  defineRoute(
    {
      method: 'post',
      path: '/api/v1/reviews',
      tag,
      scope: 'run',
      summary: 'Say what an answer is worth; what was accepted is written',
      body: newVerdict,
      answers: { 200: givenVerdict },
    },
    async ({ served: { offpeak }, caller, body }) => {
      const { id } = await requireRun(offpeak.store, caller, body.run)
      return ok(await offpeak.review({ ...body, run: id, by: caller.name }))
    },
  ),
  defineRoute(
    {
      method: 'delete',
      path: '/api/v1/reviews/{run}/{key}',
      tag,
      scope: 'run',
      summary: 'Undo what was said of an answer; what it has written stays',
      params: runParams.extend({ key: z.string().max(1_000) }),
      answers: { 200: takenBack },
    },
    async ({ served: { offpeak }, caller, params: { run, key } }) => {
      const { id } = await requireRun(offpeak.store, caller, run)
      return ok(await offpeak.takeBack(id, key))
    },
  ),
]
