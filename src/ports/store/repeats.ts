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
