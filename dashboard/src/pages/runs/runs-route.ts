import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
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
  path: '/runs',
  validateSearch: (search: Search): { job?: string | undefined; state?: RunState | undefined } => ({
    job: textOf(search['job']),
    state: oneOf(runStates, search['state']),
  }),
  component: lazyRouteComponent(() => import('./runs-page.tsx'), 'RunsPage'),
})

/** The dashboard opens with its runs. */
export const rootPageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: ({ search }) => {
    // oxlint-disable-next-line typescript/only-throw-error -- so the router is told of another address
    throw redirect({ to: '/runs', search, replace: true })
  },
})
