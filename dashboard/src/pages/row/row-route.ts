import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rowsRoute } from '../rows/rows-route.ts'

/** One record of a run, over the list of records. */
export const rowRoute = createRoute({
  getParentRoute: () => rowsRoute,
  path: '$key',
  component: lazyRouteComponent(() => import('./row-page.tsx'), 'RowPage'),
})
