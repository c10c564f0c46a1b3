import type { Agent, AgentOptions as HttpAgentOptions } from 'node:http'
import type { Duplex } from 'node:stream'
import { httpFor } from './exchange.ts'
import type { Origin } from './origin.ts'
import { privateLookup } from './private-lookup.ts'
import type { Proxy } from './proxy.ts'

/** Connections to one service; more calls wait for a free one. */
export const maxSockets = 16

/** How connections to a service are made. */
export interface Connecting {
  readonly origin: Origin
  /** What they go through; null: nothing. */
  readonly proxy: Proxy | null
  /** Certificates in PEM that are trusted besides those that Node trusts. */
  readonly extraCa: string | null
  /** The time until a way through a proxy is open and secured, in milliseconds. */
  readonly connectMs: number
}

/** Node's agents for one service: one that keeps connections for further calls, and one that does not. */
export function openAgents(connecting: Connecting): { readonly kept: Agent; readonly fresh: Agent } {
  const ca = trusted(connecting.extraCa)
  const common = { maxSockets, ...(ca && { ca }) }
  return {
    kept: openAgent(connecting, { ...common, keepAlive: true, maxFreeSockets: 4 }),
    fresh: openAgent(connecting, { ...common, keepAlive: false }),
  }
}

function openAgent({ origin, proxy, connectMs }: Connecting, options: HttpAgentOptions): Agent {
  const { Agent: Plain } = httpFor(origin)
  const isOpen = !origin.secure && !origin.loopback
  if (proxy === null) return new Plain(isOpen ? { ...options, lookup: privateLookup } : options)
  const proxyEnv = { [origin.secure ? 'HTTPS_PROXY' : 'HTTP_PROXY']: proxy.url }
  if (!origin.secure) return new Plain({ ...options, proxyEnv })
  const { Agent: Secure } = process.getBuiltinModule('node:https')

  /** Node opens the way through the proxy, and waits for it as long as it takes; here it has to be open in time. */
  class Tunnelling extends Secure {
    override createConnection(
      connection: Parameters<InstanceType<typeof Secure>['createConnection']>[0],
      callback?: (error: Error | null, stream: Duplex) => void,
    ): Duplex | null | undefined {
      const late = setTimeout(() => {
        const error = new Error(`no way through the proxy ${proxy?.shown} within ${connectMs} ms`)
        socket?.destroy()
        if (socket) callback?.(error, socket)
      }, connectMs)
      const socket = super.createConnection(connection, (error, stream) => {
        clearTimeout(late)
        callback?.(error, stream)
      })
      return socket
    }
  }
  return new Tunnelling({ ...options, proxyEnv })
}

/** The certificates that Node trusts by itself, and one's own. */
function trusted(extraCa: string | null): readonly string[] | null {
  if (extraCa === null) return null
  return [...process.getBuiltinModule('node:tls').getCACertificates('default'), extraCa]
}
