import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { flagOf, type Search } from '../../shell/search.ts'
import { rowsRoute } from '../rows/rows-route.ts'

/** One record of a run, over the list of records. */
export const rowRoute = createRoute({
  getParentRoute: () => rowsRoute,
  path: '$key',
  validateSearch: (search: Search): { readonly wide?: true | undefined } => ({
    wide: flagOf(search['wide']),
  }),
  component: lazyRouteComponent(() => import('./row-page.tsx'), 'RowPage'),
})
