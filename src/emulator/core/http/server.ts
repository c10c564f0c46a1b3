import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Controlled, controlPrefix, control } from '../control.ts'
import type { Route } from '../dialect.ts'
import { Refusal, plainErrorBody } from '../errors.ts'
import { newRequestId } from '../ids.ts'
import type { Settings } from '../options.ts'
import { readBody } from './body.ts'
import type { Call } from './call.ts'
import { type ErrorWriter, orRefusal, orRefused, refusalReply } from './refused.ts'
import type { Reply } from './reply.ts'
import { send } from './send.ts'
import { type Dropped, throughFaults } from './through-faults.ts'

/** An hour: a slow or hanging answer is a fault to be played, not a server timeout. */
const requestTimeoutMs = 3_600_000

/** An HTTP server for the emulator; the caller binds and closes it. */
export function makeEmulatorServer(served: Controlled): Server {
  const server = createServer((request, response) => {
    const requestId = newRequestId()
    serve(served, request, response, requestId).catch((error: unknown) => {
      // The caller went away, or a fault cut the connection; there is no one to answer.
      if (!response.headersSent && !response.destroyed) {
        const message = error instanceof Error ? error.message : String(error)
        response.writeHead(500, { 'content-type': 'application/json', 'x-request-id': requestId })
        response.end(plainErrorBody(500, { message: `The emulator failed: ${message}` }))
      } else response.destroy()
    })
  })
  server.requestTimeout = requestTimeoutMs
  return server
}

async function serve(
  served: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const { state, catalog } = served
  const { settings } = state
  const { pathname, searchParams: query } = parseUrl(request.url ?? '/')
  if (pathname.startsWith(controlPrefix)) {
    const reply = await orRefusal(plainError, () => control(served, request, pathname))
    await answer(request, response, reply, { 'x-request-id': requestId, ...headersOf(0, settings) })
    return
  }
  const route = catalog.ofPath(pathname).route(request.method ?? '', pathname)
  const write: ErrorWriter = (status, fields) => ({
    body: route.errorBody(status, fields, requestId),
    headers: route.errorHeaders?.(status, fields) ?? {},
  })
  const reply =
    'refusal' in route
      ? refusalReply(write, route.refusal)
      : await serveRoute(served, route, write, { request, query, requestId })
  if (reply === 'dropped') request.socket.destroy()
  else
    await answer(request, response, reply, {
      ...route.headers(requestId),
      ...headersOf(state.skewMs(), settings),
    })
}

const plainError: ErrorWriter = (status, fields) => ({ body: plainErrorBody(status, fields), headers: {} })

/** A request line may hold anything; what is not a URL has no route. */
function parseUrl(target: string): URL {
  return URL.canParse(target, 'http://emulator')
    ? new URL(target, 'http://emulator')
    : new URL('http://emulator/')
}

async function serveRoute(
  { state, lifecycle }: Controlled,
  route: Route,
  write: ErrorWriter,
  asked: Pick<Call, 'request' | 'query' | 'requestId'>,
): Promise<Reply | Dropped> {
  const { request, query } = asked
  const { headers } = request
  const { operation, profile } = route
  const body = route.readsBody ? await orRefused(() => readBody(request)) : ''
  if (body instanceof Refusal) return refusalReply(write, body)
  if (state.settings.latencyMs > 0) await sleep(state.settings.latencyMs)
  const maker = await orRefused(() => route.authorise(headers, query, state.settings.apiKeys))
  if (maker instanceof Refusal) return refusalReply(write, maker)
  state.observed.countCall(operation, maker)
  return throughFaults(state, { operation, profile, headers }, write, (playing) =>
    orRefusal(write, () => route.handle({ ...asked, state, lifecycle, profile, body, maker, playing })),
  )
}

/** What is invented, and what a server behind has answered, are told apart by name: the second is real. */
function headersOf(
  skewMs: number,
  { announces, isRelay }: Pick<Settings, 'announces' | 'isRelay'>,
): Readonly<Record<string, string>> {
  return {
    ...(announces ? (isRelay ? { 'offpeak-relay': 'upstream' } : { 'offpeak-emulator': 'simulated' }) : {}),
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
