import { request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { type Json, isObject } from '../json.ts'

/** An answer of the server behind: with its status, whatever it says. */
export interface UpstreamAnswer {
  readonly status: number
  readonly body: Json
  /** In milliseconds, where it asks for a pause. */
  readonly retryAfterMs: number | null
}

export interface UpstreamCall {
  readonly method: string
  readonly url: string
  readonly apiKey: string | null
  /** Left out: there is none. */
  readonly body?: object | undefined
  readonly signal: AbortSignal
}

/** One call, once. Rejects where nobody answers, or the answer breaks off; it may take as long as the model writes. */
export async function callUpstream(call: UpstreamCall): Promise<UpstreamAnswer> {
  const { method, url, apiKey, body, signal } = call
  const text = body === undefined ? null : JSON.stringify(body)
  const send = url.startsWith('https:') ? secureRequest : plainRequest
  const { promise, resolve, reject } = Promise.withResolvers<UpstreamAnswer>()
  const request = send(url, {
    method,
    signal,
    // A connection that the server has just closed would look like an answer that broke off.
    agent: false,
    headers: {
      accept: 'application/json',
      ...(text !== null && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      }),
      ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
    },
  })
  request.once('error', reject)
  request.once('response', (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.once('error', reject)
    response.once('close', () => {
      if (!response.complete) return reject(new Error('the answer broke off'))
      const { statusCode: status = 502, headers } = response
      const seconds = Number(headers['retry-after'] ?? Number.NaN)
      resolve({
        status,
        body: bodyOf(Buffer.concat(chunks).toString('utf8')),
        retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null,
      })
    })
  })
  request.end(text ?? undefined)
  return promise
}

/** What is no JSON becomes the message of an error, as the caller expects one. */
function bodyOf(text: string): Json {
  try {
    const parsed: Json = JSON.parse(text)
    if (isObject(parsed) || Array.isArray(parsed)) return parsed
  } catch {
    // Said below.
  }
  return { error: { message: text.trim().slice(0, 2_000) || 'an empty answer', type: 'upstream_error' } }
}
