import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type * as NodeHttp from 'node:http'
import type * as NodeHttps from 'node:https'
import type { Socket } from 'node:net'
import { OffpeakError } from '../../domain/errors.ts'
import type { Downloaded } from '../../ports/provider/batch-service.ts'
import type { ClockSkew } from './clock-skew.ts'
import { networkFailure, type Way } from './network-words.ts'
import type { Origin } from './origin.ts'
import { retryAfterMs } from './retry-after.ts'

import type { CallTimeouts } from './timeouts.ts'

/**
 * Result of one HTTP attempt. `answered` has a whole answer (`json` is undefined when it is not JSON); `failed` tells
 * whether a byte of the request can have reached the service.
 */
export type Exchange = Answered | Failed

export interface Answered {
  readonly kind: 'answered'
  /** Who was asked. */
  readonly host: string
  readonly status: number
  readonly retryAfterMs: number | null
  readonly json: unknown
  /** The title of the web page that came in place of an answer, perhaps empty; null: it is none. */
  readonly page: string | null
  /** Where a redirect points, without its query; null without one. */
  readonly location: string | null
  readonly saved: Downloaded | null
}

export interface Failed {
  readonly kind: 'failed'
  /** `token`: no token could be had. `bound`: the answer is larger than was allowed. */
  readonly at: 'network' | 'token' | 'bound'
  readonly sent: boolean
  /** Whether all of the request had left: a service that was sent a part of it has done nothing. */
  readonly whole: boolean
  /** Whether trying again cannot be expected to help. */
  readonly lasting: boolean
  readonly message: string
}

/** One HTTP attempt, ready to be sent. */
export interface Attempt {
  readonly origin: Origin
  readonly way: Way
  readonly agent: Agent
  readonly method: string
  /** With base path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | number>>
  readonly timeouts: CallTimeouts
  readonly signal: AbortSignal | undefined
  readonly write: (request: ClientRequest, progress: () => void) => Promise<void> | void
  readonly read: (response: IncomingMessage, progress: () => void) => Promise<Body>
  readonly skew: ClockSkew
  /** Told of the headers of every answer. */
  readonly onHeaders: (headers: IncomingHttpHeaders, status: number) => void
  readonly now: () => number
}

export interface Body {
  readonly json: unknown
  readonly page: string | null
  readonly saved: Downloaded | null
}

/** An answer that was read further than its caller allows. */
export class BoundError extends Error {}

/**
 * Node's module for calls to this service. An `import` of `node:http` would give all that it exports at once, with
 * `WebSocket` the whole of `undici`: 20 ms and 10 MB in every process.
 */
export function httpFor({ secure }: Pick<Origin, 'secure'>): typeof NodeHttp | typeof NodeHttps {
  return secure ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
}

/** The exchange of one HTTP attempt; repeats nothing. Throws E_DISK of what is on our side. */
export async function exchange(attempt: Attempt): Promise<Exchange> {
  const { origin, signal, now } = attempt
  if (signal?.aborted === true) return failed(attempt, stopped(), unsent)
  let request: ClientRequest
  try {
    const { method, path, agent, headers } = attempt
    const { hostname, port } = origin
    request = httpFor(origin).request({ agent, method, hostname, port, path, headers })
  } catch (thrown) {
    return failed(attempt, thrown, unsent)
  }
  const watch = watchRequest(request, attempt)
  let finished = false
  try {
    const answer = answerOf(request)
    const written = Promise.resolve(attempt.write(request, watch.again))
    // A local failure while writing must surface even if no answer ever comes; an early answer ends the writing.
    const response = await Promise.race([answer, written.then(() => answer)])
    attempt.skew.note(response.headers.date, watch.so.sentMs, now())
    attempt.onHeaders(response.headers, response.statusCode ?? 0)
    watch.expectRest()
    const body = await attempt.read(response, watch.again)
    finished = response.complete && request.writableFinished
    return {
      kind: 'answered',
      host: origin.host,
      status: response.statusCode ?? 0,
      retryAfterMs: retryAfterMs(response.headers, now()),
      location: locationOf(response.headers.location),
      ...body,
    }
  } catch (thrown) {
    if (thrown instanceof OffpeakError) throw thrown
    return failed(attempt, watch.so.why ?? thrown, watch.so)
  } finally {
    watch.end()
    // A finished request has given its socket back for others.
    if (!finished) request.destroy()
  }
}

