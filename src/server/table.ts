import type { Metrics } from './metrics.ts'
import type { Route } from './route.ts'
import { incomingRoute } from './hooks/incoming.ts'
import { actionRoutes } from './routes/actions.ts'
import { compareRoutes } from './routes/compare.ts'
import { costRoutes } from './routes/costs.ts'
import { documentRoute } from './routes/document.ts'
import { emulatorRoutes } from './routes/emulator.ts'
import { eventRoutes } from './routes/events.ts'
import { healthRoutes } from './routes/health.ts'
import { jobRoutes } from './routes/jobs.ts'
import { lookRoutes } from './routes/look.ts'
import { metricsRoute } from './routes/metrics.ts'
import { resultRoutes } from './routes/results.ts'
import { reviewRoutes } from './routes/reviews.ts'
import { rowRoutes } from './routes/rows.ts'
import { runRoutes } from './routes/runs.ts'
import { sessionRoutes } from './routes/session.ts'
import { startRoutes } from './routes/starts.ts'

export interface TableOptions {
  readonly version: string
  readonly metrics: Metrics
  /** Those of this project alone. */
  readonly further: readonly Route[]
}

/** All routes of a server. */
export function tableOf({ version, metrics, further }: TableOptions): readonly Route[] {
  const routes = [
    ...sessionRoutes,
    ...jobRoutes,
    ...startRoutes,
    ...runRoutes,
    ...actionRoutes,
    ...rowRoutes,
    ...lookRoutes,
    ...resultRoutes,
    ...compareRoutes,
    ...reviewRoutes,
    ...costRoutes,
    ...eventRoutes,
    ...emulatorRoutes,
    ...healthRoutes,
    metricsRoute(metrics),
    incomingRoute,
    ...further,
  ]
  return [...routes, documentRoute(routes, version)]
}
