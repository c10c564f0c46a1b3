import type * as NodeHttp from 'node:http'
import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import type * as NodeHttps from 'node:https'
import type { Socket } from 'node:net'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import type { UploadFile } from '../ports/provider.ts'
import { multipart, sendFile } from './multipart.ts'
import type { Origin } from './origin.ts'
import { retryAfterMs } from './retry-after.ts'
import { saveBody, type Saved } from './save-body.ts'

/** How long one call may take, by part, in milliseconds. */
export interface Timeouts {
  /** From having a socket to a finished handshake. */
  readonly connectMs: number
  /** From the last byte of the request to the first of the answer. */
  readonly headersMs: number
  /** Between two pieces of a body, in either direction. */
  readonly stallMs: number
  /** The whole call. */
  readonly deadlineMs: number
}

/** Calls that say or ask something small. */
export const controlTimeouts: Timeouts = {
  connectMs: 10_000,
  headersMs: 60_000,
  stallMs: 30_000,
  deadlineMs: 120_000,
}
/** A 200 MB file on a slow line; the service may take minutes to store it. */
export const uploadTimeouts: Timeouts = {
  connectMs: 10_000,
  headersMs: 300_000,
  stallMs: 60_000,
  deadlineMs: 7_200_000,
}
export const downloadTimeouts: Timeouts = {
  connectMs: 10_000,
  headersMs: 120_000,
  stallMs: 60_000,
  deadlineMs: 7_200_000,
}
/** A model thinks before it answers; flex requests may take a quarter of an hour (OpenAI guide, Flex processing). */
export const completeTimeouts: Timeouts = {
  connectMs: 10_000,
  headersMs: 900_000,
  stallMs: 60_000,
  deadlineMs: 960_000,
}

/** The largest JSON answer that is read into memory. */
export const maxAnswerBytes = 16_777_216
/** Connections to one service; more calls wait for a free one. */
export const maxSockets = 16

/**
 * What one HTTP attempt came to. `answered` has a whole answer (`json` is undefined when it is not JSON);
 * `failed` tells whether a byte of the request can have reached the service.
 */
export type Exchange =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly retryAfterMs: number | null
      readonly json: unknown
      readonly saved: Saved | null
    }
  | { readonly kind: 'failed'; readonly sent: boolean; readonly auth: boolean; readonly message: string }

export interface HttpOptions {
  readonly origin: Origin
  /** The headers that carry the key; asked for every call, so that a token may be renewed. */
  readonly authorize: () => Promise<Readonly<Record<string, string>>>
  /** Appended to every path, as Azure's `api-version`. */
  readonly query?: Readonly<Record<string, string>>
  /** Replaces these parts of every call's timeouts; for tests. */
  readonly timeouts?: Partial<Timeouts>
  readonly now?: () => number
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below the base path, with its leading slash; ids already encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** JSON that is sent as it is, in place of `body`. */
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly timeouts?: Timeouts
  /** On a connection of its own, so that a kept one that the service has just closed cannot lose it. */
  readonly alone?: boolean
  readonly signal?: AbortSignal | undefined
}

export interface Http {
  json(call: Call): Promise<Exchange>
  upload(
    call: Call & {
      readonly file: UploadFile
      readonly fields: Readonly<Record<string, string>>
      readonly fileType: string
    },
  ): Promise<Exchange>
  download(call: Call & { readonly to: string }): Promise<Exchange>
}

interface Attempt {
  readonly headers: Readonly<Record<string, string | number>>
  readonly timeouts: Timeouts
  readonly write: (request: ClientRequest, progress: () => void) => Promise<void> | void
  readonly read: (
    response: IncomingMessage,
    progress: () => void,
    clean: (text: string) => string,
  ) => Promise<Body>
}

interface Body {
  readonly json: unknown
  readonly saved: Saved | null
}

/**
 * What calls to this service are made with. An `import` of `node:http` would give all that it exports at once, with
 * `WebSocket` the whole of `undici`: 20 ms and 10 MB in every process.
 */
function httpFor({ secure }: Origin): typeof NodeHttp | typeof NodeHttps {
  return secure ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
}

/**
 * A client of one service: every call is one attempt over node:http, with a deadline, without redirects and without
 * any repetition. Nothing it returns or throws holds the key.
 */
export function openHttp(options: HttpOptions): Http {
  const { Agent } = httpFor(options.origin)
  const kept = new Agent({ keepAlive: true, maxSockets, maxFreeSockets: 4 })
  const fresh = new Agent({ keepAlive: false, maxSockets })
  const run = (call: Call, attempt: Attempt): Promise<Exchange> =>
    exchange(options, call, attempt, call.alone === true ? fresh : kept)

  return {
    json: (call) => {
      const text = call.text ?? (call.body === undefined ? null : JSON.stringify(call.body))
      const headers =
        text === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
      return run(call, {
        headers,
        timeouts: call.timeouts ?? controlTimeouts,
        write: (request) => void (text === null ? request.end() : request.end(text)),
        read: readJson,
      })
    },
    upload: (call) => {
      const form = multipart(call.file, call.fields, call.fileType)
      return run(call, {
        headers: { 'content-type': form.contentType, 'content-length': form.contentLength },
        timeouts: call.timeouts ?? uploadTimeouts,
        write: (request, progress) => sendFile(request, form, call.file, progress),
        read: readJson,
      })
    },
    download: (call) =>
      run(call, {
        headers: { accept: '*/*' },
        timeouts: call.timeouts ?? downloadTimeouts,
        write: (request) => void request.end(),
        read: async (response, progress, clean) => {
          if (response.statusCode !== 200 || isPage(response)) return readJson(response, progress, clean)
          return { json: undefined, saved: await saveBody(response, call.to, progress) }
        },
      }),
  }
}

