import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { messageOf } from '../../domain/errors.ts'
import type { InputFile } from '../../ports/provider/batch-service.ts'
import type { Access } from './access.ts'
import { openAgents } from './agents.ts'
import { ClockSkew } from './clock-skew.ts'
import { download } from './bodies/download.ts'
import { type Body, exchange, type Exchange } from './exchange.ts'
import { type FramedFile, sendFile } from './bodies/framed-file.ts'
import { multipart } from './bodies/multipart.ts'
import type { Origin } from './origin.ts'
import { type Proxy, proxyFor } from './proxy.ts'
import { readFirstLine, readJson } from './bodies/read-json.ts'
import type { Secret } from './secret.ts'
import { type CallKind, callTimeouts, defaultTimeouts } from './timeouts.ts'
import { withinDeadline } from './within-deadline.ts'

export interface HttpOptions {
  readonly origin: Origin
  readonly access?: Access
  /**
   * The headers that carry the key; asked for every call, so that a token may be renewed. `renew`: the service has
   * refused those that were given last.
   */
  readonly authorize: (renew: boolean) => Promise<Readonly<Record<string, string>>>
  /** Whether `authorize` may give others after a refusal. */
  readonly renewable?: boolean
  /** Sent with every call, and no secrets. */
  readonly plainHeaders?: Readonly<Record<string, string>>
  /** Appended to every path, as Azure's `api-version`. */
  readonly query?: Readonly<Record<string, string>>
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
  /** Told of the headers of the answer, where a service puts what it gives there. */
  readonly onHeaders?: (headers: IncomingHttpHeaders) => void
}

/** Calls to one service over HTTP. */
export interface Http {
  /** The proxy that calls go through, as people may see it, and its name; null: none. */
  readonly proxy: Pick<Proxy, 'name' | 'shown'> | null
  /** The service's clock beside ours, as its answers tell. */
  readonly skew: ClockSkew
  /** Whether the service has said that it is an emulator; null before it has said anything. */
  isSimulated(): boolean | null
  json(call: Call): Promise<Exchange>
  upload(
    call: Call & {
      readonly file: InputFile
      readonly fields: Readonly<Record<string, string>>
      readonly fileType: string
    },
  ): Promise<Exchange>
  /** Sends a file as a part of a body; it may take as long as an upload. */
  framed(call: Call, body: FramedFile): Promise<Exchange>
  /** Reads the first line of a body as JSON, and no more of it; `json` is undefined where there is none. */
  firstLine(call: Call): Promise<Exchange>
  download(call: Call & { readonly to: string; readonly maxBytes?: number | null }): Promise<Exchange>
}

/** With this an emulator says of each of its replies what it is. */
const emulatorHeader = 'offpeak-emulator'

/** How a call is written and how its answer is read. */
interface Handling {
  readonly kind: CallKind
  /** How long the body is that is sent, or the most that is downloaded; null: there is no such bound. */
  readonly bytes?: number | null
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
  const { origin, authorize, renewable = false, access = {} } = options
  const { now = Date.now, proxies = null, extraCa = null } = access
  const timeouts = { ...defaultTimeouts, ...access.timeouts }
  const proxy = proxies && proxyFor(origin, proxies)
  const { kept, fresh } = openAgents({ origin, proxy, extraCa, connectMs: timeouts.connectMs })
  const extra = revealed(access.headers ?? {})
  const skew = new ClockSkew()
  let isSimulated: boolean | null = null

  const once = async (call: Call, handling: Handling, renew: boolean): Promise<Exchange> => {
    let authorization: Readonly<Record<string, string>>
    try {
      authorization = await withinDeadline(() => authorize(renew), timeouts.tokenMs, call.signal)
    } catch (thrown) {
      const at = call.signal?.aborted === true ? 'network' : 'token'
      return { kind: 'failed', at, sent: false, whole: false, lasting: false, message: messageOf(thrown) }
    }
    const query = new URLSearchParams({ ...options.query, ...call.query }).toString()
    const secrets = { ...authorization, ...extra }
    const clean = cleaner(secrets)
    return exchange({
      origin,
      way: { host: origin.host, proxy: proxy?.shown ?? null },
      agent: call.alone === true ? fresh : kept,
      method: call.method,
      path: `${origin.basePath}${call.path}${query === '' ? '' : `?${query}`}`,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'offpeak',
        ...handling.headers,
        ...call.headers,
        ...options.plainHeaders,
        ...secrets,
      },
      timeouts: callTimeouts(handling.kind, timeouts, handling.bytes),
      signal: call.signal,
      write: handling.write,
      read: (response, progress) => handling.read(response, progress, clean),
      skew,
      onHeaders: (headers, status) => {
        call.onHeaders?.(headers)
        if (headers[emulatorHeader] !== undefined) isSimulated = true
        // What is refused may come from something in between.
        else if (status === 200) isSimulated ??= false
      },
      now,
    })
  }
  const send = async (call: Call, handling: Handling): Promise<Exchange> => {
    const reply = await once(call, handling, false)
    // A 401 was certainly not done, whatever it was; a page says nothing of the token.
    const isExpired = reply.kind === 'answered' && reply.status === 401 && reply.page === null
    return renewable && isExpired ? once(call, handling, true) : reply
  }

  const framed: Http['framed'] = (call, { contentType, contentLength, ...body }) =>
    send(call, {
      kind: 'upload',
      bytes: contentLength,
      headers: { 'content-type': contentType, 'content-length': contentLength },
      write: (request, progress) => sendFile(request, { contentType, contentLength, ...body }, progress),
      read: readJson,
    })

  return {
    proxy,
    skew,
    isSimulated: () => isSimulated,
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
      return framed(call, multipart(call.file, call.fields, call.fileType))
    },
    framed,
    firstLine: (call) =>
      send(call, {
        kind: 'download',
        headers: { accept: '*/*' },
        write: (request) => void request.end(),
        read: readFirstLine,
      }),
    download: (call) =>
      download(call.to, call.maxBytes ?? null, (headers, read) =>
        send(call, {
          kind: 'download',
          bytes: call.maxBytes ?? null,
          headers: { accept: '*/*', ...headers },
          write: (request) => void request.end(),
          read,
        }),
      ),
  }
}

function revealed(headers: Readonly<Record<string, Secret>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]))
}

/** Takes the key out of what a service says, should it repeat it. */
function cleaner(authorization: Readonly<Record<string, string>>): (text: string) => string {
  const secrets = Object.values(authorization)
    .map((value) => value.replace(/^Bearer /, ''))
    .filter((value) => value.length >= 8)
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text)
}
