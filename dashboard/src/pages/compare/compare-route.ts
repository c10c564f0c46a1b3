import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.ts'
import { readCompared } from './compare-search.ts'

/** Two runs, or two prompts, beside each other. */
export const compareRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/compare',
  validateSearch: readCompared,
  component: lazyRouteComponent(() => import('./compare-page.tsx'), 'ComparePage'),
})
