import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { oneOf, type Search } from '../../shell/search.ts'
import { type BatchPhase, phaseOrder } from '../../../../src/wording/batch-phase.ts'
import { runRoute } from '../run/run-route.ts'

/** The batches of a run. */
export const batchesRoute = createRoute({
  getParentRoute: () => runRoute,
  path: 'batches',
  validateSearch: (search: Search): { phase?: BatchPhase | undefined } => ({
    phase: oneOf(phaseOrder, search['phase']),
  }),
  component: lazyRouteComponent(() => import('./batches-page.tsx'), 'BatchesPage'),
})