async function exchange(options: HttpOptions, call: Call, attempt: Attempt, agent: Agent): Promise<Exchange> {
  const { origin } = options
  const failed = (thrown: unknown, sent: boolean, auth = false): Exchange => ({
    kind: 'failed',
    sent,
    auth,
    message: `${call.method} ${origin.host}${call.path}: ${wordsOf(thrown)}`,
  })
  let authorization: Readonly<Record<string, string>>
  try {
    authorization = await options.authorize()
  } catch (thrown) {
    return failed(thrown, false, true)
  }
  if (call.signal?.aborted === true) return failed(stopped(), false)

  const timeouts = { ...attempt.timeouts, ...options.timeouts }
  const query = new URLSearchParams({ ...options.query, ...call.query }).toString()
  let sent = false
  let finished = false
  let request: ClientRequest
  try {
    request = httpFor(origin).request({
      agent,
      method: call.method,
      hostname: origin.hostname,
      port: origin.port,
      path: `${origin.basePath}${call.path}${query === '' ? '' : `?${query}`}`,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'offpeak',
        ...attempt.headers,
        ...call.headers,
        ...authorization,
      },
    })
  } catch (thrown) {
    return failed(thrown, false)
  }

  // An error given to destroy() is lost once the answer has begun: Node then only says "aborted".
  let why: Error | null = null
  const end = (error: Error): void => {
    why ??= error
    request.destroy(error)
  }
  const watch = watchdog(end)
  const deadline = setTimeout(
    () => end(new Error(`not done after ${timeouts.deadlineMs} ms`)),
    timeouts.deadlineMs,
  )
  const stop = (): void => end(stopped())
  call.signal?.addEventListener('abort', stop)
  request.on('socket', (socket: Socket) => {
    // Bytes leave only after the handshake. A socket that is no longer connecting may be sending already.
    if (!socket.connecting) {
      sent = true
      return
    }
    watch.expect('connection', timeouts.connectMs)
    socket.once(origin.secure ? 'secureConnect' : 'connect', () => {
      sent = true
      watch.expect('progress', timeouts.stallMs)
    })
  })
  request.on('finish', () => watch.expect('answer', timeouts.headersMs))

  try {
    const answer = answerOf(request)
    const written = Promise.resolve(attempt.write(request, () => watch.again()))
    // A local failure while writing must surface even if no answer ever comes; an early answer ends the writing.
    const response = await Promise.race([answer, written.then(() => answer)])
    watch.expect('rest of the answer', timeouts.stallMs)
    const body = await attempt.read(response, () => watch.again(), cleaner(authorization))
    finished = response.complete && request.writableFinished
    return {
      kind: 'answered',
      status: response.statusCode ?? 0,
      retryAfterMs: retryAfterMs(response.headers, (options.now ?? Date.now)()),
      ...body,
    }
  } catch (thrown) {
    if (thrown instanceof OffpeakError) throw thrown
    return failed(why ?? thrown, sent)
  } finally {
    watch.end()
    clearTimeout(deadline)
    call.signal?.removeEventListener('abort', stop)
    // A finished request has given its socket back for others.
    if (!finished) request.destroy()
  }
}

function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', reject)
    request.on('close', () => reject(new Error('the connection was closed without an answer')))
  })
}

async function readJson(
  response: IncomingMessage,
  progress: () => void,
  clean: (text: string) => string,
): Promise<Body> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    progress()
    bytes += piece.length
    if (bytes > maxAnswerBytes) throw new Error(`the answer is larger than ${maxAnswerBytes} bytes`)
    pieces.push(piece)
  }
  try {
    const text = Buffer.concat(pieces).toString('utf8')
    // Only refusals are quoted to people; in an answer, a short key could be an ordinary word.
    const refused = (response.statusCode ?? 0) >= 300
    return { json: JSON.parse(refused ? clean(text) : text) as unknown, saved: null }
  } catch {
    return { json: undefined, saved: null }
  }
}

/** A web page in place of a file comes from something between us and the service. */
function isPage(response: IncomingMessage): boolean {
  const encoding = response.headers['content-encoding'] ?? 'identity'
  return encoding !== 'identity' || /^text\/html\b/i.test(response.headers['content-type'] ?? '')
}

/** Takes the key out of what a service says, should it repeat it. */
function cleaner(authorization: Readonly<Record<string, string>>): (text: string) => string {
  const secrets = Object.values(authorization)
    .map((value) => value.replace(/^Bearer /, ''))
    .filter((value) => value.length >= 8)
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text)
}

/** Node's word for a connection that ended inside an answer says too little, and several errors at once say nothing. */
function wordsOf(thrown: unknown): string {
  const words = messageOf(thrown)
  if (words === 'aborted') return 'the connection was cut inside the answer'
  return words === '' ? 'the connection failed' : words
}

function stopped(): Error {
  return new Error('stopped by us')
}

interface Watchdog {
  /** From now on something must happen every `withinMs`. */
  expect(what: string, withinMs: number): void
  /** It happened. */
  again(): void
  end(): void
}

function watchdog(bark: (error: Error) => void): Watchdog {
  let timer: NodeJS.Timeout | null = null
  const end = (): void => {
    if (timer) clearTimeout(timer)
    timer = null
  }
  return {
    expect(what, withinMs) {
      end()
      timer = setTimeout(() => bark(new Error(`no ${what} within ${withinMs} ms`)), withinMs)
    },
    again: () => void timer?.refresh(),
    end,
  }
}
