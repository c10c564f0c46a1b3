import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { runRoute } from '../run/run-route.ts'

/** Answers to be judged, one after the other. */
export const reviewRoute = createRoute({
  getParentRoute: () => runRoute,
  path: 'review',
  component: lazyRouteComponent(() => import('./review-page.tsx'), 'ReviewPage'),
})
