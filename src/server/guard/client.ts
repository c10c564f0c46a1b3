import { BlockList, isIP } from 'node:net'
import { readTrustedProxy } from '../../config/trusted-proxies.ts'
import { hopsIn, type Hop } from './forwarded.ts'

/** Where a request came from, as far as it can be believed. */
export interface Client {
  /** The address that failed tries are counted for. */
  readonly address: string
  /** How a proxy was asked; null: there is none that is believed, or it does not say. */
  readonly scheme: 'http' | 'https' | null
  /** The host that a proxy was asked for, port included; null as above. */
  readonly host: string | null
}

/** Whether an address is that of a proxy that is believed. */
export type IsProxy = (address: string) => boolean

/** A test whether an address is that of a proxy; throws E_USAGE for a text that is no address. */
export function proxiesOf(texts: readonly string[]): IsProxy {
  const list = new BlockList()
  for (const text of texts)
    for (const { network, prefix, family } of readTrustedProxy(text)) list.addSubnet(network, prefix, family)
  return (address) => {
    const plain = plainAddress(address)
    const version = isIP(plain)
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6')
  }
}

/**
 * The client behind the connection from `peer`. Without a believed proxy there, that is the peer, whatever the headers
 * say. Else the chain of hops is read from its end: the last one that is no believed proxy is the client, as everything
 * before it is in the hands of whoever sent it.
 */
export function clientOf(
  isProxy: IsProxy,
  peer: string,
  header: (name: string) => string | undefined,
): Client {
  const direct = plainAddress(peer)
  if (!isProxy(direct)) return { address: direct, scheme: null, host: null }
  const { addresses, scheme, host } = hopsIn(header)
  return { address: lastStranger(isProxy, direct, addresses), scheme, host }
}

function lastStranger(isProxy: IsProxy, peer: string, hops: Hop['addresses']): string {
  let known = peer
  for (const hop of hops.toReversed()) {
    // What is no address may be anybody's: the proxy that passed it on answers for it.
    if (hop === null) return known
    known = plainAddress(hop)
    if (!isProxy(known)) return known
  }
  return known
}

/** An IPv4 address in an IPv6 one is the same client. */
function plainAddress(address: string): string {
  return /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1] ?? address.replace(/%.*$/, '').toLowerCase()
}
