import { setTimeout as sleep } from 'node:timers/promises'
import { type Json, isObject } from '../json.ts'
import { callUpstream, type UpstreamAnswer } from './call.ts'

/** A chat server whose models answer in the place of invented ones. */
export interface UpstreamOptions {
  /** Up to and with the version: `http://localhost:11434/v1`. */
  readonly url: string
  /** Sent to it as a bearer; no key when left out. */
  readonly apiKey?: string | undefined
  /** How many calls it gets at a time; 8 when left out. */
  readonly concurrency?: number | undefined
}

export interface Upstream {
  readonly concurrency: number
  /** One call as it is, among those that the server bears at a time. Rejects where nobody answers. */
  once(method: string, path: string, body?: object): Promise<UpstreamAnswer>
  /**
   * What the server says of one request, be it an answer or an error: waited for while nobody is there, and asked again
   * a few times where it is busy, or its answer breaks off. Rejects when it is given up.
   */
  answer(path: string, body: object, signal: AbortSignal): Promise<UpstreamAnswer>
}

const usualConcurrency = 8
/** Pauses in real milliseconds, each double the last. */
const pauses = { firstMs: 500, maxMs: 30_000 } as const
/** With the pauses above some four minutes: a model is loaded in less, as a rule. */
const busyTries = 12
const brokenTries = 3
const busy: ReadonlySet<number> = new Set([429, 502, 503, 504])
/** Nobody is there, and nothing was asked. */
const unreached: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'])

/** An upstream at an address, which asks at most `concurrency` calls at a time. */
export function makeUpstream(
  { url, apiKey, concurrency = usualConcurrency }: UpstreamOptions,
  stop: AbortSignal,
): Upstream {
  const base = url.replace(/\/+$/, '')
  const waiting: (() => void)[] = []
  let free = concurrency
  const among = async <Value>(call: () => Promise<Value>): Promise<Value> => {
    if (free === 0) await new Promise<void>((go) => waiting.push(go))
    else free -= 1
    try {
      return await call()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
  const ask = (method: string, path: string, signal: AbortSignal, body?: object): Promise<UpstreamAnswer> =>
    callUpstream({ method, url: `${base}${path}`, apiKey: apiKey ?? null, body, signal })
  return {
    concurrency,
    once: (method, path, body) => among(() => ask(method, path, stop, body)),
    answer: (path, body, signal) =>
      among(async () => {
        const tries = { busy: 0, broken: 0 }
        for (let pauseMs: number = pauses.firstMs; ; pauseMs = Math.min(2 * pauseMs, pauses.maxMs)) {
          signal.throwIfAborted()
          let wantedMs: number | null = null
          try {
            const reply = asAnswer(await ask('POST', path, signal, body))
            tries.busy += 1
            if (!busy.has(reply.status) || tries.busy >= busyTries) return reply
            wantedMs = reply.retryAfterMs
          } catch (error) {
            signal.throwIfAborted()
            if (!unreached.has(Reflect.get(Object(error), 'code'))) {
              tries.broken += 1
              if (tries.broken >= brokenTries) return brokenAnswer(error)
            }
          }
          await sleep(Math.min(wantedMs ?? pauseMs, pauses.maxMs), undefined, { signal })
        }
      }),
  }
}

/** Some servers say 200 and an error. */
function asAnswer(reply: UpstreamAnswer): UpstreamAnswer {
  const { status, body } = reply
  return status === 200 && isError(body) ? { ...reply, status: 500 } : reply
}

function isError(body: Json): boolean {
  if (!isObject(body)) return true
  return body['error'] !== undefined && body['error'] !== null && !('choices' in body) && !('output' in body)
}

function brokenAnswer(error: unknown): UpstreamAnswer {
  const said = error instanceof Error ? error.message : String(error)
  const message = `The upstream server gave no answer, ${brokenTries} times: ${said}`
  return { status: 502, body: { error: { message, type: 'upstream_error' } }, retryAfterMs: null }
}
