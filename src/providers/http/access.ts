import type { Proxies } from './proxy.ts'
import type { Secret } from './secret.ts'
import type { Timeouts } from './timeouts.ts'

/** How a service is reached, besides its address and key. */
export interface Access {
  /** Further headers of every call, by their names in lower case; they may take the place of the key's. */
  readonly headers?: Readonly<Record<string, Secret>>
  /** The proxies of this machine; none when left out. */
  readonly proxies?: Proxies | null
  /** Certificates in PEM that are trusted besides those that Node trusts. */
  readonly extraCa?: string | null
  /** Whether a service in a private network may be called without encryption. */
  readonly insecureHttp?: boolean
  readonly timeouts?: Partial<Timeouts>
  /** Our clock; that of this machine when left out. */
  readonly now?: () => number
}
