import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import type { CostsBy } from '../../api/costs.ts'
import { rootRoute } from '../../shell/root-route.ts'
import { oneOf, type Search } from '../../shell/search.ts'

/** What was spent, on what. */
export const costsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/costs',
  validateSearch: (search: Search): CostsSearch => ({
    by: oneOf(groupings, search['by']),
    since: oneOf(spans, search['since']),
  }),
  component: lazyRouteComponent(() => import('./costs-page.tsx'), 'CostsPage'),
})

export const groupings: readonly CostsBy[] = ['job', 'model', 'run', 'day']
export const spans = ['7d', '30d', '90d', 'all'] as const
export type Span = (typeof spans)[number]

/** Absent: by job, of the last 30 days. */
export interface CostsSearch {
  readonly by?: CostsBy | undefined
  readonly since?: Span | undefined
}
