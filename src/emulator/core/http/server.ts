import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lifecycle } from '../batch/lifecycle.ts'
import { controlPrefix, control } from '../control.ts'
import { Refusal, errorBody } from '../errors.ts'
import { newRequestId } from '../ids.ts'
import type { Maker } from '../records.ts'
import type { State } from '../state.ts'
import { authorise } from '../../dialects/openai/auth.ts'
import { type Call, readBody } from './call.ts'
import { handle } from '../../dialects/openai/api/operations.ts'
import { type Route, resolvePath } from '../../dialects/openai/paths.ts'
import { orRefusal, orRefused, refusalReply } from './refused.ts'
import type { Reply } from './reply.ts'
import { send } from './send.ts'
import { type Dropped, throughFaults } from './through-faults.ts'

/** An hour: a slow or hanging answer is a fault to be played, not a server timeout. */
const requestTimeoutMs = 3_600_000

export function makeEmulatorServer(state: State, lifecycle: Lifecycle): Server {
  const server = createServer((request, response) => {
    const requestId = newRequestId()
    serve(state, lifecycle, request, response, requestId).catch((error: unknown) => {
      // The caller went away, or a fault cut the connection; nobody is left to answer.
      if (!response.headersSent && !response.destroyed) {
        const message = error instanceof Error ? error.message : String(error)
        response.writeHead(500, { 'content-type': 'application/json', 'x-request-id': requestId })
        response.end(errorBody('openai', 500, { message: `The emulator failed: ${message}` }))
      } else response.destroy()
    })
  })
  server.requestTimeout = requestTimeoutMs
  return server
}

async function serve(
  state: State,
  lifecycle: Lifecycle,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const url = parseUrl(request.url ?? '/')
  const { pathname, searchParams: query } = url
  if (pathname.startsWith(controlPrefix)) {
    const reply = await orRefusal('openai', () => control(state, lifecycle, request, pathname))
    await answer(request, response, reply, headersOf(requestId, 0, state.settings.announces))
    return
  }
  const found = resolvePath(request.method ?? '', pathname)
  const reply =
    found.kind === 'route'
      ? await serveRoute(state, lifecycle, { request, route: found.route, query, requestId })
      : refusalReply(found.dialect, wrongPath(request, pathname, found))
  if (reply === 'dropped') request.socket.destroy()
  else await answer(request, response, reply, headersOf(requestId, state.skewMs(), state.settings.announces))
}

/** A request line may hold anything; what is not a URL has no route. */
function parseUrl(target: string): URL {
  return URL.canParse(target, 'http://emulator')
    ? new URL(target, 'http://emulator')
    : new URL('http://emulator/')
}

async function serveRoute(
  state: State,
  lifecycle: Lifecycle,
  asked: Pick<Call, 'request' | 'route' | 'query' | 'requestId'>,
): Promise<Reply | Dropped> {
  const { request, route } = asked
  const { dialect, operation } = route
  const body = operation === 'files.create' ? '' : await orRefused(() => readBody(request))
  if (body instanceof Refusal) return refusalReply(dialect, body)
  if (state.settings.latencyMs > 0) await sleep(state.settings.latencyMs)
  const maker = await orRefused(() => {
    const known = authorise(dialect, request.headers, state.settings.apiKeys)
    checkApiVersion(route, asked.query)
    return known
  })
  if (maker instanceof Refusal) return refusalReply(dialect, maker)
  state.observed.countCall(operation, maker)
  return throughFaults(state, route, request.headers, (playing) =>
    orRefusal(dialect, () => handle(callOf(state, asked, body, maker, playing), lifecycle)),
  )
}

function callOf(
  state: State,
  asked: Pick<Call, 'request' | 'route' | 'query' | 'requestId'>,
  body: string,
  maker: Maker,
  playing: Call['playing'],
): Call {
  const profile = asked.route.dialect === 'openai' ? 'openai' : 'azure'
  return { state, profile, ...asked, body, maker, playing }
}

/** Dated Azure paths need `api-version`. */
function checkApiVersion(route: Route, query: URLSearchParams): void {
  if (route.dialect === 'azure-dated' && !query.get('api-version')) {
    throw new Refusal(404, { message: 'Resource not found', code: '404' })
  }
}

function wrongPath(
  request: IncomingMessage,
  pathname: string,
  found: { kind: 'wrong-method'; allow: readonly string[] } | { kind: 'unknown' },
): Refusal {
  const method = request.method ?? ''
  return found.kind === 'unknown'
    ? new Refusal(404, { message: `Invalid URL (${method} ${pathname})` })
    : new Refusal(
        405,
        { message: `Not allowed to ${method} on ${pathname}.`, code: 'method_not_supported' },
        { allow: found.allow.join(', ') },
      )
}

function headersOf(requestId: string, skewMs: number, announces: boolean): Readonly<Record<string, string>> {
  return {
    'x-request-id': requestId,
    'openai-processing-ms': '1',
    ...(announces ? { 'offpeak-emulator': 'simulated' } : {}),
    ...(skewMs === 0 ? {} : { date: new Date(Date.now() + skewMs).toUTCString() }),
  }
}

/** Reads what is left of the request first: an answer before its end would look like a cut connection. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  if (!request.complete) {
    request.resume()
    await new Promise<void>((resolve) => {
      request.once('end', resolve)
      request.once('close', resolve)
    })
  }
  if (response.destroyed) return
  if (await send(response, reply, headers)) await reply.sent?.()
}
