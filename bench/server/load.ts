import autocannon from 'autocannon'
import { benchKey } from './served.ts'

/** One way of asking, and what it must hold on 2 cores; null: nothing is promised. */
export interface Load {
  readonly name: string
  readonly path: string
  readonly target: { readonly perSecond: number; readonly p99Ms: number } | null
  readonly open?: boolean
}

export interface Loaded {
  readonly name: string
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Told to come again later: one key gets 20,000 answers a second. */
  readonly limited: number
  /** Other answers that were not 2xx, and requests without an answer. */
  readonly failed: number
  readonly target: Load['target']
}

/** Asks one path from many connections for some seconds. */
export async function load(
  url: string,
  { name, path, target, open = false }: Load,
  { seconds, connections }: { readonly seconds: number; readonly connections: number },
): Promise<Loaded> {
  const result = await autocannon({
    url: `${url}${path}`,
    connections,
    duration: seconds,
    headers: open ? {} : { 'x-api-key': benchKey },
  })
  const limited = result.statusCodeStats?.['429']?.count ?? 0
  return {
    name,
    perSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    limited,
    failed: result.non2xx - limited + result.errors + result.timeouts,
    target,
  }
}
