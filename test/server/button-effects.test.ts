import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { actionRoutes } from '../../src/server/routes/actions.ts'
import { compareRoutes } from '../../src/server/routes/compare.ts'
import { reviewRoutes } from '../../src/server/routes/reviews.ts'
import { startRoutes } from '../../src/server/routes/starts.ts'

test('the page names every route behind a button that changes a run, and whether it may spend', () => {
  const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/operations.md'), 'utf8')
  const named = [...page.matchAll(/^\| [^|]+ \| `((?:post|delete) \/api[^`]+)` +\| (yes|no) /gm)].map(
    ([, route, spends]) => `${route}: ${spends}`,
  )
  const routes = [...startRoutes, ...actionRoutes, ...reviewRoutes, ...compareRoutes]
    .filter(({ method }) => method !== 'get')
    .map(({ method, path, spends }) => `${method} ${path}: ${spends ? 'yes' : 'no'}`)
  expect(routes.length).toBeGreaterThan(0)
  expect(named.toSorted()).toEqual(routes.toSorted())
})
