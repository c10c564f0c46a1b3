import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { runRoute } from '../run/run-route.ts'

/** What needs a person, by its reason. */
export const errorsRoute = createRoute({
  getParentRoute: () => runRoute,
  path: 'errors',
  component: lazyRouteComponent(() => import('./errors-page.tsx'), 'ErrorsPage'),
})
