import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import type { Project } from '../compose/project.ts'
import { makeApp } from './app.ts'
import { BriefCache } from './short-lived-cache.ts'
import { compatRoutes } from './compat/routes.ts'
import { setHeaders } from './guard/headers.ts'
import { hostNames, isLoopback } from './guard/host.ts'
import { proxiesOf } from './guard/client.ts'
import { KeyBook } from './guard/key-book.ts'
import { Places } from './guard/places.ts'
import { type Limits, Rate, usualLimits } from './guard/rate.ts'
import { serverSecret } from './guard/server-secret.ts'
import { SessionBook } from './guard/session-book.ts'
import { Live } from './live/live.ts'
import { summariesOf } from './live/progress.ts'
import { makeMetrics, type Metrics } from './metrics.ts'
import { noPages, readPages } from './pages.ts'
import { problemOf, Refusal } from './problem.ts'
import type { Route } from './route.ts'
import type { ServerContext } from './server-context.ts'
import { tableOf } from './table.ts'

export interface ServeOptions {
  /** Where it listens; loopback, unless there is a key to let others in by. */
  readonly host?: string
  /** 0: any that is free. */
  readonly port?: number
  /** What opens the dashboard to the person at this machine; the project's own when left out. */
  readonly token?: string
  /** Whether the dashboard is served. */
  readonly ui?: boolean
  readonly version: string
  /** What people type for `offpeak` here; `offpeak` when left out. */
  readonly launcher?: string
  /** Further names under which it may be asked, as those of a proxy. */
  readonly hosts?: readonly string[]
  /** Proxies whose word on client, scheme and host is believed, as `loopback`, an address or a block (CIDR). */
  readonly trustedProxies?: readonly string[]
  /** The emulator whose controls are at hand. */
  readonly emulatorControl?: { readonly url: string } | null
  readonly limits?: Partial<Limits>
  /** Told of every answer, by the path of its route. */
  readonly answered?: Metrics['answered']
  /** Told of bugs and of what is away; to stderr when left out. */
  readonly log?: (line: string) => void
}

/** A server that listens. */
export interface Serving {
  readonly url: string
  /** Opens the dashboard, signed in. */
  readonly link: string
  readonly routes: readonly Route[]
  readonly close: () => Promise<void>
}

export const defaultPort = 4100

const headersTimeoutMs = 10_000
const requestTimeoutMs = 30_000
const keepAliveMs = 10_000
const closeWithinMs = 1_000

/**
 * A server of a project over HTTP: the REST API, live events and the dashboard. Carries no run; that is a worker's.
 * Throws E_PORT, and E_USAGE for a host that others reach while there is no key.
 */
export async function serve(offpeak: Project, options: ServeOptions): Promise<Serving> {
  const {
    host = '127.0.0.1',
    port = defaultPort,
    version,
    launcher = 'offpeak',
    emulatorControl = null,
  } = options
  const { config, store, flow } = offpeak
  const environment = config.environment.apiKey?.value ?? null
  if (!isLoopback(host)) await requireKey(offpeak, environment, host)
  const secret = await serverSecret(join(config.ownDir, 'server.secret'))
  const token = options.token ?? secret.launchToken
  const keys = new KeyBook(store, flow.clock, environment)
  const limits = { ...usualLimits, ...options.limits }
  const metrics = telling(makeMetrics(options.version), options.answered)
  const log = options.log ?? ((line: string) => void process.stderr.write(`${line}\n`))
  const sessions = new SessionBook(store, secret, token, keys, flow.clock)
  const live = new Live({
    store,
    tail: offpeak.tail,
    summaries: summariesOf(offpeak),
    isIn: (caller) => sessions.isIn(caller),
    places: new Places('event streams open', limits.streams, limits.streamsPerCaller),
    log,
  })
  const served: ServerContext = {
    offpeak,
    version,
    launcher,
    clock: flow.clock,
    keys,
    sessions,
    live,
    rate: new Rate(limits),
    limits,
    brief: new BriefCache(() => performance.now()),
    compat: config.settings.api.compat?.job ?? null,
    emulator: emulatorControl,
    log,
  }
  const routes = tableOf({ version, metrics, further: await compatRoutes(offpeak) })
  const app = makeApp({
    served,
    routes,
    metrics,
    pages: options.ui === false ? noPages : await readPages(),
    hosts: hostNames(host, options.hosts ?? []),
    isProxy: proxiesOf([...config.settings.api.trustedProxies, ...(options.trustedProxies ?? [])]),
  })
  const answer = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: (thrown) => problemOf(unreadable(thrown), served.log),
  })
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: 2_000,
    },
    (incoming, outgoing) => {
      setHeaders(outgoing)
      void answer(incoming, outgoing)
    },
  )
  const url = await listen(server, host, port)
  const watching = [offpeak.watchJobs(() => undefined), offpeak.config.files.watch(() => undefined)]
  return {
    url,
    link: `${url}/#token=${token}`,
    routes,
    async close() {
      for (const each of watching) each[Symbol.dispose]()
      await Promise.all([live.close(), closed(server)])
      metrics[Symbol.dispose]()
    },
  }
}

function telling(metrics: Metrics, answered: Metrics['answered'] | undefined): Metrics {
  if (!answered) return metrics
  return {
    ...metrics,
    answered(...answer) {
      metrics.answered(...answer)
      answered(...answer)
    },
  }
}

async function requireKey({ store, flow }: Project, environment: string | null, host: string): Promise<void> {
  const now = flow.clock.now()
  const good = (await store.keys()).some(
    ({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || expiresAt > now),
  )
  if (good || environment !== null) return
  throw new OffpeakError('E_USAGE', `others reach this server at ${host}, and there is no key yet`, {
    fix: 'offpeak keys add; or leave --host out, and only this machine is let in',
  })
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (thrown) {
    throw new OffpeakError('E_PORT', `the server cannot listen: ${messageOf(thrown)}`, {
      where: `${host}:${port}`,
      fix: 'name another one with --port, or --port 0 for any that is free',
      cause: thrown,
    })
  }
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new OffpeakError('E_BUG', 'a server without a port')
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}

/** Lets what is being answered end, for a moment. */
async function closed(server: Server): Promise<void> {
  const ended = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const late = setTimeout(() => server.closeAllConnections(), closeWithinMs)
  await ended
  clearTimeout(late)
}

function unreadable(thrown: unknown): unknown {
  return thrown instanceof Error && thrown.name === 'RequestError'
    ? new Refusal('E_USAGE', `the request cannot be read: ${thrown.message}`, { status: 400 })
    : thrown
}
