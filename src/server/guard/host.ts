import { hostname, networkInterfaces } from 'node:os'
import { Refusal } from '../problem.ts'

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i
const everywhere: readonly string[] = ['0.0.0.0', '::', '[::]']

/** Whether only programs of this machine reach a server that listens there. */
export function isLoopback(host: string): boolean {
  return loopback.test(host)
}

/** The names under which a server may be asked: loopback, the host it listens at, and those that were allowed. */
export function hostNames(host: string, further: readonly string[]): (name: string) => boolean {
  const own = everywhere.includes(host)
    ? [
        hostname(),
        ...Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address)),
      ]
    : [host]
  const known = new Set([...own, ...further].map((name) => bare(name.toLowerCase())))
  return (name) => isLoopback(name) || known.has(bare(name.toLowerCase()))
}

/**
 * The guard against a request that names another host: a name of somebody else's that was made to lead here (DNS
 * rebinding). The port is not looked at, as it may be forwarded, and a page cannot choose another name by it.
 */
export function requireHost(header: string | undefined, allowed: (name: string) => boolean): void {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i.exec(header ?? '')?.[1]
  if (name !== undefined && allowed(name)) return
  throw new Refusal('E_ORIGIN', 'this server is not asked under that name', {
    where: 'the Host header',
    fix: 'use the address that `offpeak serve` prints, or allow the name with --allow-host',
  })
}

function bare(name: string): string {
  return name.replace(/^\[(.*)\]$/, '$1')
}
