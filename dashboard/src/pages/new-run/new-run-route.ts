import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.ts'

/** From a job to a run: parameters, plan, amount. */
export const newRunRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/new',
  component: lazyRouteComponent(() => import('./new-run-page.tsx'), 'NewRunPage'),
})
