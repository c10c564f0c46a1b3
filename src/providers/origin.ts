import { OffpeakError } from '../domain/errors.ts'

/** A service's address, taken apart once. */
export interface Origin {
  readonly secure: boolean
  readonly hostname: string
  readonly port: number
  /** Host with its port when that is not the usual one: what people call the service. */
  readonly host: string
  /** `/v1`, or empty; never ends with a slash. */
  readonly basePath: string
  readonly loopback: boolean
}

const defaultPorts = { https: 443, http: 80 }

/**
 * Reads a base URL; keys go to it, so it must be https unless it is this machine.
 *
 * Throws E_CONFIG for anything else, and for an address that carries a user name, a query or a fragment.
 */
export function parseOrigin(baseUrl: string): Origin {
  const url = URL.parse(baseUrl)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new OffpeakError('E_CONFIG', 'the base URL of the provider is not an http(s) address', {
      where: URL.canParse(baseUrl) ? (url?.protocol ?? '') : 'base URL',
      fix: 'give it as https://host/path',
    })
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new OffpeakError(
      'E_CONFIG',
      'the base URL of the provider carries a user name, a query or a fragment',
      {
        where: url.host,
        fix: 'give only https://host/path; the key has its own setting',
      },
    )
  }
  const secure = url.protocol === 'https:'
  const loopback = isLoopback(url.hostname)
  if (!secure && !loopback) {
    throw new OffpeakError(
      'E_CONFIG',
      'the provider would be called without encryption, and the key with it',
      {
        where: url.host,
        fix: 'use https, or an address of this machine (localhost, 127.0.0.1)',
      },
    )
  }
  return {
    secure,
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPorts[secure ? 'https' : 'http'] : Number(url.port),
    host: url.host,
    basePath: url.pathname.replace(/\/+$/, ''),
    loopback,
  }
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname)
  )
}
