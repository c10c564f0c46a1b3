import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { reachOf } from '../../planning/addresses/address-reach.ts'

/** The code of a name that leads out of the private network. */
export const notPrivate = 'ENOTPRIVATE'

/** Whether an address is one that may be called without encryption. */
export function isPrivate(address: string): boolean {
  const reach = reachOf(address)
  return reach === 'private' || reach === 'loopback'
}

/**
 * A name lookup as Node's that fails with `ENOTPRIVATE` when any of the addresses is outside of private networks: a key
 * that goes there unencrypted would be read on the way.
 */
export const privateLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (failure, addresses) => {
    if (failure) return callback(failure, [])
    const outside = addresses.find(({ address }) => !isPrivate(address))
    const [first] = addresses
    if (outside || !first) {
      const words = `${hostname} is ${outside?.address ?? 'nowhere'}, which is not in a private network`
      return callback(Object.assign(new Error(words), { code: notPrivate }), [])
    }
    return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family)
  })
}
