import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.ts'

/** One job. */
export const jobRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/$job',
  component: lazyRouteComponent(() => import('./job-page.tsx'), 'JobPage'),
})
