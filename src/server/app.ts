import { Hono } from 'hono'
import { inSpan } from '../engine/tracing.ts'
import { askRoute, type ServerEnv } from './ask-route.ts'
import { clientOf, type IsProxy } from './guard/client.ts'
import { requireHost } from './guard/host.ts'
import { requireOwnOrigin } from './guard/origin.ts'
import { problemOf, Refusal } from './problem.ts'
import type { Metrics } from './metrics.ts'
import type { Route } from './route.ts'
import type { ServerContext } from './server-context.ts'
import type { Pages } from './pages.ts'

export interface AppOptions {
  readonly served: ServerContext
  readonly routes: readonly Route[]
  readonly pages: Pages
  readonly metrics: Metrics
  readonly hosts: (name: string) => boolean
  readonly isProxy: IsProxy
}

/** As nginx counts them, for the metrics: no client sees it. */
const clientGone = 499

/** The app: guards before everything, then the routes of the table, then the pages. */
export function makeApp({ served, routes, pages, metrics, hosts, isProxy }: AppOptions): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>()
  app.use(async (context, next) => {
    const begun = performance.now()
    const { method } = context.req
    const { headers } = context.env.incoming
    await inSpan(
      `HTTP ${method}`,
      { attributes: { 'http.request.method': method }, headers },
      async (note) => {
        await next()
        note({
          'http.route': context.get('route') ?? 'pages',
          'http.response.status_code': context.res.status,
        })
      },
    )
    metrics.answered(method, context.get('route'), context.res.status, performance.now() - begun)
  })
  app.use(async (context, next) => {
    const header = (name: string): string | undefined => context.req.header(name)
    const client = clientOf(isProxy, context.env.incoming.socket.remoteAddress ?? '', header)
    context.set('client', client)
    requireHost(header('host'), hosts)
    if (client.host !== null) requireHost(client.host, hosts)
    requireOwnOrigin({ method: context.req.method, path: context.req.path, header, client })
    await next()
  })
  const methods = Map.groupBy(routes, ({ path }) => path)
  for (const route of routes) {
    app.on(route.method, [patternOf(route.path)], (context) => {
      context.set('route', route.path)
      return askRoute(served, route, context)
    })
  }
  for (const [path, known] of methods)
    app.all(patternOf(path), (context) => {
      context.set('route', path)
      throw wrongMethod(context.req.method, path, known)
    })
  app.notFound((context) => {
    const page = pages.answer(context.req.method, context.req.path, context.req.header('accept'))
    if (page) return page
    return problemOf(
      new Refusal('E_ROUTE', `there is nothing at ${context.req.path}`, {
        fix: '/openapi.json lists what there is',
      }),
      served.log,
    )
  })
  app.onError((thrown, context) =>
    // Nobody is there to be told, and what a broken connection throws is no bug.
    context.req.raw.signal.aborted && isBreak(thrown)
      ? new Response(null, { status: clientGone })
      : problemOf(thrown, served.log),
  )
  return app
}

/** Whether it was thrown because somebody stopped: a body that ends too early, or work that was called off. */
function isBreak(thrown: Error): boolean {
  return (
    thrown.name === 'AbortError' ||
    ['aborted', 'terminated'].includes(thrown.message) ||
    ('code' in thrown && thrown.code === 'ECONNRESET')
  )
}

function wrongMethod(method: string, path: string, known: readonly Route[]): Refusal {
  const names = known.map((route) => route.method.toUpperCase())
  const allowed = [...new Set([...names, ...(names.includes('GET') ? ['HEAD'] : [])])].join(', ')
  return new Refusal('E_ROUTE', `${path} does not take ${method}`, {
    status: 405,
    fix: `it takes ${allowed}`,
    headers: { allow: allowed },
  })
}

/** `/runs/{run}` as the router writes it. */
function patternOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}
