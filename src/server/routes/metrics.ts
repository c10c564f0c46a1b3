import { z } from '@hono/zod-openapi'
import { parseSums } from '../../domain/sums.ts'
import { type Media, ok } from '../answer.ts'
import { requireAllJobs } from '../guard/allow.ts'
import type { Metrics } from '../metrics.ts'
import { defineRoute, type Route } from '../route.ts'
import type { ServerContext } from '../server-context.ts'

const maxRuns = 1_000
const microUsd = 1_000_000
/** Runs that are asked about in one statement. */
const runsAtOnce = 500
const tokenKinds = { input: 'inputTokens', cached: 'cachedTokens', output: 'outputTokens' }

/** The route of metrics: the counters of the server, and figures of the runs that live. */
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
  const { rows } = await offpeak.costs('job', null)
  const { runs, requests, records, spent, unusable, saved, tokens, reserved } = figures
  figures.streams.set(streams)
  for (const figure of [runs, requests, records, spent, unusable, saved, tokens, reserved]) figure.reset()
  for (const { job, state, counts, pending } of statuses) {
    runs.inc({ job, state })
    for (const [outcome, count] of Object.entries(counts)) requests.inc({ job, outcome }, count)
    requests.inc({ job, outcome: 'pending' }, pending)
  }
  for (const row of rows) {
    const job = row.name
    records.inc({ job, outcome: 'merged' }, row.merged)
    records.inc({ job, outcome: 'attention' }, row.needsAttention)
    spent.inc({ job }, row.spentMicroUsd / microUsd)
    unusable.inc({ job }, row.wastedMicroUsd / microUsd)
    saved.inc({ job }, Math.max(0, row.savedMicroUsd) / microUsd)
    reserved.set({ job }, row.reservedMicroUsd / microUsd)
  }
  await readTokens(offpeak, tokens)
}

async function readTokens(
  { store, isSimulated }: ServerContext['offpeak'],
  tokens: Metrics['figures']['tokens'],
): Promise<void> {
  const jobs = new Map((await store.ledger({ simulated: isSimulated })).map(({ runId, job }) => [runId, job]))
  const ids = [...jobs.keys()]
  for (let at = 0; at < ids.length; at += runsAtOnce)
    for (const { runId, usage } of await store.batchCounters(ids.slice(at, at + runsAtOnce))) {
      const sums = parseSums(usage)
      for (const [kind, name] of Object.entries(tokenKinds))
        tokens.inc({ job: jobs.get(runId) ?? '', kind }, sums[name] ?? 0)
    }
}
