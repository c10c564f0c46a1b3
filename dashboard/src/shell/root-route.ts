import { createRootRoute } from '@tanstack/react-router'
import { NotFoundPage } from '../pages/not-found/not-found-page.tsx'
import { PageFailure } from './page-failure.tsx'
import { Shell } from './shell.tsx'

/** The frame around every page. */
export const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: NotFoundPage,
  errorComponent: PageFailure,
})