/** How far a request has come. */
interface Progress {
  /** Whether a byte of it can have left. */
  readonly sent: boolean
  /** Whether all of it has. */
  readonly whole: boolean
}

const unsent: Progress = { sent: false, whole: false }

function failed(attempt: Attempt, thrown: unknown, { sent, whole }: Progress): Failed {
  const { words, lasting } = networkFailure(thrown, attempt.way)
  const at = thrown instanceof BoundError ? 'bound' : 'network'
  return {
    kind: 'failed',
    at,
    sent,
    whole,
    lasting,
    message: `${attempt.method} ${pathOf(attempt)}: ${words}`,
  }
}

interface RequestWatch {
  /** How far it has come so far, when all of it had left, and why it was ended by us. */
  readonly so: Progress & { readonly sentMs: number; readonly why: Error | null }
  readonly again: () => void
  readonly expectRest: () => void
  readonly end: () => void
}

/** Ends a request that stands still, takes longer than it may, or is not wanted any more. */
function watchRequest(request: ClientRequest, { origin, timeouts, signal, now }: Attempt): RequestWatch {
  const so: { sent: boolean; whole: boolean; sentMs: number; why: Error | null } = {
    ...unsent,
    sentMs: now(),
    why: null,
  }
  const end = (error: Error): void => {
    // An error given to destroy() is lost once the answer has begun: Node then only says "aborted".
    so.why ??= error
    request.destroy(error)
  }
  const watch = watchdog(end)
  const deadline = setTimeout(
    () => end(new Error(`not done after ${timeouts.deadlineMs} ms`)),
    timeouts.deadlineMs,
  )
  const stop = (): void => end(stopped())
  signal?.addEventListener('abort', stop)
  const leave = (): void => {
    so.sent = true
    watch.expect('progress', timeouts.stallMs)
  }
  request.on('socket', (socket: Socket) => {
    // Bytes leave only after the handshake. A socket that is no longer connecting may be sending already.
    if (!socket.connecting) return leave()
    watch.expect('connection', timeouts.connectMs)
    socket.once(origin.secure ? 'secureConnect' : 'connect', leave)
  })
  request.on('finish', () => {
    so.whole = true
    so.sentMs = now()
    watch.expect('answer', timeouts.headersMs)
  })
  return {
    so,
    again: () => watch.again(),
    expectRest: () => watch.expect('rest of the answer', timeouts.stallMs),
    end() {
      watch.end()
      clearTimeout(deadline)
      signal?.removeEventListener('abort', stop)
    },
  }
}

function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', reject)
    request.on('close', () => reject(new Error('the connection was closed without an answer')))
  })
}

/** Host and path, without the query. */
function pathOf({ origin, path }: Attempt): string {
  return `${origin.host}${path.replace(/\?.*$/, '')}`
}

/** Signing in is often asked for in the query, with more in it than is anybody's business. */
function locationOf(location: string | undefined): string | null {
  return location === undefined ? null : location.replace(/[?#].*$/s, '')
}

function stopped(): Error {
  return new Error('stopped by us')
}

interface Watchdog {
  /** From now on something must happen every `withinMs`. */
  expect(what: string, withinMs: number): void
  /** It happened. */
  again(): void
  /** Nothing is expected any more, whatever a late event of the request says. */
  end(): void
}

function watchdog(bark: (error: Error) => void): Watchdog {
  let timer: NodeJS.Timeout | undefined
  let ended = false
  return {
    expect(what, withinMs) {
      clearTimeout(timer)
      if (ended) return
      timer = setTimeout(() => bark(new Error(`no ${what} within ${withinMs} ms`)), withinMs)
    },
    again: () => void timer?.refresh(),
    end() {
      ended = true
      clearTimeout(timer)
    },
  }
}
