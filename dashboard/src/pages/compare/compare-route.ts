import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.ts'
import { flagOf, type Search, textOf } from '../../shell/search.ts'

/** Two runs, or two prompts, beside each other. */
export const compareRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/compare',
  validateSearch: readCompared,
  component: lazyRouteComponent(() => import('./compare-page.tsx'), 'ComparePage'),
})

/** What is compared, and which of its records is looked at. */
export interface Compared {
  readonly job?: string | undefined
  readonly a?: string | undefined
  readonly b?: string | undefined
  readonly changed?: true | undefined
  readonly worse?: true | undefined
  readonly key?: string | undefined
}

function readCompared(search: Search): Compared {
  return {
    job: textOf(search['job']),
    a: textOf(search['a']),
    b: textOf(search['b']),
    changed: flagOf(search['changed']),
    worse: flagOf(search['worse']),
    key: textOf(search['key']),
  }
}
