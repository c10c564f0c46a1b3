import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { runRoute } from '../run/run-route.ts'

/** What was asked: an example of the requests. */
export const promptRoute = createRoute({
  getParentRoute: () => runRoute,
  path: 'prompt',
  component: lazyRouteComponent(() => import('./prompt-page.tsx'), 'PromptPage'),
})
