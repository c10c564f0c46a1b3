import type { ClientRequest, IncomingMessage } from 'node:http'
import { messageOf } from '../domain/errors.ts'
import type { UploadFile } from '../ports/provider.ts'
import { ClockSkew } from './clock-skew.ts'
import { download } from './download.ts'
import { type Body, exchange, type Exchange, httpFor } from './exchange.ts'
import { multipart, sendFile } from './multipart.ts'
import type { Origin } from './origin.ts'
import { readJson } from './read-json.ts'
import { type CallKind, callTimeouts, defaultTimeouts, type Timeouts } from './timeouts.ts'
import { withinDeadline } from './within-deadline.ts'

/** Connections to one service; more calls wait for a free one. */
export const maxSockets = 16

export interface HttpOptions {
  readonly origin: Origin
  /**
   * The headers that carry the key; asked for every call, so that a token may be renewed. `renew`: the service has
   * refused those that were given last.
   */
  readonly authorize: (renew: boolean) => Promise<Readonly<Record<string, string>>>
  /** Whether `authorize` may give others after a refusal. */
  readonly renewable?: boolean
  /** Appended to every path, as Azure's `api-version`. */
  readonly query?: Readonly<Record<string, string>>
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
  /** How long it may take; `control` when left out. */
  readonly kind?: CallKind
  /** On a connection of its own, so that a kept one that the service has just closed cannot lose it. */
  readonly alone?: boolean
  readonly signal?: AbortSignal | undefined
}

export interface Http {
  /** The service's clock beside ours, as its answers tell. */
  readonly skew: ClockSkew
  json(call: Call): Promise<Exchange>
  upload(
    call: Call & {
      readonly file: UploadFile
      readonly fields: Readonly<Record<string, string>>
      readonly fileType: string
    },
  ): Promise<Exchange>
  download(call: Call & { readonly to: string; readonly maxBytes?: number | null }): Promise<Exchange>
}

/** How a call is written and how its answer is read. */
interface Handling {
  readonly kind: CallKind
  readonly headers: Readonly<Record<string, string | number>>
  readonly write: (request: ClientRequest, progress: () => void) => Promise<void> | void
  readonly read: (
    response: IncomingMessage,
    progress: () => void,
    clean: (text: string) => string,
  ) => Promise<Body>
}

/**
 * A client of one service over node:http: without redirects, and without any repetition but one more try after a 401
 * where the credentials can be renewed. Nothing that it returns or throws holds the key.
 */
export function openHttp(options: HttpOptions): Http {
  const { origin, authorize, renewable = false, now = Date.now } = options
  const timeouts = { ...defaultTimeouts, ...options.timeouts }
  const { Agent } = httpFor(origin)
  const kept = new Agent({ keepAlive: true, maxSockets, maxFreeSockets: 4 })
  const fresh = new Agent({ keepAlive: false, maxSockets })
  const skew = new ClockSkew()

  const once = async (call: Call, handling: Handling, renew: boolean): Promise<Exchange> => {
    let authorization: Readonly<Record<string, string>>
    try {
      authorization = await withinDeadline(() => authorize(renew), timeouts.tokenMs, call.signal)
    } catch (thrown) {
      const at = call.signal?.aborted === true ? 'network' : 'token'
      return { kind: 'failed', at, sent: false, lasting: false, message: messageOf(thrown) }
    }
    const query = new URLSearchParams({ ...options.query, ...call.query }).toString()
    const clean = cleaner(authorization)
    return exchange({
      origin,
      way: { host: origin.host, proxy: null },
      agent: call.alone === true ? fresh : kept,
      method: call.method,
      path: `${origin.basePath}${call.path}${query === '' ? '' : `?${query}`}`,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'offpeak',
        ...handling.headers,
        ...call.headers,
        ...authorization,
      },
      timeouts: callTimeouts(handling.kind, timeouts),
      signal: call.signal,
      write: handling.write,
      read: (response, progress) => handling.read(response, progress, clean),
      skew,
      now,
    })
  }
  const send = async (call: Call, handling: Handling): Promise<Exchange> => {
    const reply = await once(call, handling, false)
    // A 401 was certainly not done, whatever it was; a page says nothing of the token.
    const isExpired = reply.kind === 'answered' && reply.status === 401 && reply.page === null
    return renewable && isExpired ? once(call, handling, true) : reply
  }

  return {
    skew,
    json: (call) => {
      const text = call.text ?? (call.body === undefined ? null : JSON.stringify(call.body))
      const headers =
        text === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
      return send(call, {
        kind: call.kind ?? 'control',
        headers,
        write: (request) => void (text === null ? request.end() : request.end(text)),
        read: readJson,
      })
    },
    upload: (call) => {
      const form = multipart(call.file, call.fields, call.fileType)
      return send(call, {
        kind: 'upload',
        headers: { 'content-type': form.contentType, 'content-length': form.contentLength },
        write: (request, progress) => sendFile(request, form, call.file, progress),
        read: readJson,
      })
    },
    download: (call) =>
      download(call.to, call.maxBytes ?? null, (headers, read) =>
        send(call, {
          kind: 'download',
          headers: { accept: '*/*', ...headers },
          write: (request) => void request.end(),
          read,
        }),
      ),
  }
}

/** Takes the key out of what a service says, should it repeat it. */
function cleaner(authorization: Readonly<Record<string, string>>): (text: string) => string {
  const secrets = Object.values(authorization)
    .map((value) => value.replace(/^Bearer /, ''))
    .filter((value) => value.length >= 8)
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text)
}
