import type { Metrics } from './metrics.ts'
import type { Route } from './route.ts'
import { incomingRoute } from './hooks/incoming.ts'
import { documentRoute } from './routes/document.ts'
import { healthRoutes } from './routes/health.ts'
import { jobRoutes } from './routes/jobs.ts'
import { metricsRoute } from './routes/metrics.ts'
import { runRoutes } from './routes/runs.ts'
import { sessionRoutes } from './routes/session.ts'

export interface TableOptions {
  readonly version: string
  readonly metrics: Metrics
}

/** All routes of a server. */
export function tableOf({ version, metrics }: TableOptions): readonly Route[] {
  const routes = [
    ...sessionRoutes,
    ...jobRoutes,
    ...runRoutes,
    ...healthRoutes,
    metricsRoute(metrics),
    incomingRoute,
  ]
  return [...routes, documentRoute(routes, version)]
}
