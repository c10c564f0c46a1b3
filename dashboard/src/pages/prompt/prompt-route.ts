import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { type Search, textOf } from '../../shell/search.ts'
import { runRoute } from '../run/run-route.ts'

/** What was asked: an example of the requests, or what differs from those of another run. */
export const promptRoute = createRoute({
  getParentRoute: () => runRoute,
  path: 'prompt',
  validateSearch: (search: Search): { against?: string | undefined } => ({
    against: textOf(search['against']),
  }),
  component: lazyRouteComponent(() => import('./prompt-page.tsx'), 'PromptPage'),
})
