import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import type { RunState } from '../../../../src/server/contract/run.ts'
import { rootRoute } from '../../shell/root-route.ts'
import { oneOf, textOf, type Search } from '../../shell/search.ts'

export const runStates: readonly RunState[] = [
  'building',
  'running',
  'paused',
  'cancelling',
  'cancelled',
  'done',
]

/** All runs, newest first. */
export const runsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: (search: Search): { job?: string | undefined; state?: RunState | undefined } => ({
    job: textOf(search['job']),
    state: oneOf(runStates, search['state']),
  }),
  component: lazyRouteComponent(() => import('./runs-page.tsx'), 'RunsPage'),
})
