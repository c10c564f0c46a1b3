import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { countOf, oneOf, type Search } from '../../shell/search.ts'
import { runRoute } from '../run/run-route.ts'
import { type ReviewSource, reviewSources } from './review-source.ts'

export interface ReviewSearch {
  readonly source?: ReviewSource | undefined
  readonly sample?: number | undefined
}

/** So many a person looks at, one after the other. */
const mostSampled = 1_000

/** Answers to be judged, one after the other. */
export const reviewRoute = createRoute({
  getParentRoute: () => runRoute,
  path: 'review',
  validateSearch: (search: Search): ReviewSearch => {
    const sample = countOf(search['sample'])
    return {
      source: oneOf(reviewSources, search['source']),
      sample: sample === undefined || sample === 0 ? undefined : Math.min(sample, mostSampled),
    }
  },
  component: lazyRouteComponent(() => import('./review-page.tsx'), 'ReviewPage'),
})
