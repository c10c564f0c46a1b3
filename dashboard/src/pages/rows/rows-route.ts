import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { runRoute } from '../run/run-route.ts'
import { readRows } from './rows-search.ts'

/** The records of a run. */
export const rowsRoute = createRoute({
  getParentRoute: () => runRoute,
  path: 'rows',
  validateSearch: readRows,
  component: lazyRouteComponent(() => import('./rows-page.tsx'), 'RowsPage'),
})
