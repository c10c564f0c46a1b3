import type { IncomingMessage } from 'node:http'
import type { Lifecycle } from '../batch/lifecycle.ts'
import type { Maker, Scenario } from '../records.ts'
import type { State } from '../state.ts'

/** One call to a service, routed and authorised. */
export interface Call {
  readonly state: State
  readonly lifecycle: Lifecycle
  /** The service that is called. */
  readonly profile: string
  readonly query: URLSearchParams
  readonly request: IncomingMessage
  readonly requestId: string
  /** The body of a JSON call, read before any fault strikes; empty where the handler reads it. */
  readonly body: string
  readonly maker: Maker
  /** The scenarios that this call meets. */
  readonly playing: ReadonlyMap<string, Scenario>
}

/** Whether the caller sees what somebody made: everything of its service, or only its own. */
export function isVisible(call: Call, made: { readonly profile: string; readonly maker: Maker }): boolean {
  return made.profile === call.profile && (!call.playing.has('own-keys') || made.maker.key === call.maker.key)
}

/** The address that a caller has used, by its own word. */
export function originOf({ request }: Pick<Call, 'request'>): string {
  return `http://${request.headers.host ?? 'localhost'}`
}
