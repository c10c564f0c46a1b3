import { z } from '@hono/zod-openapi'
import { type Media, ok } from '../answer.ts'
import { requireAllJobs } from '../guard/allow.ts'
import type { Metrics } from '../metrics.ts'
import { defineRoute, type Route } from '../route.ts'
import type { ServerContext } from '../server-context.ts'

const maxRuns = 1_000

/** What the server counts, and what the state says of the runs that live. */
export function metricsRoute(metrics: Metrics): Route {
  const text: Media = { media: metrics.media, schema: z.string(), streams: false }
  return defineRoute(
    {
      method: 'get',
      path: '/metrics',
      tag: 'Server',
      scope: 'read',
      expensive: true,
      summary: 'Figures for Prometheus',
      answers: { 200: text },
    },
    async ({ served, caller }) => {
      requireAllJobs(caller)
      const { value } = await served.brief.get('metrics', async () => {
        await readFigures(served, metrics)
        return metrics.text()
      })
      return ok(value)
    },
  )
}

async function readFigures(
  { offpeak, live: { streams } }: ServerContext,
  { figures }: Metrics,
): Promise<void> {
  const live = await offpeak.store.runs({ live: true, limit: maxRuns })
  const statuses = await Promise.all(live.map(({ id }) => offpeak.status(id)))
  const { total } = await offpeak.costs('job', null)
  figures.streams.set(streams)
  figures.runs.reset()
  figures.requests.reset()
  for (const { job, state, counts, pending } of statuses) {
    figures.runs.inc({ state })
    for (const [outcome, count] of Object.entries(counts)) figures.requests.inc({ job, outcome }, count)
    figures.requests.inc({ job, outcome: 'pending' }, pending)
  }
  figures.money.set({ kind: 'spent' }, total.spentMicroUsd)
  figures.money.set({ kind: 'reserved' }, total.reservedMicroUsd)
}
