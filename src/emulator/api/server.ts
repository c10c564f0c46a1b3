import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { authorise } from './auth.ts'
import { cancelBatch, createBatch, listBatches, retrieveBatch } from './batches.ts'
import { type Call, parseBody, readBody } from './call.ts'
import { CONTROL_PREFIX, control } from '../control.ts'
import { Refusal, errorBody } from '../errors.ts'
import type { FaultAction } from '../faults.ts'
import { createFile, deleteFile, fileContent, listFiles, retrieveFile } from './files.ts'
import { newRequestId } from '../ids.ts'
import type { Lifecycle } from '../batch/lifecycle.ts'
import { type Dialect, type Route, resolvePath } from './paths.ts'
import type { Reply } from './reply.ts'
import { type Delivery, send } from './send.ts'
import { answerNow, listModels, retrieveModel } from './sync.ts'
import type { World } from '../world.ts'

/** An hour: a slow or hanging answer is a fault to be played, not a server timeout. */
const REQUEST_TIMEOUT_MS = 3_600_000

export function createEmulatorServer(world: World, lifecycle: Lifecycle): Server {
  const server = createServer((request, response) => {
    const requestId = newRequestId()
    serve(world, lifecycle, request, response, requestId).catch((error: unknown) => {
      // The caller went away, or a fault cut the connection; nobody is left to answer.
      if (!response.headersSent && !response.destroyed) {
        const message = error instanceof Error ? error.message : String(error)
        response.writeHead(500, { 'content-type': 'application/json', 'x-request-id': requestId })
        response.end(errorBody('openai', 500, { message: `The emulator failed: ${message}` }))
      } else response.destroy()
    })
  })
  server.requestTimeout = REQUEST_TIMEOUT_MS
  return server
}

async function serve(
  world: World,
  lifecycle: Lifecycle,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const url = parseUrl(request.url ?? '/')
  const { pathname } = url
  if (pathname.startsWith(CONTROL_PREFIX)) {
    const reply = await orRefusal('openai', () => control(world, lifecycle, request, pathname))
    await answer(request, response, reply, requestId)
    return
  }
  const found = resolvePath(request.method ?? '', pathname)
  if (found.kind !== 'route') {
    await answer(
      request,
      response,
      refusalReply(found.dialect, wrongPath(request, pathname, found)),
      requestId,
    )
    return
  }
  const { route } = found
  const profile = route.dialect === 'openai' ? 'openai' : 'azure'
  const body = route.operation === 'files.create' ? '' : await orRefused(() => readBody(request))
  if (body instanceof Refusal) {
    await answer(request, response, refusalReply(route.dialect, body), requestId)
    return
  }
  const call: Call = { world, route, profile, query: url.searchParams, request, requestId, body }
  if (world.settings.latencyMs > 0) await sleep(world.settings.latencyMs)
  await serveRoute(call, lifecycle, response)
}

/** A request line may hold anything; what is not a URL has no route. */
function parseUrl(target: string): URL {
  return URL.canParse(target, 'http://emulator')
    ? new URL(target, 'http://emulator')
    : new URL('http://emulator/')
}

async function serveRoute(call: Call, lifecycle: Lifecycle, response: ServerResponse): Promise<void> {
  const { world, route, request, requestId } = call
  const { dialect, operation } = route
  const refused = await orRefused(() => {
    authorise(dialect, request.headers, world.settings.apiKeys)
    checkApiVersion(call)
  })
  if (refused instanceof Refusal) {
    await answer(request, response, refusalReply(dialect, refused), requestId)
    return
  }
  const before = world.faults.strike(operation, 'before')
  if (before?.type === 'drop') {
    request.socket.destroy()
    return
  }
  if (before?.type === 'hang') await hang(world, before.ms)
  const replaced = before ? replacement(dialect, before) : null
  if (replaced) {
    await answer(request, response, replaced, requestId)
    return
  }
  const reply = await orRefusal(dialect, () => handle(call, lifecycle))
  const after = world.faults.strike(operation, 'after')
  if (after?.type === 'drop') {
    request.socket.destroy()
    return
  }
  if (after?.type === 'hang') await hang(world, after.ms)
  const shown = (after ? replacement(dialect, after) : null) ?? reply
  await answer(request, response, shown, requestId, deliveryOf(before, after))
}

async function handle(call: Call, lifecycle: Lifecycle): Promise<Reply> {
  switch (call.route.operation) {
    case 'files.create':
      return createFile(call)
    case 'files.list':
      return listFiles(call)
    case 'files.retrieve':
      return retrieveFile(call)
    case 'files.content':
      return fileContent(call)
    case 'files.delete':
      return deleteFile(call)
    case 'batches.create':
      return createBatch(call, lifecycle, parseBody(call.body))
    case 'batches.list':
      return listBatches(call, lifecycle)
    case 'batches.retrieve':
      return retrieveBatch(call, lifecycle)
    case 'batches.cancel':
      return cancelBatch(call, lifecycle)
    case 'chat.completions':
      return answerNow(call, '/chat/completions', parseBody(call.body))
    case 'responses':
      return answerNow(call, '/responses', parseBody(call.body))
    case 'embeddings':
      return answerNow(call, '/embeddings', parseBody(call.body))
    case 'models.list':
      return listModels()
    case 'models.retrieve':
      return retrieveModel(call)
    default:
      return call.route.operation satisfies never
  }
}

/** Dated Azure paths need `api-version`. */
function checkApiVersion(call: Call): void {
  if (call.route.dialect === 'azure-dated' && !call.query.get('api-version')) {
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

/** What `act` gives, or the refusal it throws; anything else is a defect and goes up. */
async function orRefused<T>(act: () => T | Promise<T>): Promise<T | Refusal> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

async function orRefusal(dialect: Dialect, act: () => Promise<Reply>): Promise<Reply> {
  const result = await orRefused(act)
  return result instanceof Refusal ? refusalReply(dialect, result) : result
}

function refusalReply(dialect: Dialect, refusal: Refusal): Reply {
  return {
    status: refusal.status,
    headers: { 'content-type': 'application/json', ...refusal.headers },
    body: errorBody(dialect, refusal.status, refusal.fields),
  }
}

/** The answer that a fault puts in the place of the real one. */
function replacement(dialect: Route['dialect'], action: FaultAction): Reply | null {
  if (action.type === 'html') {
    return {
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Please wait</h1></body></html>',
    }
  }
  if (action.type !== 'status') return null
  const body =
    action.body === undefined
      ? errorBody(dialect, action.status, { message: `Fault: status ${action.status}.` })
      : typeof action.body === 'string'
        ? action.body
        : JSON.stringify(action.body)
  return { status: action.status, headers: { 'content-type': 'application/json', ...action.headers }, body }
}

function deliveryOf(before: FaultAction | null, after: FaultAction | null): Delivery {
  const action = after ?? before
  if (action?.type === 'truncate') return { cutAfterBytes: action.bytes }
  if (action?.type === 'slow') return { bytesPerSecond: action.bytesPerSecond }
  return {}
}

async function hang(world: World, ms: number): Promise<void> {
  await sleep(ms, undefined, { signal: world.stop })
}

/** Reads what is left of the request first: an answer before its end would look like a cut connection. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  requestId: string,
  delivery: Delivery = {},
): Promise<void> {
  if (!request.complete) {
    request.resume()
    await new Promise<void>((resolve) => {
      request.once('end', resolve)
      request.once('close', resolve)
    })
  }
  if (response.destroyed) return
  await send(response, reply, requestId, delivery)
}
