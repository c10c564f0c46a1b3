import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.ts'
import { readRuns } from './runs-search.ts'

/** All runs, newest first. */
export const runsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/runs',
  validateSearch: readRuns,
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
