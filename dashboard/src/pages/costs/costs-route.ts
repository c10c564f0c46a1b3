import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.ts'
import { readCosts } from './costs-search.ts'

/** What was spent, on what. */
export const costsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/costs',
  validateSearch: readCosts,
  component: lazyRouteComponent(() => import('./costs-page.tsx'), 'CostsPage'),
})
