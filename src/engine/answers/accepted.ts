import { OffpeakError } from '../../domain/errors.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { Reply } from '../../ports/provider/reply.ts'

/**
 * The value of a reply to a call that a person waits for. Throws E_CREDENTIALS, E_PROVIDER_REFUSED or E_PROVIDER_AWAY;
 * `doing` says what was wanted, as in `listing its batches`.
 */
export function accepted<Value>({ name }: Pick<Provider, 'name'>, reply: Reply<Value>, doing: string): Value {
  if (reply.kind === 'accepted') return reply.value
  const message = `${name}: ${doing} did not succeed: ${reply.message}`
  if (reply.kind === 'unknown' || reply.cause === 'away' || reply.cause === 'rate')
    throw new OffpeakError('E_PROVIDER_AWAY', message, { fix: 'call the command again in a while' })
  if (reply.cause === 'auth')
    throw new OffpeakError('E_CREDENTIALS', message, { fix: 'offpeak doctor tells which key is used' })
  // Nothing was sent: whoever makes the access tokens did not give one.
  if (reply.cause === 'token')
    throw new OffpeakError('E_CREDENTIALS', message, {
      fix: "see to the project's token callback, or sign in where it takes its tokens from",
    })
  throw new OffpeakError('E_PROVIDER_REFUSED', message)
}
