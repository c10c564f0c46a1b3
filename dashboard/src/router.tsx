import { createRouter } from '@tanstack/react-router'
import { batchesRoute } from './pages/batches/batches-route.ts'
import { compareRoute } from './pages/compare/compare-route.ts'
import { costsRoute } from './pages/costs/costs-route.ts'
import { emulatorRoute } from './pages/emulator/emulator-route.ts'
import { errorsRoute } from './pages/errors/errors-route.ts'
import { eventsRoute } from './pages/events/events-route.ts'
import { jobRoute } from './pages/job/job-route.ts'
import { jobsRoute } from './pages/jobs/jobs-route.ts'
import { newRunRoute } from './pages/new-run/new-run-route.ts'
import { overviewRoute } from './pages/overview/overview-route.ts'
import { promptRoute } from './pages/prompt/prompt-route.ts'
import { referenceRoute } from './pages/reference/reference-route.ts'
import { reviewRoute } from './pages/review/review-route.ts'
import { rowRoute } from './pages/row/row-route.ts'
import { rowsRoute } from './pages/rows/rows-route.ts'
import { runRoute } from './pages/run/run-route.ts'
import { rootPageRoute, runsRoute } from './pages/runs/runs-route.ts'
import { readSearch, writeSearch } from './shell/search.ts'
import { rootRoute } from './shell/root-route.ts'

/** Every page and its address. What a page filters by stands in the address too. */
const routeTree = rootRoute.addChildren([
  rootPageRoute,
  runsRoute,
  runRoute.addChildren([
    overviewRoute,
    rowsRoute.addChildren([rowRoute]),
    errorsRoute,
    batchesRoute,
    reviewRoute,
    promptRoute,
    eventsRoute,
  ]),
  jobsRoute,
  jobRoute,
  newRunRoute,
  compareRoute,
  costsRoute,
  emulatorRoute,
  referenceRoute,
])

export const router = createRouter({
  routeTree,
  parseSearch: readSearch,
  stringifySearch: writeSearch,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
