import type { KeyRow, SessionRow } from '../state.ts'

/** Keys, sessions and idempotent calls of the server. */
export interface AccessStore extends KeyStore, SessionStore, RepeatStore {}

/** The keys of those who call the server. */
export interface KeyStore {
  addKey(key: KeyRow): Promise<void>
  key(id: string): Promise<KeyRow | null>
  /** Newest first, also those that are revoked or expired. */
  keys(): Promise<readonly KeyRow[]>
  /** False when there is no such key, or it was revoked before. */
  revokeKey(id: string, at: number): Promise<boolean>
  /** Notes when a key was used last. */
  touchKey(id: string, at: number): Promise<void>
}

/** The sessions of the dashboard. */
export interface SessionStore {
  /** Removes sessions that are over by then, and the oldest of the same caller above `maxPerCaller`. */
  addSession(session: SessionRow, maxPerCaller: number): Promise<void>
  session(id: string): Promise<SessionRow | null>
  /** Ends a session for every server of this state; one that is not there is ended already. */
  endSession(id: string): Promise<void>
}

/** Calls that cost money and may come twice; each is answered once and its answer kept for a day. */
export interface RepeatStore {
  /** Takes a call on, or tells what is known of it. */
  beginRepeat(call: BegunCall): Promise<Repeat>
  /** Keeps what was answered. */
  endRepeat(key: string, status: number, body: string): Promise<void>
  /** Forgets a call that came to nothing, so that it can be tried again. */
  dropRepeat(key: string): Promise<void>
}

export interface BegunCall {
  readonly key: string
  /** Tells whether the same was asked under this key. */
  readonly requestHash: string
  readonly now: number
  /** After so long a call without an answer is taken to be dead, and may be taken on again. */
  readonly staleMs: number
}

export type Repeat =
  | { readonly kind: 'new' }
  | { readonly kind: 'done'; readonly status: number; readonly body: string }
  /** Somebody works on it at this moment. */
  | { readonly kind: 'running' }
  /** Something else was asked under this key. */
  | { readonly kind: 'other' }
