import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { runRoute } from '../run/run-route.ts'

/** What happened to a run. */
export const eventsRoute = createRoute({
  getParentRoute: () => runRoute,
  path: 'events',
  component: lazyRouteComponent(() => import('./events-page.tsx'), 'EventsPage'),
})
