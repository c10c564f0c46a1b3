import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.ts'

/** The clock, the bill and the faults of the emulator. */
export const emulatorRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/emulator',
  component: lazyRouteComponent(() => import('./emulator-page.tsx'), 'EmulatorPage'),
})
