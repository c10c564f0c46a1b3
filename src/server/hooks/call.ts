import { lookup } from 'node:dns/promises'
import { request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'
import { messageOf } from '../../domain/errors.ts'
import { retryAfterMs } from '../../providers/http/retry-after.ts'
import { type Endpoint, mayCall } from './endpoints.ts'

/** The addresses of a name. */
export type Resolve = (
  host: string,
) => Promise<readonly { readonly address: string; readonly family: number }[]>

export interface Told {
  /** Null: it was taken; else why not. */
  readonly refused: string | null
  /** How long the endpoint wants us to stay away. */
  readonly retryAfterMs: number | null
}

/** An endpoint that answers slower than this is asked again later. */
const timeoutMs = 15_000
/** What an endpoint answers is of no interest; more than this of it is not even read. */
const maxAnswerBytes = 65_536

const byName: Resolve = (host) => lookup(host, { all: true, verbatim: true })

/**
 * The result of one post to an endpoint. The name is resolved once, every address it has must be allowed, and the
 * connection goes to an address that was looked at. Redirects are refusals.
 */
export async function callEndpoint(
  endpoint: Endpoint,
  headers: Readonly<Record<string, string>>,
  body: string,
  { signal, resolve = byName }: { readonly signal: AbortSignal; readonly resolve?: Resolve },
): Promise<Told> {
  try {
    const ends = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const host = endpoint.url.hostname.replace(/^\[|\]$/g, '')
    const found = isIP(host) > 0 ? [{ address: host, family: isIP(host) }] : await within(ends, resolve(host))
    const barred = found.find(({ address }) => !mayCall(endpoint, address))
    if (found.length === 0 || barred)
      return refusal(`${endpoint.host} is at an address that is not called: ${barred?.address ?? 'none'}`)
    return await post(endpoint, headers, body, ends, found)
  } catch (thrown) {
    return refusal(messageOf(thrown))
  }
}

function refusal(refused: string): Told {
  return { refused, retryAfterMs: null }
}

function post(
  { url }: Endpoint,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
  found: Awaited<ReturnType<Resolve>>,
): Promise<Told> {
  const known: LookupFunction = (_host, options, done) => {
    const [first] = found
    if (options.all === true) done(null, [...found])
    else done(null, first?.address ?? '', first?.family)
  }
  const send = url.protocol === 'https:' ? secureRequest : plainRequest
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' },
      agent: false,
      lookup: known,
      signal,
    })
    request.once('error', reject)
    request.once('response', (response) => {
      const { statusCode: status = 0 } = response
      let bytes = 0
      response.on('error', () => undefined)
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > maxAnswerBytes) response.destroy()
      })
      resolve(
        status >= 200 && status < 300
          ? { refused: null, retryAfterMs: null }
          : { refused: `it answered ${status}`, retryAfterMs: retryAfterMs(response.headers, Date.now()) },
      )
    })
    request.end(body)
  })
}

/** A resolver takes no signal. */
async function within<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  signal.throwIfAborted()
  const ended = Promise.withResolvers<never>()
  const stop = (): void => ended.reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, ended.promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
