import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { runRoute } from '../run/run-route.ts'

/** The records of a run. */
export const rowsRoute = createRoute({
  getParentRoute: () => runRoute,
  path: 'rows',
  component: lazyRouteComponent(() => import('./rows-page.tsx'), 'RowsPage'),
})
