import { isIP } from 'node:net'
import { OffpeakError } from '../domain/errors.ts'

/** A block of addresses: the first `prefix` bits of `network`. */
export interface Subnet {
  readonly network: string
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

const loopback: readonly Subnet[] = [
  { network: '127.0.0.0', prefix: 8, family: 'ipv4' },
  { network: '::1', prefix: 128, family: 'ipv6' },
]

/**
 * The addresses of proxies that are believed, from `loopback`, an address or a block in CIDR notation. Throws E_USAGE
 * for other words, and for a block of every address there is, as anybody could pretend to be a proxy then.
 */
export function readTrustedProxy(text: string): readonly Subnet[] {
  if (text === 'loopback') return loopback
  const [, network = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? []
  const version = isIP(network)
  const all = version === 4 ? 32 : 128
  const prefix = bits === undefined ? all : Number(bits)
  if (version !== 0 && !network.includes('%') && prefix >= 1 && prefix <= all)
    return [{ network, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }]
  throw new OffpeakError('E_USAGE', `"${text}" is no address of a proxy`, {
    fix: 'loopback, 10.0.0.7, 10.0.0.0/24 or fd00::/64',
  })
}
