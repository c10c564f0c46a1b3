import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.ts'
import { type Search, textOf } from '../../shell/search.ts'

/** What the API of this server takes and answers. `#get-runs-run` opens a route. */
export const referenceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/docs',
  validateSearch: (search: Search): { readonly q?: string | undefined } => ({ q: textOf(search['q']) }),
  component: lazyRouteComponent(() => import('./reference-page.tsx'), 'ReferencePage'),
})
