import { BlockList, isIP } from 'node:net'

/** How far an address lies from here: on this machine, in a private network, on the internet, or nowhere to be called. */
export type Reach = 'loopback' | 'private' | 'public' | 'never'

/**
 * The blocks of the IANA special-purpose registries (RFC 6890 and what came after). `never` has those where no
 * receiver can be: "this network", link-local with the metadata services of the clouds, multicast, reserved.
 */
const blocks = {
  loopback: listOf('127.0.0.0/8', '::1/128'),
  private: listOf('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'),
  never: listOf(
    '0.0.0.0/8',
    '169.254.0.0/16',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/4',
    '240.0.0.0/4',
    // Metadata services that live inside of private blocks: Alibaba Cloud, Azure, Amazon.
    '100.100.100.200/32',
    '168.63.129.16/32',
    'fd00:ec2::254/128',
    '::/128',
    '100::/64',
    '2001::/23',
    '2001:db8::/32',
    '3fff::/20',
    '5f00::/16',
    'fe80::/10',
    'fec0::/10',
    'ff00::/8',
  ),
  /** Addresses that carry an IPv4 address to which something on the way may translate them. */
  carrying: listOf('::/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '2002::/16'),
  /** All that IANA has given out of IPv6 for the internet (IPv6 Global Unicast registry); what is not there is nobody's. */
  global: listOf('2000::/3'),
} as const

/** Where an IP address lies. What is no address, or hides another one, is `never` called. */
export function reachOf(address: string): Reach {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  const mapped = mappedV4(plain)
  if (mapped !== null) return reachOf(mapped)
  const version = isIP(plain)
  if (version === 0) return 'never'
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (blocks.loopback.check(plain, family)) return 'loopback'
  if (blocks.never.check(plain, family) || blocks.carrying.check(plain, family)) return 'never'
  if (blocks.private.check(plain, family)) return 'private'
  return version === 4 || blocks.global.check(plain, family) ? 'public' : 'never'
}

/** The IPv4 address in `::ffff:a.b.c.d`, however it is written; null when it is none of these. */
function mappedV4(address: string): string | null {
  if (isIP(address) !== 6) return null
  // A URL writes any IPv6 address in its one short form.
  const short = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(short) ?? []
  if (high === undefined || low === undefined) return null
  return [high, low]
    .map((part) => Number.parseInt(part, 16))
    .flatMap((part) => [part >> 8, part & 255])
    .join('.')
}

function listOf(...subnets: readonly string[]): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [network = '', bits] = subnet.split('/')
    list.addSubnet(network, Number(bits), network.includes(':') ? 'ipv6' : 'ipv4')
  }
  return list
}
