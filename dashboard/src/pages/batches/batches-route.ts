import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { runRoute } from '../run/run-route.ts'

/** The batches of a run. */
export const batchesRoute = createRoute({
  getParentRoute: () => runRoute,
  path: 'batches',
  component: lazyRouteComponent(() => import('./batches-page.tsx'), 'BatchesPage'),
})
