import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.ts'
import { type Search, textOf } from '../../shell/search.ts'

/** One job. */
export const jobRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/$job',
  validateSearch: (search: Search): { by?: string | undefined } => ({ by: textOf(search['by']) }),
  component: lazyRouteComponent(() => import('./job-page.tsx'), 'JobPage'),
})
