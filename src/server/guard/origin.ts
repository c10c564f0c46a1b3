import type { Client } from './client.ts'
import { Refusal } from '../problem.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly header: (name: string) => string | undefined
  readonly client: Client
}

const onlyLooks: readonly string[] = ['GET', 'HEAD']

/**
 * The guard against requests from pages of other origins: every change, and every look at data. A program that is no
 * browser sends neither header.
 */
export function requireOwnOrigin({ method, path, header, client }: Asked): void {
  const site = header('sec-fetch-site')
  const origin = header('origin')
  const foreign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && !isOwn(origin, client.scheme, client.host ?? header('host')))
  if (!foreign) return
  // A link on another page may lead to the dashboard, which holds no data by itself.
  if (onlyLooks.includes(method) && !/^\/(?:api|metrics)(?:\/|$)/.test(path)) return
  throw new Refusal('E_ORIGIN', 'pages of another origin are not answered', {
    where: origin ?? 'the Sec-Fetch-Site header',
    fix: 'ask from the dashboard itself, or from a program with a key',
  })
}

/** Whether a page was served by the host that is asked; by the same scheme too, where a proxy tells it. */
function isOwn(origin: string, scheme: Client['scheme'], host: string | undefined): boolean {
  const [, ofOrigin = '', name = ''] = /^(https?):\/\/([^/]+)$/.exec(origin.toLowerCase()) ?? []
  if (name === '' || host === undefined) return false
  return (
    (scheme ?? ofOrigin) === ofOrigin && withPort(ofOrigin, name) === withPort(ofOrigin, host.toLowerCase())
  )
}

/** A browser leaves the usual port out, and a proxy may not. */
function withPort(scheme: string, host: string): string {
  return /:\d+$/.test(host) ? host : `${host}:${scheme === 'https' ? 443 : 80}`
}
