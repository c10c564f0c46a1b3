import { isIP } from 'node:net'
import { OffpeakError } from '../../domain/errors.ts'
import { isPrivate } from './private-lookup.ts'

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

/** Whether a service may be called without encryption, and the setting that says so. */
export interface Unencrypted {
  readonly allowed: boolean
  /** As people write it: `openai: { insecureHttp: true }`. */
  readonly setting: string
}

/**
 * The origin of a base URL; keys go to it, so it must be https unless it is this machine, or in a private network where
 * somebody has said so.
 *
 * Throws E_CONFIG for anything else, and for an address that carries a user name, a query or a fragment.
 */
export function parseOrigin(baseUrl: string, unencrypted: Unencrypted | null = null): Origin {
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
  if (!secure && !loopback) requirePrivate(url, unencrypted)
  return {
    secure,
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPorts[secure ? 'https' : 'http'] : Number(url.port),
    host: url.host,
    basePath: url.pathname.replace(/\/+$/, ''),
    loopback,
  }
}

/** A name is looked up when it is called, and has to lead into a private network then as well. */
function requirePrivate(url: URL, unencrypted: Unencrypted | null): void {
  const isPublic = isIP(url.hostname.replace(/^\[(.*)\]$/, '$1')) !== 0 && !isPrivate(url.hostname)
  if (unencrypted?.allowed === true && !isPublic) return
  throw new OffpeakError(
    'E_CONFIG',
    isPublic
      ? 'the provider would be called without encryption over the internet, and the key with it'
      : 'the provider would be called without encryption, and the key with it',
    {
      where: url.host,
      fix:
        isPublic || unencrypted === null
          ? 'use https, or an address of this machine (localhost, 127.0.0.1)'
          : `use https; if ${url.hostname} is in a private network, allow it with ${unencrypted.setting}`,
    },
  )
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname)
  )
}

/** An address as a name: without its scheme, credentials and what stands behind its path; null: it is none. */
export function addressWords(address: string | undefined): string | null {
  if (address === undefined || !URL.canParse(address)) return null
  const { host, pathname } = new URL(address)
  return `${host}${pathname}`.replace(/\/+$/, '')
}
