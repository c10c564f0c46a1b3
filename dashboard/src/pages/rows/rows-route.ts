import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { countOf, type Search, textOf } from '../../shell/search.ts'
import { runRoute } from '../run/run-route.ts'

export interface RowsSearch {
  /** Names of outcomes, with commas between. */
  readonly outcome?: string | undefined
  readonly reason?: string | undefined
  /** How the key begins. */
  readonly q?: string | undefined
  readonly batch?: number | undefined
  /** What the answer has in it. */
  readonly answer?: string | undefined
  /** A field, with `-` before it for the highest first. */
  readonly sort?: string | undefined
}

/** The records of a run. */
export const rowsRoute = createRoute({
  getParentRoute: () => runRoute,
  path: 'rows',
  validateSearch: (search: Search): RowsSearch => ({
    outcome: textOf(search['outcome']),
    reason: textOf(search['reason']),
    q: textOf(search['q']),
    batch: countOf(search['batch']),
    answer: textOf(search['answer']),
    sort: textOf(search['sort']),
  }),
  component: lazyRouteComponent(() => import('./rows-page.tsx'), 'RowsPage'),
})
