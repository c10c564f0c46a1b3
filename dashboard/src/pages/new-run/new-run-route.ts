import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.ts'
import { type Search, textOf } from '../../shell/search.ts'

/** From a job to a run: parameters, plan, amount. */
export const newRunRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/new',
  validateSearch: (search: Search): { job?: string | undefined } => ({ job: textOf(search['job']) }),
  component: lazyRouteComponent(() => import('./new-run-page.tsx'), 'NewRunPage'),
})
