import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { runRoute } from '../run/run-route.ts'

/** Where a run stands. */
export const overviewRoute = createRoute({
  getParentRoute: () => runRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./overview-page.tsx'), 'OverviewPage'),
})
