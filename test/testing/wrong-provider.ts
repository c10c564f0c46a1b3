import type { Provider } from '../../src/ports/provider/provider.ts'
import type { Reply } from '../../src/ports/provider/reply.ts'

/** A provider that is wrong in one thing, and the law that says so. */
export interface ProviderFault {
  readonly what: string
  /** A part of the name of the test that has to fail. */
  readonly test: string
  readonly change: (right: Provider) => Partial<Provider>
}

export const refused = (cause: 'account' | 'gone' | 'auth'): Reply<never> => ({
  kind: 'refused',
  cause,
  status: null,
  message: 'no',
  retryAfterMs: null,
})
