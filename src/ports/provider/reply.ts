/** It was done, it was certainly not done, or nobody knows. */
export type Reply<Value> =
  | { readonly kind: 'accepted'; readonly value: Value }
  | Refusal
  | { readonly kind: 'unknown'; readonly message: string }

/**
 * A call that was certainly not done. `cause` tells who must act: `quota` = too many enqueued tokens, `rate` = slow down,
 * `auth`/`account` = a person, `token` = the token callback gave none in time, `gone` = no such thing, `not_ready` = try
 * again shortly, `conflict` = wrong state, `invalid` = the request itself, `away` = nobody who knows has answered.
 */
export type Refusal = RefusalWords &
  (
    | {
        readonly cause: 'quota'
        /** The limit that the service names, in enqueued tokens; left out: it names none. */
        readonly limitTokens?: number
      }
    | {
        readonly cause: 'rate' | 'auth' | 'token' | 'account' | 'gone' | 'not_ready' | 'conflict' | 'invalid'
      }
    | {
        readonly cause: 'away'
        /** `network`: no answer at all, or one from something in between. `service`: its own failure or odd answer. */
        readonly layer: 'network' | 'service'
        /** Whether trying again cannot be expected to help, as with a certificate that is not trusted. */
        readonly lasting: boolean
      }
  )

interface RefusalWords {
  readonly kind: 'refused'
  readonly status: number | null
  readonly message: string
  readonly retryAfterMs: number | null
}
