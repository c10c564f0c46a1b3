import { BlockList, isIP } from 'node:net'
import { OffpeakError } from '../../domain/errors.ts'
import type { Origin } from './origin.ts'

/** A proxy as it was named, and by what: `HTTPS_PROXY`. */
export interface NamedProxy {
  readonly name: string
  readonly value: string
}

/** The proxies of this machine. */
export interface Proxies {
  readonly https: NamedProxy | null
  readonly http: NamedProxy | null
  /** What goes without one, as `NO_PROXY` has it. */
  readonly except: string | null
  /** Whether services on this machine are called through them as well. */
  readonly loopback: boolean
}

/** The proxy that calls to one service go through. */
export interface Proxy {
  /** With name and password, where it has them; for Node alone. */
  readonly url: string
  /** The same for people. */
  readonly shown: string
  readonly name: string
}

/**
 * The proxy for a service; null: it is called directly. Throws E_CONFIG for one that cannot be spoken to, without the
 * password that may be in its address.
 */
export function proxyFor(origin: Origin, proxies: Proxies): Proxy | null {
  const named = origin.secure ? proxies.https : proxies.http
  if (named === null || (origin.loopback && !proxies.loopback)) return null
  if (isExcepted(origin, proxies.except ?? '')) return null
  const { name, value } = named
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`)
  if (url?.protocol === 'http:' || url?.protocol === 'https:')
    return { url: url.href, shown: `${url.protocol}//${url.host}`, name }
  throw new OffpeakError(
    'E_CONFIG',
    url === null
      ? 'the proxy is not an address'
      : `the proxy speaks ${url.protocol.slice(0, -1)}, and only those that speak http or https are known`,
    { where: name, fix: `${name}=http://host:port, or take ${origin.host} out with NO_PROXY` },
  )
}

/**
 * Whether `NO_PROXY` names a service: by its name or a domain that it is in (`corp.example`, `.corp.example`,
 * `*.corp.example`), its address or a block of addresses (`10.0.0.0/8`), each also with a port; `*` names all. So do curl
 * and Go read it; there is no standard.
 */
function isExcepted({ hostname, port }: Origin, except: string): boolean {
  const host = hostname.toLowerCase()
  return except
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      if (entry.includes('/')) return isInBlock(host, entry)
      const [, name = entry, onlyPort] = /^(\[.*\]|[^:]+):(\d+)$/.exec(entry) ?? []
      if (onlyPort !== undefined && Number(onlyPort) !== port) return false
      const domain = name.replace(/^\[(.*)\]$/, '$1').replace(/^\*?\./, '')
      return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`))
    })
}

function isInBlock(host: string, block: string): boolean {
  const version = isIP(host)
  const [network = '', bits] = block.split('/')
  if (version === 0 || isIP(network) !== version || !/^\d+$/.test(bits ?? '')) return false
  if (Number(bits) > (version === 4 ? 32 : 128)) return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(network, Number(bits), family)
  return list.check(host, family)
}
