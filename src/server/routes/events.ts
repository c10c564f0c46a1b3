import { z } from '@hono/zod-openapi'
import { type Media, said } from '../answer.ts'
import { streamMessage } from '../contract/event.ts'
import { numberIn } from '../cursor.ts'
import { requireRun } from '../guard/allow.ts'
import { defineRoute, type Route } from '../route.ts'
import { runParams } from './runs.ts'

const tag = 'Events'
const stream: Media = { media: 'text/event-stream', schema: streamMessage, streams: true }
const query = z.object({
  after: z.string().max(20).optional().openapi({
    description: 'sends first what happened after the event with this id, as Last-Event-ID does',
  }),
})
const description =
  'Server-sent events: `event` messages carry an id, and what was missed is sent again after a reconnection with Last-Event-ID; `progress` messages tell where a run stands whenever that has changed, at most once a second.'
const headers = { 'x-accel-buffering': 'no' }

export const eventRoutes: readonly Route[] = [
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/events',
      tag,
      scope: 'read',
      summary: 'What happens, as it happens',
      description,
      query,
      answers: { 200: stream },
    },
    async ({ served: { live }, caller, query: { after }, header }) =>
      said(
        200,
        await live.subscribe({ caller, runId: null }, placeOf(header('last-event-id'), after)),
        headers,
      ),
  ),
  defineRoute(
    {
      method: 'get',
      path: '/api/v1/runs/{run}/events',
      tag,
      scope: 'read',
      summary: 'What happens to a run, as it happens',
      description,
      params: runParams,
      query,
      answers: { 200: stream },
    },
    async ({ served: { live, offpeak }, caller, params, query: { after }, header }) => {
      const { id } = await requireRun(offpeak.store, caller, params.run)
      return said(
        200,
        await live.subscribe({ caller, runId: id }, placeOf(header('last-event-id'), after)),
        headers,
      )
    },
  ),
]

function placeOf(lastEventId: string | undefined, after: string | undefined): number | null {
  return numberIn(lastEventId === '' ? undefined : (lastEventId ?? after))
}
